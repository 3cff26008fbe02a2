//! Snapshots of the state of a loop, for `#[checkpoint(n)]`: at most `n` at a time.
//!
//! The reverse sweep needs the states of a loop in reverse order. Instead of all of them, a loop with this
//! attribute keeps `n` snapshots, and computes the states between them again.
//!
//! - Where the number of steps is known, snapshots stand where *revolve* puts them (A. Griewank and
//!   A. Walther, Algorithm 799, ACM TOMS 26, 2000; Griewank and Walther, Evaluating Derivatives, chapter
//!   12). With c snapshots, β(c, r) = (c + r)! / (c! r!) steps are reversed so that none is advanced more
//!   than r times; reversing l steps with β(c, r − 1) < l ≤ β(c, r) takes
//!   t(l, c) = r l − β(c + 1, r − 1) advances, and no schedule takes fewer.
//! - Where it is not (`while`, `loop`), they are placed as the loop runs (Q. Wang, P. Moin and
//!   G. Iaccarino, Minimal repetition dynamic checkpointing algorithm for unsteady adjoint calculation,
//!   SIAM J. Sci. Comput. 31, 2009): no step is advanced more often than in the best schedule for the
//!   number of steps that it turns out to be.
//!
//! Generated code runs the loop with [`visit`](Checkpoints::visit) at the start of each step. The reverse
//! sweep asks [`back`](Checkpoints::back) for the nearest snapshot before the last step that is left,
//! advances from there with `visit`, and reverses that one step.

/// Snapshots of the state `S` of a loop.
#[derive(Clone, Debug)]
pub struct Checkpoints<S> {
    /// The greatest number of snapshots.
    limit: usize,
    /// In the order of their steps.
    snapshots: Vec<Snapshot<S>>,
    /// The end of the steps that are swept over; `None` where nobody knows it yet.
    end: Option<usize>,
    /// The step that is visited next. After the sweep, the number of steps.
    at: usize,
    /// The step before which the next snapshot is due, where the end is known.
    due: usize,
    /// How many steps are left to reverse.
    left: Option<usize>,
}

#[derive(Clone, Debug)]
struct Snapshot<S> {
    step: usize,
    /// How often steps before it may be advanced again, where the end is not known.
    level: usize,
    state: S,
}

/// Where to go on for the reversal of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Back<S> {
    /// The step that `state` stands before.
    pub from: usize,
    /// How many steps to advance before the step that is to be reversed.
    pub advance: usize,
    /// The state before the step `from`.
    pub state: S,
}

impl<S: Clone> Checkpoints<S> {
    /// For a loop of `steps` steps.
    ///
    /// # Panics
    /// Where `limit` is zero.
    pub fn known(limit: usize, steps: usize) -> Self {
        Checkpoints { end: Some(steps), ..Checkpoints::online(limit) }
    }

    /// For a loop whose number of steps shows as it runs.
    ///
    /// # Panics
    /// Where `limit` is zero.
    pub fn online(limit: usize) -> Self {
        assert!(limit > 0, "`#[checkpoint(n)]` needs at least one snapshot, n = 0 was given");
        Checkpoints { limit, snapshots: Vec::new(), end: None, at: 0, due: 0, left: None }
    }

    /// Stands at the start of each step, and takes a snapshot there if one is due.
    #[inline]
    pub fn visit(&mut self, state: impl FnOnce() -> S) {
        match self.end {
            Some(_) if self.at == self.due => {
                let known = self.snapshots.last().is_some_and(|last| last.step == self.at);
                if !known {
                    self.store(0, state());
                }
                self.plan();
            }
            Some(_) => {}
            None => self.place(state),
        }
        self.at += 1;
    }

    fn store(&mut self, level: usize, state: S) {
        debug_assert!(self.snapshots.len() < self.limit);
        self.snapshots.push(Snapshot { step: self.at, level, state });
    }

    /// Plans the next snapshot after one before the step `at`.
    fn plan(&mut self) {
        let steps = self.end.unwrap_or(self.at).saturating_sub(self.at);
        let free = self.limit - self.snapshots.len();
        self.due = self.at + split(steps, free + 1).unwrap_or(steps + 1);
    }

    /// Takes a snapshot before every step, in the place of one that can be done without.
    fn place(&mut self, state: impl FnOnce() -> S) {
        if self.snapshots.is_empty() {
            return self.store(usize::MAX, state());
        }
        let mut level = 0;
        if self.snapshots.len() == self.limit {
            match self.dispensable() {
                Some(index) => {
                    self.snapshots.remove(index);
                }
                // The start alone stays.
                None if self.limit == 1 => return,
                None => level = self.snapshots.pop().map_or(0, |last| last.level + 1),
            }
        }
        self.store(level, state());
    }

    /// A snapshot before one of a higher level.
    fn dispensable(&self) -> Option<usize> {
        let mut highest = 0;
        for (index, snapshot) in self.snapshots.iter().enumerate().rev() {
            if snapshot.level < highest {
                return Some(index);
            }
            highest = highest.max(snapshot.level);
        }
        None
    }

    /// The way to the last step that is not reversed yet; `None` where all are.
    pub fn back(&mut self) -> Option<Back<S>> {
        let step = self.left.unwrap_or(self.at).checked_sub(1)?;
        self.left = Some(step);
        let last = self.snapshots.last().expect("the start is kept to the end");
        let from = last.step;
        let state = if from == step && step > 0 {
            self.snapshots.pop().expect("it was the last").state
        } else {
            last.state.clone()
        };
        self.at = from;
        self.end = Some(step + 1);
        self.due = from;
        Some(Back { from, advance: step - from, state })
    }

    /// The state before the first step, once all are reversed; `None` where there was no step.
    pub fn start(mut self) -> Option<S> {
        self.snapshots.drain(..).next().map(|first| first.state)
    }
}

/// After how many of `steps` steps the next snapshot stands, where one stands before them, and `snapshots`
/// are there in all; `None` where none helps.
///
/// The steps before it are then advanced at most r − 1 times more, those after it at most r times, with one
/// snapshot less.
fn split(steps: usize, snapshots: usize) -> Option<usize> {
    if steps < 2 || snapshots < 2 {
        return None;
    }
    let mut r = 1;
    while beta(snapshots, r) < steps {
        r += 1;
    }
    let most = steps - beta(snapshots - 1, r - 1).min(steps - 1);
    Some(most.min(beta(snapshots, r - 1)))
}

/// β(c, r) = (c + r)! / (c! r!), or the greatest number that there is.
fn beta(c: usize, r: usize) -> usize {
    let (small, large) = (c.min(r) as u128, c.max(r) as u128);
    let mut product = 1u128;
    for i in 1..=small {
        product = product * (large + i) / i;
        if product > usize::MAX as u128 {
            return usize::MAX;
        }
    }
    product as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a reversal took.
    #[derive(Default)]
    struct Counts {
        /// The advances in the reverse sweep.
        advances: usize,
        /// The most snapshots at a time.
        snapshots: usize,
        /// The last snapshot that the forward sweep left.
        last: usize,
        /// The most advances of one step.
        repetitions: usize,
    }

    /// Runs a loop whose state is the number of its steps, and reverses it.
    fn run(mut checkpoints: Checkpoints<usize>, steps: usize) -> Counts {
        let mut counts = Counts::default();
        let mut repetitions = vec![0; steps];
        for state in 0..steps {
            checkpoints.visit(|| state);
            counts.snapshots = counts.snapshots.max(checkpoints.snapshots.len());
        }
        counts.last = checkpoints.snapshots.last().map_or(0, |last| last.step);
        let mut reversed = Vec::new();
        while let Some(Back { from, advance, mut state }) = checkpoints.back() {
            assert_eq!(state, from);
            for _ in 0..advance {
                checkpoints.visit(|| state);
                counts.snapshots = counts.snapshots.max(checkpoints.snapshots.len());
                repetitions[state] += 1;
                state += 1;
            }
            counts.advances += advance;
            reversed.push(state);
        }
        assert_eq!(reversed, (0..steps).rev().collect::<Vec<_>>());
        assert_eq!(checkpoints.start(), (steps > 0).then_some(0));
        counts.repetitions = repetitions.into_iter().max().unwrap_or(0);
        counts
    }

    /// r with β(c, r − 1) < l ≤ β(c, r).
    fn repetition(l: usize, c: usize) -> usize {
        (0..).find(|&r| l <= beta(c, r)).expect("β grows without bound for c > 0")
    }

    /// t(l, c) = r l − β(c + 1, r − 1).
    fn advances(l: usize, c: usize) -> usize {
        match repetition(l, c) {
            0 => 0,
            r => r * l - beta(c + 1, r - 1),
        }
    }

    /// The least number of advances, over all places of the next snapshot.
    fn least(
        l: usize,
        c: usize,
        known: &mut std::collections::HashMap<(usize, usize), usize>,
    ) -> usize {
        if l < 2 {
            return 0;
        }
        if c == 1 {
            return l * (l - 1) / 2;
        }
        if let Some(found) = known.get(&(l, c)) {
            return *found;
        }
        let found = (1..l)
            .map(|m| m + least(l - m, c - 1, known) + least(m, c, known))
            .min()
            .expect("there are two steps");
        known.insert((l, c), found);
        found
    }

    #[test]
    fn the_formula_is_the_least_number_of_advances() {
        let mut known = std::collections::HashMap::new();
        for c in 1..8 {
            for l in 0..60 {
                assert_eq!(advances(l, c), least(l, c, &mut known), "l = {l}, c = {c}");
            }
        }
    }

    #[test]
    fn known_steps_take_what_the_theory_says() {
        for limit in 1..10 {
            for steps in 0..200 {
                let counts = run(Checkpoints::known(limit, steps), steps);
                assert!(counts.snapshots <= limit);
                // The forward sweep has come as far as its last snapshot already.
                let expected = advances(steps, limit) - counts.last;
                assert_eq!(counts.advances, expected, "{steps} steps, {limit} snapshots");
                assert!(counts.repetitions <= repetition(steps, limit));
            }
        }
    }

    #[test]
    fn unknown_steps_take_no_more_repetitions() {
        for limit in 1..10 {
            for steps in 0..200 {
                let counts = run(Checkpoints::online(limit), steps);
                assert!(counts.snapshots <= limit);
                let most = repetition(steps, limit);
                assert!(
                    counts.repetitions <= most,
                    "{steps} steps, {limit} snapshots: {} > {most}",
                    counts.repetitions
                );
            }
        }
    }

    #[test]
    fn ten_thousand_steps_of_a_simulation() {
        let counts = run(Checkpoints::known(100, 10_000), 10_000);
        assert_eq!(counts.snapshots, 100);
        assert!(counts.advances < 3 * 10_000);
    }

    #[test]
    #[should_panic(expected = "at least one snapshot")]
    fn no_snapshot_is_too_few() {
        Checkpoints::<f64>::known(0, 1);
    }
}
