//! GradBench's protocol: an answer to each message.

use crate::evals;
use serde_json::{Value, json};

/// The answer to one message.
pub fn answer(message: &Value) -> Value {
    let id = &message["id"];
    let text = |field: &str| message[field].as_str().unwrap_or_default();
    match text("kind") {
        "start" => json!({ "id": id, "tool": "ad" }),
        "define" if evals::MODULES.contains(&text("module")) => {
            json!({ "id": id, "success": true })
        }
        "define" => json!({
            "id": id,
            "success": false,
            "error": format!("there is no module `{}`", text("module")),
        }),
        "evaluate" => match evals::evaluate(text("module"), text("function"), &message["input"]) {
            Ok((output, timings)) => json!({
                "id": id,
                "success": true,
                "output": output,
                "timings": timings
                    .iter()
                    .map(|t| json!({ "name": "evaluate", "nanoseconds": t.as_nanos() as u64 }))
                    .collect::<Vec<_>>(),
            }),
            Err(error) => json!({ "id": id, "success": false, "error": error }),
        },
        _ => json!({ "id": id }),
    }
}
