//! Running a function as often and as long as a message asks.

use serde_json::Value;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The last result and the duration of each run: at least `min_runs` of them, and until they took
/// `min_seconds` together. A message that asks for neither has one run.
pub fn timed<T>(input: &Value, mut f: impl FnMut() -> T) -> (T, Vec<Duration>) {
    let runs = input["min_runs"].as_u64().unwrap_or(1).max(1);
    let least = Duration::from_secs_f64(input["min_seconds"].as_f64().unwrap_or(0.0).max(0.0));
    let mut timings = Vec::new();
    let mut total = Duration::ZERO;
    loop {
        let start = Instant::now();
        let output = black_box(f());
        let elapsed = start.elapsed();
        timings.push(elapsed);
        total += elapsed;
        if timings.len() as u64 >= runs && total >= least {
            return (output, timings);
        }
    }
}
