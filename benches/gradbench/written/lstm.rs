//! Long short-term memory: the gates are kept, so that the way back has no exponentials but those of the loss.

/// What a unit keeps: its input, hidden value and cell before the step, the gates, and the new cell's tanh.
#[derive(Clone, Copy)]
struct Kept {
    input: f64,
    hidden: f64,
    cell: f64,
    forget: f64,
    ingate: f64,
    outgate: f64,
    change: f64,
    squashed: f64,
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

pub fn loss(
    main: &[f64],
    extra: &[f64],
    state: &[f64],
    sequence: &[f64],
    b: usize,
    out_bar: f64,
    (main_bar, extra_bar): &mut (Vec<f64>, Vec<f64>),
) -> f64 {
    let layers = state.len() / (2 * b);
    let characters = sequence.len() / b;
    let mut state = state.to_vec();
    let mut input = vec![0.0; b];
    let mut kept = Vec::with_capacity((characters - 1) * layers * b);
    let mut outputs = Vec::with_capacity((characters - 1) * b);
    // The slope of the logarithm of each step's sum, times the sum of the character's bits.
    let mut slopes = Vec::with_capacity(characters - 1);
    let mut total = 0.0;
    for t in 0..characters - 1 {
        for i in 0..b {
            input[i] = sequence[t * b + i] * extra[i];
        }
        for l in 0..layers {
            let (weight, bias) = main[8 * b * l..8 * b * (l + 1)].split_at(4 * b);
            let (hiddens, cells) = state[2 * b * l..2 * b * (l + 1)].split_at_mut(b);
            for i in 0..b {
                let (hidden, cell) = (hiddens[i], cells[i]);
                let forget = sigmoid(input[i] * weight[i] + bias[i]);
                let ingate = sigmoid(hidden * weight[b + i] + bias[b + i]);
                let outgate = sigmoid(input[i] * weight[2 * b + i] + bias[2 * b + i]);
                let change = (hidden * weight[3 * b + i] + bias[3 * b + i]).tanh();
                cells[i] = cell * forget + ingate * change;
                let squashed = cells[i].tanh();
                hiddens[i] = outgate * squashed;
                let input = std::mem::replace(&mut input[i], hiddens[i]);
                kept.push(Kept { input, hidden, cell, forget, ingate, outgate, change, squashed });
            }
        }
        let (mut sum, mut hits, mut scored) = (2.0, 0.0, 0.0);
        for i in 0..b {
            let prediction = input[i] * extra[b + i] + extra[2 * b + i];
            let e = prediction.exp();
            outputs.push((input[i], e));
            sum += e;
            hits += sequence[(t + 1) * b + i];
            scored += sequence[(t + 1) * b + i] * prediction;
        }
        total += scored - hits * sum.ln();
        slopes.push(hits / sum);
    }
    let count = (b * (characters - 1)) as f64;

    let total_bar = -out_bar / count;
    let mut state_bar = vec![0.0; state.len()];
    let mut input_bar = vec![0.0; b];
    for t in (0..characters - 1).rev() {
        for i in 0..b {
            let (output, e) = outputs[t * b + i];
            let prediction_bar = total_bar * (sequence[(t + 1) * b + i] - slopes[t] * e);
            extra_bar[b + i] += prediction_bar * output;
            extra_bar[2 * b + i] += prediction_bar;
            input_bar[i] = prediction_bar * extra[b + i];
        }
        for l in (0..layers).rev() {
            let weight = &main[8 * b * l..8 * b * l + 4 * b];
            let (weight_bar, bias_bar) = main_bar[8 * b * l..8 * b * (l + 1)].split_at_mut(4 * b);
            let (hiddens_bar, cells_bar) = state_bar[2 * b * l..2 * b * (l + 1)].split_at_mut(b);
            let at = (t * layers + l) * b;
            let units = &kept[at..at + b];
            for i in 0..b {
                let unit = units[i];
                let hidden_bar = hiddens_bar[i] + input_bar[i];
                let cell_bar = cells_bar[i]
                    + hidden_bar * unit.outgate * (1.0 - unit.squashed * unit.squashed);
                let outgate_bar =
                    hidden_bar * unit.squashed * (unit.outgate * (1.0 - unit.outgate));
                let forget_bar = cell_bar * unit.cell * (unit.forget * (1.0 - unit.forget));
                let ingate_bar = cell_bar * unit.change * (unit.ingate * (1.0 - unit.ingate));
                let change_bar = cell_bar * unit.ingate * (1.0 - unit.change * unit.change);
                weight_bar[i] += forget_bar * unit.input;
                bias_bar[i] += forget_bar;
                weight_bar[b + i] += ingate_bar * unit.hidden;
                bias_bar[b + i] += ingate_bar;
                weight_bar[2 * b + i] += outgate_bar * unit.input;
                bias_bar[2 * b + i] += outgate_bar;
                weight_bar[3 * b + i] += change_bar * unit.hidden;
                bias_bar[3 * b + i] += change_bar;
                input_bar[i] = forget_bar * weight[i] + outgate_bar * weight[2 * b + i];
                hiddens_bar[i] = ingate_bar * weight[b + i] + change_bar * weight[3 * b + i];
                cells_bar[i] = cell_bar * unit.forget;
            }
        }
        for i in 0..b {
            extra_bar[i] += input_bar[i] * sequence[t * b + i];
        }
    }
    -total / count
}
