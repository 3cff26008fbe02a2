//! Long short-term memory with diagonal weights: how well a network predicts the next character.

use ad_runtime::differentiate;

#[differentiate]
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// One layer: weights and biases of the forget, input, output and change gates in turn, `b` numbers each.
/// The state is the hidden vector, then the cell.
#[differentiate]
fn layer(weight: &[f64], bias: &[f64], state: &mut [f64], input: &[f64]) {
    let b = input.len();
    for i in 0..b {
        let hidden = state[i];
        let forget = sigmoid(input[i] * weight[i] + bias[i]);
        let ingate = sigmoid(hidden * weight[b + i] + bias[b + i]);
        let outgate = sigmoid(input[i] * weight[2 * b + i] + bias[2 * b + i]);
        let change = (hidden * weight[3 * b + i] + bias[3 * b + i]).tanh();
        let cell = state[b + i] * forget + ingate * change;
        state[b + i] = cell;
        state[i] = outgate * cell.tanh();
    }
}

/// The loss over a sequence of characters of `b` bits. `main` has for each layer its weights and its
/// biases (4 b each), `extra` the weights of the input and the weights and biases of the output.
#[differentiate]
pub fn loss(
    main: &[f64],
    extra: &[f64],
    #[constant] state: &[f64],
    #[constant] sequence: &[f64],
    b: usize,
) -> f64 {
    let layers = state.len() / (2 * b);
    let characters = sequence.len() / b;
    let mut state = state.to_vec();
    let mut input = vec![0.0; b];
    let mut total = 0.0;
    for t in 0..characters - 1 {
        for i in 0..b {
            input[i] = sequence[t * b + i] * extra[i];
        }
        for l in 0..layers {
            let params = &main[8 * b * l..8 * b * (l + 1)];
            layer(
                &params[..4 * b],
                &params[4 * b..],
                &mut state[2 * b * l..2 * b * (l + 1)],
                &input,
            );
            for i in 0..b {
                input[i] = state[2 * b * l + i];
            }
        }
        let mut sum = 2.0;
        let mut hits = 0.0;
        let mut scored = 0.0;
        for i in 0..b {
            let prediction = input[i] * extra[b + i] + extra[2 * b + i];
            sum += prediction.exp();
            hits += sequence[(t + 1) * b + i];
            scored += sequence[(t + 1) * b + i] * prediction;
        }
        total += scored - hits * sum.ln();
    }
    -total / (b * (characters - 1)) as f64
}
