//! One connection, from its start to the end of its script.

use std::{collections::HashMap, mem, net::Shutdown, os::unix::net::UnixStream};

use serde_json::{Map, Value, json};

use crate::{
    codec::Codec,
    judge::Judge,
    script::{Connection, Order, Sent, Step},
    socket,
};

type Frame = Map<String, Value>;

/// Plays a connection, and tells what went otherwise than the script has it.
pub(crate) fn play(socket: &UnixStream, codec: Codec, connection: Connection) -> Vec<String> {
    let mut player = Player {
        socket,
        codec,
        judge: Judge::default(),
        named: HashMap::new(),
        kept: Vec::new(),
        credit: HashMap::new(),
        held: None,
        hello: connection.hello,
        schema: connection.schema,
        knows_no_hello: connection.knows_no_hello,
        faults: Vec::new(),
    };
    for (number, step) in connection.steps.iter().enumerate() {
        if let Err(fault) = player.step(step) {
            let fault = format!("step {}, {step:?}: {fault}", number + 1);
            player.faults.push(fault);
            break;
        }
    }
    player.faults
}

struct Player<'a> {
    socket: &'a UnixStream,
    codec: Codec,
    judge: Judge,
    named: HashMap<String, Frame>,
    /// Frames that no step has asked for yet.
    kept: Vec<Frame>,
    /// How many items each stream may still send.
    credit: HashMap<String, u64>,
    /// What is sent together, if anything is.
    held: Option<Vec<u8>>,
    hello: Frame,
    schema: Frame,
    knows_no_hello: bool,
    faults: Vec<String>,
}

impl Player<'_> {
    fn step(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Expect { frame, name, with } => {
                let found = self.expect(frame, with)?;
                if let Some(name) = name {
                    self.named.insert(name.clone(), found);
                }
                Ok(())
            }
            Step::Reply { to, payload, sent } => {
                let id = self.id(to)?;
                self.reply(&id, payload, *sent)
            }
            Step::Refuse {
                to,
                code,
                details,
                sequence,
            } => self.refuse(to, code, details.as_ref(), *sequence),
            Step::Items {
                to,
                from,
                upto,
                last,
                within_credit,
            } => self.items(to, *from..=*upto, *last, *within_credit),
            Step::Subscribed { to, next } => {
                let id = self.id(to)?;
                self.reply(&id, &json!({"subscribed": {"Tick": next}}), Sent::Whole)
            }
            Step::Ticks { from, upto, missed } => (*from..=*upto).try_for_each(|n| {
                let mut push = json!({
                    "notification_type": "subscription",
                    "message_type": "Tick",
                    "payload": {"n": n},
                    "timestamp": 1_700_000_000_000_u64 + n,
                    "seq": n,
                });
                if let (true, Some(missed)) = (n == *from, missed) {
                    push["missed"] = Value::from(*missed);
                }
                self.send(&push, Sent::Whole)
            }),
            Step::Request {
                method,
                id,
                payload,
                with,
                sent,
            } => {
                let id = self.filled(&Value::from(id.as_str()))?;
                let frame = request(method, &id, payload, with);
                self.judge.sent(&frame);
                self.send(&frame, *sent)
            }
            Step::Collect { id, items, end } => self.collect(id, items, end.as_ref()),
            Step::Send { frame, codec, sent } => {
                let frame = self.filled(frame)?;
                self.judge.sent(&frame);
                let bytes = codec.unwrap_or(self.codec).write(&frame);
                self.write(&socket::framed(&bytes), *sent)
            }
            Step::Bytes(digits) => {
                let bytes = bytes(digits)?;
                self.write(&bytes, Sent::Whole)
            }
            Step::Deep { to, depth } => {
                let id = self.id(to)?;
                let reply = self.codec.deep_reply(&id, *depth);
                self.write(&socket::framed(&reply), Sent::Whole)
            }
            Step::Crowd { calls, order, cut } => self.crowd(*calls, *order, *cut),
            Step::Together(steps) => {
                self.held = Some(Vec::new());
                let done = steps.iter().try_for_each(|step| self.step(step));
                let bytes = mem::take(&mut self.held).unwrap_or_default();
                done.and_then(|()| self.write(&bytes, Sent::Whole))
            }
            Step::HalfClose {} => self.shutdown(Shutdown::Write),
            Step::Close {} => self.shutdown(Shutdown::Both),
            Step::Gone {} => {
                while self.receive()?.is_some() {}
                Ok(())
            }
        }
    }

    /// The next frame of this kind, be it one that was kept.
    fn expect(&mut self, kind: &str, with: &Frame) -> Result<Frame, String> {
        let with = match self.filled(&Value::Object(with.clone()))? {
            Value::Object(with) => with,
            _ => Frame::new(),
        };
        let named = match kind.split_once(":$") {
            Some((kind, name)) => Some(format!("{kind}:{}", self.id(name)?)),
            None => None,
        };
        let kind = named.as_deref().unwrap_or(kind);
        let fits = |frame: &Frame| is_of(kind, frame) && has(frame, &with);
        if let Some(place) = self.kept.iter().position(fits) {
            return Ok(self.kept.remove(place));
        }
        loop {
            let Some(frame) = self.receive()? else {
                return Err(format!("the client has gone; it had sent {:?}", self.kept));
            };
            if is_of(kind, &frame) && has(&frame, &with) {
                return Ok(frame);
            }
            if !self.answer(&frame)? {
                self.kept.push(frame);
            }
        }
    }

    /// The next frame, judged; none if the client has closed its side.
    fn receive(&mut self) -> Result<Option<Frame>, String> {
        let Some(body) = socket::read_frame(self.socket)? else {
            return Ok(None);
        };
        let frame = self.codec.read(&body)?;
        self.judge.frame(&frame)?;
        if let Some(id) = frame.get("request_id").and_then(Value::as_str)
            && let Some(credit) = frame.get("credit").and_then(Value::as_u64)
        {
            self.credit.insert(id.to_owned(), credit);
        }
        if frame.get("control").and_then(Value::as_str) == Some("credit") {
            let stream = frame.get("stream_id").and_then(Value::as_str);
            let items = frame.get("items").and_then(Value::as_u64);
            let (Some(stream), Some(items)) = (stream, items) else {
                return Err(format!("a credit does not say for what, or how much: {frame:?}"));
            };
            if let Some(credit) = self.credit.get_mut(stream) {
                *credit = credit.saturating_add(items);
            }
        }
        Ok(Some(frame))
    }

    /// Answers what a script need not speak of; whether it did.
    fn answer(&mut self, frame: &Frame) -> Result<bool, String> {
        let control = frame.get("control").and_then(Value::as_str).unwrap_or_default();
        let usual = match control {
            "hello" => json!({
                "protocol": 1,
                "server": "conformance",
                "epoch": "first",
                "unknown": [],
                "differing": [],
                "limits": {"frame": 16 << 20, "in_flight": 1024},
            }),
            "schema" => json!({"refused": {}}),
            "credit" => return Ok(true),
            _ => return Ok(false),
        };
        let Some(id) = frame.get("request_id").and_then(Value::as_str).map(str::to_owned) else {
            return Ok(true);
        };
        if self.knows_no_hello {
            self.judge.answered(&id);
            self.send(&refusal("ProtocolError", &id, None), Sent::Whole)?;
            return Ok(true);
        }
        let mut payload = usual;
        let said = if control == "hello" { &self.hello } else { &self.schema };
        for (key, value) in said {
            payload[key] = value.clone();
        }
        self.reply(&id, &payload, Sent::Whole)?;
        Ok(true)
    }

    fn reply(&mut self, id: &str, payload: &Value, sent: Sent) -> Result<(), String> {
        self.judge.answered(id);
        let response = json!({"success": true, "request_id": id, "error": null, "payload": payload});
        self.send(&response, sent)
    }

    fn refuse(&mut self, to: &str, code: &str, details: Option<&Value>, sequence: Option<u64>) -> Result<(), String> {
        let id = self.id(to)?;
        self.judge.answered(&id);
        let mut frame = refusal(code, &id, details);
        if let (Some(sequence), Some(fields)) = (sequence, frame.as_object_mut()) {
            fields.remove("request_id");
            fields.insert("stream_id".to_owned(), Value::from(id));
            fields.insert("sequence".to_owned(), Value::from(sequence));
            fields.insert("is_final".to_owned(), Value::from(true));
        }
        self.send(&frame, Sent::Whole)
    }

    fn items(
        &mut self,
        to: &str,
        numbers: std::ops::RangeInclusive<u64>,
        last: bool,
        within_credit: bool,
    ) -> Result<(), String> {
        let id = self.id(to)?;
        let end = *numbers.end();
        for n in numbers {
            if within_credit {
                while self.credit.get(&id).copied().unwrap_or_default() == 0 {
                    let Some(frame) = self.receive()? else {
                        return Err(format!("the client has gone after {} items", n - 1));
                    };
                    if !self.answer(&frame)? {
                        self.kept.push(frame);
                    }
                }
                if let Some(credit) = self.credit.get_mut(&id) {
                    *credit -= 1;
                }
            }
            let item = json!({
                "stream_id": id,
                "sequence": n - 1,
                "is_final": last && n == end,
                "success": true,
                "error": null,
                "payload": n,
            });
            self.send(&item, Sent::Whole)?;
        }
        Ok(())
    }

    /// Takes the items of a stream of the client's, and its end if that is expected.
    fn collect(&mut self, id: &str, items: &[Value], end: Option<&Frame>) -> Result<(), String> {
        let kind = format!("item:{id}");
        let mut items = items.iter();
        while items.len() > 0 || end.is_some() {
            let frame = self.expect(&kind, &Frame::new())?;
            let is_final = frame.get("is_final") == Some(&Value::Bool(true));
            let payload = frame.get("payload").unwrap_or(&Value::Null);
            // The last item may be in the last frame.
            if !is_final || !payload.is_null() {
                let wanted = items.next();
                if wanted != Some(payload) {
                    return Err(format!("expected {wanted:?} as the next item, found {frame:?}"));
                }
            }
            if is_final {
                return match end {
                    Some(end) if items.len() == 0 && has(&frame, end) => Ok(()),
                    _ => Err(format!(
                        "the stream has ended, with {} items to come: {frame:?}",
                        items.len()
                    )),
                };
            }
        }
        Ok(())
    }

    fn crowd(&mut self, calls: usize, order: Order, cut: bool) -> Result<(), String> {
        let mut asked = Vec::new();
        while asked.len() < calls {
            asked.push(self.expect("Echo", &Frame::new())?);
        }
        if matches!(order, Order::Reversed) {
            asked.reverse();
        }
        for (number, frame) in asked.iter().enumerate() {
            let id = frame.get("request_id").and_then(Value::as_str).unwrap_or_default();
            let text = frame
                .get("payload")
                .map_or(Value::Null, |payload| payload["text"].clone());
            let sent = if cut { Sent::Cut(number) } else { Sent::Whole };
            for _ in 0..if matches!(order, Order::Twice) { 2 } else { 1 } {
                self.reply(id, &text, sent)?;
            }
        }
        Ok(())
    }

    fn send(&mut self, frame: &Value, sent: Sent) -> Result<(), String> {
        let bytes = socket::framed(&self.codec.write(frame));
        self.write(&bytes, sent)
    }

    fn write(&mut self, bytes: &[u8], sent: Sent) -> Result<(), String> {
        match &mut self.held {
            Some(held) => {
                held.extend_from_slice(bytes);
                Ok(())
            }
            None => socket::write(self.socket, bytes, sent),
        }
    }

    fn shutdown(&self, side: Shutdown) -> Result<(), String> {
        // It fails only if the client has gone already.
        let _ = self.socket.shutdown(side);
        Ok(())
    }

    fn id(&self, name: &str) -> Result<String, String> {
        let frame = self
            .named
            .get(name)
            .ok_or_else(|| format!("no frame is called {name}"))?;
        let id = frame.get("request_id").and_then(Value::as_str);
        id.map(str::to_owned)
            .ok_or_else(|| format!("the frame {name} has no id"))
    }

    /// A value in which the ids of frames stand in place of their names.
    fn filled(&self, value: &Value) -> Result<Value, String> {
        Ok(match value {
            Value::String(text) => match text.strip_prefix('$') {
                Some(name) => Value::from(self.id(name)?),
                None => value.clone(),
            },
            Value::Array(items) => Value::Array(items.iter().map(|item| self.filled(item)).collect::<Result<_, _>>()?),
            Value::Object(fields) => {
                let filled = |(key, value): (&String, &Value)| Ok((key.clone(), self.filled(value)?));
                Value::Object(fields.iter().map(filled).collect::<Result<_, String>>()?)
            }
            _ => value.clone(),
        })
    }
}

/// A request for an actor of the client.
fn request(method: &str, id: &Value, payload: &Value, with: &Frame) -> Value {
    let mut frame = json!({
        "target": "cb",
        "message_type": format!("conformance.Callback.{method}"),
        "request_id": id,
        "expects_reply": true,
        "timeout_ms": 30_000,
        "payload": payload,
    });
    for (key, value) in with {
        frame[key] = value.clone();
    }
    if let Some(fields) = frame.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    frame
}

fn refusal(code: &str, id: &str, details: Option<&Value>) -> Value {
    let mut frame = json!({
        "success": false,
        "request_id": id,
        "error": format!("{code}: as the case has it"),
        "error_code": code,
        "payload": null,
    });
    if let Some(details) = details {
        frame["error_details"] = details.clone();
    }
    frame
}

/// Whether a frame is what a script calls `kind`.
fn is_of(kind: &str, frame: &Frame) -> bool {
    let text = |key: &str| frame.get(key).and_then(Value::as_str);
    match kind.split_once(':') {
        Some(("control", control)) => text("control") == Some(control),
        Some(("answer", id)) => text("request_id") == Some(id) && frame.contains_key("success"),
        Some(("refusal", id)) => {
            frame.contains_key("error_code") && (text("request_id") == Some(id) || text("stream_id") == Some(id))
        }
        Some(("item", id)) => text("stream_id") == Some(id) && !frame.contains_key("control"),
        _ if kind == "subscribe" => frame.contains_key("message_types"),
        _ => text("message_type") == Some(format!("conformance.Probe.{kind}").as_str()),
    }
}

/// Whether a frame has all of these fields, and maps in it all of theirs. `{"any": [...]}` asks for one of several.
fn has(frame: &Frame, with: &Frame) -> bool {
    with.iter().all(|(key, wanted)| match (frame.get(key), wanted) {
        (Some(found), Value::Object(choices)) if choices.len() == 1 && choices.contains_key("any") => {
            choices["any"].as_array().is_some_and(|choices| choices.contains(found))
        }
        (Some(Value::Object(found)), Value::Object(wanted)) => has(found, wanted),
        (found, wanted) => found == Some(wanted),
    })
}

fn bytes(digits: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<char> = digits.chars().filter(|digit| !digit.is_whitespace()).collect();
    let pairs = digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(&String::from_iter(pair), 16));
    pairs
        .collect::<Result<_, _>>()
        .map_err(|error| format!("{digits:?}: {error}"))
}
