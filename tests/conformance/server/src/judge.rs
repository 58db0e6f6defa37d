//! What holds for every frame of any client, whatever the case.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::hosted::Hosted;

/// The controls that a client may send.
const CONTROLS: [&str; 8] = [
    "hello",
    "schema",
    "discover",
    "stats",
    "ping",
    "unsubscribe",
    "cancel",
    "credit",
];

/// What is remembered of a client's frames on one connection.
#[derive(Default)]
pub(crate) struct Judge {
    frames: usize,
    in_flight: HashSet<String>,
    hosted: Hosted,
}

impl Judge {
    /// Holds a frame to what the page says of all of them.
    pub(crate) fn frame(&mut self, frame: &Map<String, Value>) -> Result<(), String> {
        self.frames += 1;
        let control = frame.get("control");
        if self.frames == 1 && control.and_then(Value::as_str) != Some("hello") {
            return Err("the first frame of a generated client is no hello".to_owned());
        }
        if control.is_none() && (frame.contains_key("success") || frame.contains_key("stream_id")) {
            return self.hosted.answer(frame);
        }
        let kinds = ["target", "message_types", "stream_id", "notification_type"];
        let found = kinds.iter().filter(|key| frame.contains_key(**key)).count();
        match control {
            Some(control) => known_control(control)?,
            None if found == 1 => {}
            None => return Err(format!("a frame is of {found} kinds (KIND-1): {frame:?}")),
        }
        if let Some(id) = frame.get("request_id").filter(|id| !id.is_null()) {
            self.id(id, control.and_then(Value::as_str) == Some("cancel"))?;
        }
        if frame.contains_key("target") {
            request(frame)?;
        }
        Ok(())
    }

    /// The call of this id was answered: the id is free again.
    pub(crate) fn answered(&mut self, id: &str) {
        self.in_flight.remove(id);
    }

    /// A frame that is sent as a case has it: it may be a request, or about one.
    pub(crate) fn sent(&mut self, frame: &Value) {
        self.hosted.sent(frame);
    }

    fn id(&mut self, id: &Value, is_cancel: bool) -> Result<(), String> {
        let Some(text) = id.as_str() else {
            return Err(format!("a request_id is no text (ID-1): {id}"));
        };
        if is_cancel {
            return Ok(());
        }
        if text.is_empty() || text.len() > 128 {
            return Err(format!("a request_id has {} bytes (ID-1)", text.len()));
        }
        if text.starts_with('~') {
            return Err(format!("the request_id {text} is the server's to give (ID-2)"));
        }
        if !self.in_flight.insert(text.to_owned()) {
            return Err(format!("the request_id {text} is in use (ID-3)"));
        }
        Ok(())
    }
}

fn known_control(control: &Value) -> Result<(), String> {
    match control.as_str() {
        Some(name) if CONTROLS.contains(&name) => Ok(()),
        _ => Err(format!("the control {control} is none that a client sends")),
    }
}

fn request(frame: &Map<String, Value>) -> Result<(), String> {
    for key in ["target", "message_type"] {
        if !frame.get(key).is_some_and(Value::is_string) {
            return Err(format!("a request has no text as {key} (KIND-3)"));
        }
    }
    let flag = |key: &str| frame.get(key).and_then(Value::as_bool).unwrap_or(false);
    if flag("expects_reply") && flag("expects_stream") {
        return Err("a request expects a reply and a stream (CALL-3)".to_owned());
    }
    for key in ["timeout_ms", "credit"] {
        if let Some(value) = frame.get(key).filter(|value| !value.is_null())
            && !value.is_u64()
        {
            return Err(format!("{key} is no number of a request: {value}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Judge;

    fn judged(frames: &[Value]) -> Result<(), String> {
        let mut judge = Judge::default();
        frames
            .iter()
            .try_for_each(|frame| judge.frame(frame.as_object().expect("frames are maps")))
    }

    #[test]
    fn good_frames_pass_and_bad_ones_are_told() {
        let hello = json!({"control": "hello", "request_id": "h"});
        let call = json!({"target": "probe", "message_type": "Echo", "request_id": "1", "expects_reply": true});
        assert_eq!(judged(&[hello.clone(), call.clone()]), Ok(()));
        let wrong = [
            vec![call.clone()],
            vec![hello.clone(), call.clone(), call.clone()],
            vec![hello.clone(), json!({"control": "shout"})],
            vec![hello.clone(), json!({"success": true})],
            vec![hello.clone(), json!({"target": "probe"})],
            vec![
                hello.clone(),
                json!({"target": "a", "message_type": "b", "request_id": "~1"}),
            ],
            vec![
                hello.clone(),
                json!({"target": "a", "message_type": "b", "timeout_ms": -1}),
            ],
            vec![
                hello,
                json!({"target": "a", "message_type": "b", "expects_reply": true, "expects_stream": true}),
            ],
        ];
        for frames in wrong {
            assert!(judged(&frames).is_err(), "{frames:?}");
        }
    }
}
