//! The requests that this server sends, and what holds for every answer to them, whatever the case.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// The requests of a connection that are not answered, by their ids.
#[derive(Default)]
pub(crate) struct Hosted(HashMap<String, Asked>);

struct Asked {
    form: Form,
    /// How many items may still come; none means any number.
    credit: Option<u64>,
    /// The number of the next frame of a stream.
    sequence: u64,
    /// How many requests took the id while it was in use: each is refused.
    doubles: u32,
}

/// In what form an answer is due.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Response,
    Stream,
    /// Nothing but a refusal.
    Nothing,
    /// A refusal, in whatever form.
    Refusal,
}

/// What handlers fail with that nobody is told.
const SECRET: &str = "secret";

impl Hosted {
    /// Takes note of a frame that is sent.
    pub(crate) fn sent(&mut self, frame: &Value) {
        let flag = |key: &str| frame[key].as_bool().unwrap_or(false);
        if let (Some(_), Some(id)) = (frame.get("target"), frame["request_id"].as_str()) {
            if let Some(asked) = self.0.get_mut(id) {
                asked.doubles += 1;
                return;
            }
            let form = match (flag("expects_reply"), flag("expects_stream")) {
                (true, false) => Form::Response,
                (false, true) => Form::Stream,
                (false, false) => Form::Nothing,
                (true, true) => Form::Refusal,
            };
            let asked = Asked {
                form,
                credit: frame["credit"].as_u64(),
                sequence: 0,
                doubles: 0,
            };
            self.0.insert(id.to_owned(), asked);
        }
        if frame["control"] == "credit"
            && let (Some(id), Some(items)) = (frame["stream_id"].as_str(), frame["items"].as_u64())
            && let Some(asked) = self.0.get_mut(id)
        {
            asked.credit = asked.credit.map(|credit| credit.saturating_add(items));
        }
    }

    /// Holds an answer to what the page says of all of them.
    pub(crate) fn answer(&mut self, frame: &Map<String, Value>) -> Result<(), String> {
        let key = if frame.contains_key("stream_id") {
            "stream_id"
        } else {
            "request_id"
        };
        let id = frame.get(key).and_then(Value::as_str).unwrap_or_default();
        let Some(asked) = self.0.get_mut(id) else {
            return Err(format!(
                "an answer is for no request that waits (CALLBACK-5): {frame:?}"
            ));
        };
        let has_failed = frame.get("success") == Some(&Value::Bool(false));
        if has_failed {
            failure(frame)?;
            if asked.doubles > 0 && frame.get("error_code") == Some(&Value::from("ProtocolError")) {
                asked.doubles -= 1;
                return Ok(());
            }
        }
        let is_item = key == "stream_id";
        let is_due = match asked.form {
            Form::Response => !is_item,
            Form::Stream => is_item,
            Form::Nothing => has_failed && !is_item,
            Form::Refusal => has_failed,
        };
        if !is_due {
            return Err(format!("an answer is not what was asked for (CALL-3): {frame:?}"));
        }
        let is_over = if is_item {
            asked.item(frame, has_failed)?
        } else {
            let is_reply = frame.get("success") == Some(&Value::Bool(true)) && frame.contains_key("payload");
            if !has_failed && !is_reply {
                return Err(format!(
                    "a response has no payload, or no success (RESPONSE-1): {frame:?}"
                ));
            }
            true
        };
        if is_over {
            self.0.remove(id);
        }
        Ok(())
    }
}

impl Asked {
    /// Judges a frame of a stream; whether it is the last one.
    fn item(&mut self, frame: &Map<String, Value>, has_failed: bool) -> Result<bool, String> {
        if frame.get("sequence").and_then(Value::as_u64) != Some(self.sequence) {
            let wanted = self.sequence;
            return Err(format!("frame {wanted} of a stream is {frame:?} (STREAM-2)"));
        }
        self.sequence += 1;
        let Some(is_final) = frame.get("is_final").and_then(Value::as_bool) else {
            return Err(format!(
                "an item does not say whether it is the last (STREAM-3): {frame:?}"
            ));
        };
        if has_failed && !is_final {
            return Err(format!("a stream has failed and goes on (STREAM-6): {frame:?}"));
        }
        if !is_final || !frame.get("payload").is_none_or(Value::is_null) {
            match &mut self.credit {
                Some(0) => return Err(format!("an item has no credit (CREDIT-1): {frame:?}")),
                Some(credit) => *credit -= 1,
                None => {}
            }
        }
        Ok(is_final)
    }
}

fn failure(frame: &Map<String, Value>) -> Result<(), String> {
    let text = |key: &str| frame.get(key).and_then(Value::as_str).unwrap_or_default();
    let (code, error) = (text("error_code"), text("error"));
    if code.is_empty() || !error.starts_with(&format!("{code}: ")) || error.contains(char::is_control) {
        return Err(format!(
            "a failure does not tell its code (ERROR-1, ERROR-5): {frame:?}"
        ));
    }
    if error.contains(SECRET) {
        return Err(format!("a failure tells what its handler said (ERROR-5): {frame:?}"));
    }
    if code == "ActorNotFound" && !error.ends_with("(AgentNotFound)") {
        return Err(format!(
            "older callers do not find the name of a failure (ERROR-4): {frame:?}"
        ));
    }
    if frame.get("payload") != Some(&Value::Null) {
        return Err(format!("a failure has a payload (ERROR-1): {frame:?}"));
    }
    let Some(details) = frame.get("error_details") else {
        return Err(format!("a failure has no details (ERROR-1): {frame:?}"));
    };
    let is_told =
        details["retryable"].is_boolean() && matches!(details["delivered"].as_str(), Some("no" | "yes" | "unknown"));
    if code != "ContractError" && !is_told {
        return Err(format!("the details of a failure tell too little (ERROR-3): {frame:?}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::slice;

    use serde_json::{Value, json};

    use super::Hosted;

    fn judged(sent: &[Value], answers: &[Value]) -> Result<(), String> {
        let mut hosted = Hosted::default();
        sent.iter().for_each(|frame| hosted.sent(frame));
        answers
            .iter()
            .try_for_each(|frame| hosted.answer(frame.as_object().expect("frames are maps")))
    }

    fn refusal(code: &str) -> Value {
        json!({
            "request_id": "1",
            "success": false,
            "payload": null,
            "error": format!("{code}: why"),
            "error_code": code,
            "error_details": {"retryable": false, "delivered": "no"},
        })
    }

    fn item(sequence: u64, payload: Value, is_final: bool) -> Value {
        json!({"stream_id": "1", "sequence": sequence, "payload": payload, "is_final": is_final})
    }

    #[test]
    fn one_answer_for_each_request() {
        let ask = json!({"target": "cb", "message_type": "Say", "request_id": "1", "expects_reply": true});
        let reply = json!({"request_id": "1", "success": true, "error": null, "payload": null});
        assert_eq!(judged(slice::from_ref(&ask), slice::from_ref(&reply)), Ok(()));
        assert_eq!(judged(slice::from_ref(&ask), &[refusal("Timeout")]), Ok(()));
        let twice = [ask.clone(), ask.clone()];
        assert_eq!(judged(&twice, &[refusal("ProtocolError"), reply.clone()]), Ok(()));
        for answers in [
            vec![reply.clone(), reply.clone()],
            vec![item(0, Value::Null, true)],
            vec![json!({"request_id": "1", "success": true})],
            vec![json!({"request_id": "1", "success": false, "error_code": "Internal"})],
            vec![json!({"request_id": "2", "success": true, "payload": null})],
        ] {
            assert!(judged(slice::from_ref(&ask), &answers).is_err(), "{answers:?}");
        }
    }

    #[test]
    fn no_more_items_than_there_is_credit_for() {
        let ask =
            json!({"target": "cb", "message_type": "Items", "request_id": "1", "expects_stream": true, "credit": 1});
        let more = json!({"control": "credit", "stream_id": "1", "items": 1});
        let items = [item(0, json!(1), false), item(1, json!(2), true)];
        assert_eq!(judged(&[ask.clone(), more], &items), Ok(()));
        let ended = [item(0, json!(1), false), item(1, Value::Null, true)];
        assert_eq!(judged(slice::from_ref(&ask), &ended), Ok(()));
        for answers in [
            items.to_vec(),
            vec![item(1, json!(1), false)],
            vec![item(0, json!(1), true), item(1, Value::Null, true)],
        ] {
            assert!(judged(slice::from_ref(&ask), &answers).is_err(), "{answers:?}");
        }
    }
}
