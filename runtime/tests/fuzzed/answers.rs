//! The answers that follow from what a peer has said, and what it has got.

use std::collections::BTreeMap;

use callsheet_wire::{Incoming, Payload, frame, read};
use serde::Deserialize;

/// The longest payload that is taken. Short, so that longer ones are soon thought of.
pub const MAX_FRAME: usize = 2048;

/// What a peer has got.
pub struct Heard {
    pub bytes: Vec<u8>,
    /// The server has closed the connection; else it waits for more.
    pub is_closed: bool,
}

/// What a peer says, as frames.
#[derive(Debug)]
pub enum Part<'b> {
    Frame(&'b [u8]),
    /// Longer than is allowed; so much of it was said.
    TooLarge(usize),
}

pub fn frames(mut said: &[u8]) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    while let Some((prefix, rest)) = said.split_first_chunk::<{ frame::PREFIX }>() {
        let length = u32::from_be_bytes(*prefix) as usize;
        let present = length.min(rest.len());
        match (length > MAX_FRAME, present == length) {
            (true, _) => parts.push(Part::TooLarge(present)),
            (false, true) => parts.push(Part::Frame(&rest[..length])),
            (false, false) => break,
        }
        said = &rest[present..];
    }
    parts
}

/// How an answer looks that is found by its place in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Response,
    Stream,
}

/// How often an id has to be answered.
#[derive(Clone, Debug, Default)]
struct Outcomes {
    least: usize,
    most: usize,
    /// Its call may wait for credit that never comes.
    may_wait: bool,
    /// What its one call echoes.
    echo: Option<String>,
}

/// The answers that there have to be.
#[derive(Debug, Default)]
pub struct Expected {
    by_id: BTreeMap<String, Outcomes>,
    in_order: Vec<Shape>,
    /// The first place in the order whose answer may wait for credit that never comes.
    may_wait_at: Option<usize>,
}

#[derive(Deserialize)]
struct Echo {
    text: String,
}

impl Expected {
    pub fn of(said: &[u8]) -> Self {
        let mut expected = Expected::default();
        for part in frames(said) {
            match part {
                // It is refused in its own codec, which its first byte tells.
                Part::TooLarge(0) => {}
                Part::TooLarge(_) => expected.in_order.push(Shape::Response),
                Part::Frame(payload) => expected.add(payload),
            }
        }
        expected
    }

    fn add(&mut self, payload: &[u8]) {
        match read(payload) {
            Err(unreadable) => self.one(unreadable.request_id.as_deref()),
            Ok((_, Incoming::Request(request))) => {
                let (wants, is_stream) = (
                    request.expects_reply || request.expects_stream,
                    request.expects_stream && !request.expects_reply,
                );
                let may_wait = is_stream && request.credit.is_some();
                let Some(id) = request.request_id.as_deref() else {
                    if wants {
                        if may_wait {
                            self.may_wait_at.get_or_insert(self.in_order.len());
                        }
                        let shape = if is_stream { Shape::Stream } else { Shape::Response };
                        self.in_order.push(shape);
                    }
                    return;
                };
                let outcomes = self.by_id.entry(id.to_owned()).or_default();
                // Without flags, only a failure is told.
                outcomes.least += usize::from(wants);
                outcomes.most += 1;
                outcomes.may_wait |= may_wait;
                let is_echo = request.target == "probe" && request.message_type == "fuzz.Probe.Echo" && !is_stream;
                let echo = request.payload.decode::<Echo>().ok().filter(|_| is_echo);
                outcomes.echo = echo.map(|echo| echo.text);
            }
            Ok((_, Incoming::Subscribe(subscribe))) => {
                if let Some(id) = subscribe.request_id {
                    self.one(Some(&id));
                }
            }
            Ok((_, Incoming::Control(control))) => match (&*control.control, control.request_id.as_deref()) {
                ("cancel" | "credit", _) | (_, None) => {}
                (_, id) => self.one(id),
            },
            // What only servers send.
            Ok((_, Incoming::Response(response))) => self.one(response.request_id.as_deref()),
            Ok((_, Incoming::StreamFrame(_) | Incoming::Push(_))) => self.one(None),
        }
    }

    fn one(&mut self, id: Option<&str>) {
        match id {
            Some(id) => {
                let outcomes = self.by_id.entry(id.to_owned()).or_default();
                outcomes.least += 1;
                outcomes.most += 1;
            }
            None => self.in_order.push(Shape::Response),
        }
    }

    /// Holds what a peer has got against it.
    pub fn judge(&self, heard: &Heard) {
        let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
        let mut in_order = Vec::new();
        // The streams that have begun and not ended, with the number of the next frame.
        let mut streams: BTreeMap<String, u64> = BTreeMap::new();
        for part in frames(&heard.bytes) {
            let Part::Frame(payload) = part else {
                panic!("the server sends a frame that is too long");
            };
            match read(payload) {
                Ok((_, Incoming::Response(response))) => match response.request_id.as_deref() {
                    Some(id) => {
                        *by_id.entry(id.to_owned()).or_default() += 1;
                        self.compare(id, response.success, response.payload);
                    }
                    None => {
                        let is_interrupted = streams.keys().any(|name| name.starts_with('~'));
                        assert!(!is_interrupted, "a stream without an id is answered in one piece");
                        in_order.push(Shape::Response);
                    }
                },
                Ok((_, Incoming::StreamFrame(frame))) => {
                    let id = &*frame.stream_id;
                    let is_ordered = id.starts_with('~');
                    let is_alone = is_ordered || self.by_id.get(id).is_some_and(|outcomes| outcomes.most == 1);
                    let next = streams.entry(id.to_owned()).or_default();
                    assert!(
                        !is_alone || *next == frame.sequence,
                        "{id:?}: frame {} is {}",
                        next,
                        frame.sequence
                    );
                    *next = frame.sequence + 1;
                    if frame.is_final {
                        streams.remove(id);
                        match is_ordered {
                            true => in_order.push(Shape::Stream),
                            false => *by_id.entry(id.to_owned()).or_default() += 1,
                        }
                    }
                    let mut ordered = streams.keys().filter(|name| name.starts_with('~'));
                    assert!(ordered.next().is_none() || ordered.next().is_none(), "two at a time");
                }
                Ok((_, Incoming::Push(push))) => assert_eq!(push.message_type, "Price"),
                other => panic!("a server sends no such frame: {other:?}"),
            }
        }
        for id in by_id.keys() {
            assert!(
                self.by_id.contains_key(id),
                "{id:?} is answered, which nobody asked for"
            );
        }
        let mut is_missing = false;
        for (id, outcomes) in &self.by_id {
            let answered = by_id.get(id).copied().unwrap_or_default();
            let least = if outcomes.may_wait && !heard.is_closed {
                0
            } else {
                outcomes.least
            };
            is_missing |= answered < outcomes.most;
            assert!(
                (least..=outcomes.most).contains(&answered),
                "{id:?} is answered {answered} times, and not {outcomes:?}"
            );
        }
        let waits_at = self.may_wait_at.filter(|_| !heard.is_closed);
        let least = waits_at.unwrap_or(self.in_order.len());
        assert!(
            in_order.len() >= least,
            "{in_order:?} are the answers in order, and not {:?}",
            self.in_order
        );
        assert!(
            self.in_order.starts_with(&in_order),
            "{in_order:?}, and not {:?}",
            self.in_order
        );
        is_missing |= in_order.len() < self.in_order.len();
        assert!(
            heard.is_closed || is_missing,
            "all that can be is answered, and the connection is not closed"
        );
    }

    /// An answer has what was asked for, and not what somebody else was.
    fn compare(&self, id: &str, success: bool, payload: Payload<'_>) {
        let echo = self.by_id.get(id).filter(|outcomes| outcomes.most == 1);
        if let (Some(text), true) = (echo.and_then(|outcomes| outcomes.echo.as_deref()), success) {
            assert_eq!(payload.decode::<String>().as_deref(), Ok(text));
        }
    }
}
