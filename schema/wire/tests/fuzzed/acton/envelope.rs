//! What a client's frame has in it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use arbitrary::{Result, Unstructured};
use callsheet_wire::acton::{self, Form, Incoming, Kind, Selection};
use callsheet_wire::{Code, Codec, MAX_ID};

use crate::made;
use crate::reference::{self, Node};

/// What reading may reserve beside what grows with the payload: errors, and the tables of names, which are bounded.
const LEAST: u64 = 48 << 10;

/// How many bytes reading may reserve for each byte of the payload.
const FOR_EACH_BYTE: u64 = 8;

/// A payload is read or refused without a panic and within memory that follows from its length; what is read is what a
/// second reader finds in it; and written by that one, in either codec, it is read as the same.
pub fn holds_for(form: Form, kind: Kind, payload: &[u8]) {
    let reserved = allocation_counter::measure(|| drop(acton::read(form, kind, payload))).bytes_max;
    let allowed = FOR_EACH_BYTE * payload.len() as u64 + LEAST;
    assert!(
        reserved <= allowed,
        "reading {} bytes took {reserved} bytes",
        payload.len()
    );
    let incoming = match acton::read(form, kind, payload) {
        Ok(incoming) => incoming,
        Err(refused) => {
            let text = refused.failure.text();
            assert!(!text.contains(char::is_control), "{text:?} can be logged as it is");
            assert_eq!(refused.failure.code(), Code::SerializationError);
            if let Some(id) = refused.correlation_id {
                assert!((1..=MAX_ID).contains(&id.len()), "{id:?}");
            }
            return;
        }
    };
    let shown = match incoming {
        Incoming::Heartbeat => return assert_eq!(kind, Kind::Heartbeat),
        Incoming::Foreign(foreign) => return assert_eq!(kind, foreign),
        ref incoming => Shown::of(incoming),
    };
    // What a payload has in it is not judged before it is decoded.
    let Some(node) = reference::read(form.codec(), payload) else {
        return;
    };
    shown.compare(&node);
    for codec in [Codec::Json, Codec::MessagePack] {
        let fields = shown.0.iter().map(|(name, value)| (Node::text(name), value.clone()));
        let mut again = Vec::new();
        reference::write(codec, &Node::Map(fields.collect()), &mut again);
        let again = acton::read(Form::Two(codec), kind, &again);
        let again = again.expect("a frame that was read is one when it is written again");
        assert_eq!(Shown::of(&again), shown);
    }
}

/// The fields of an envelope, but for its payload.
#[derive(Debug, PartialEq)]
struct Shown(BTreeMap<&'static str, Node>);

impl Shown {
    fn of(incoming: &Incoming<'_>) -> Self {
        let selected = |selection: &Selection<'_>, field| {
            let id = Node::text(&selection.correlation_id);
            BTreeMap::from([("correlation_id", id), (field, texts(&selection.names))])
        };
        Shown(match incoming {
            Incoming::Request(request) => {
                let id = request.request_id.as_deref().expect("there is no request without one");
                let unknown = request.credit.is_some() || request.reply_to.is_some() || request.meta.is_some();
                assert!(!unknown, "the other wire has no such fields");
                let mut fields = BTreeMap::from([
                    ("correlation_id", Node::text(id)),
                    ("target", Node::text(&request.target)),
                    ("message_type", Node::text(&request.message_type)),
                    ("expects_reply", Node::Boolean(request.expects_reply)),
                    ("expects_stream", Node::Boolean(request.expects_stream)),
                ]);
                let timeout = request.timeout_ms.map(|number| Node::Integer(number.into()));
                fields.extend(timeout.map(|number| ("response_timeout_ms", number)));
                fields
            }
            Incoming::Subscribe(selection) | Incoming::Unsubscribe(selection) => selected(selection, "message_types"),
            Incoming::SubscribePatterns(selection) | Incoming::UnsubscribePatterns(selection) => {
                selected(selection, "patterns")
            }
            Incoming::Discover(discover) => BTreeMap::from([
                ("correlation_id", Node::text(&discover.correlation_id)),
                ("include_actors", Node::Boolean(discover.include_actors)),
                ("include_message_types", Node::Boolean(discover.include_message_types)),
            ]),
            Incoming::Heartbeat | Incoming::Foreign(_) => BTreeMap::new(),
        })
    }

    /// Holds it against what a second reader has found in the same bytes.
    fn compare(&self, node: &Node) {
        let Node::Map(entries) = node else {
            panic!("an envelope is a map");
        };
        for (at, (key, _)) in entries.iter().enumerate() {
            let is_new = entries[..at].iter().all(|(other, _)| other != key);
            assert!(is_new, "{key:?} is there twice");
        }
        for (name, value) in &self.0 {
            let found = entries.iter().find(|(key, _)| *key == Node::text(name));
            match found.map(|(_, found)| found) {
                None | Some(Node::Null) => {
                    let is_default = Node::Boolean(name.starts_with("include"));
                    assert_eq!(*value, is_default, "`{name}` is not there");
                }
                Some(found) => assert_eq!(value, found, "`{name}`"),
            }
        }
    }
}

fn texts(names: &[Cow<'_, str>]) -> Node {
    Node::Array(names.iter().map(|name| Node::text(name)).collect())
}

/// A map whose keys are mostly those of this kind, and whose values are mostly what such a key stands for.
pub fn made(seed: &mut Unstructured<'_>, kind: Kind) -> Result<Node> {
    let needed: &[&str] = match kind {
        Kind::Request => &["correlation_id", "target", "message_type", "payload"],
        Kind::Subscribe | Kind::Unsubscribe => &["correlation_id", "message_types"],
        Kind::SubscribePatterns | Kind::UnsubscribePatterns => &["correlation_id", "patterns"],
        _ => &["correlation_id"],
    };
    let further = [
        "correlation_id",
        "target",
        "message_type",
        "payload",
        "expects_reply",
        "expects_stream",
        "response_timeout_ms",
        "include_actors",
        "include_message_types",
        "message_types",
        "patterns",
        "request_id",
        "unknown",
    ];
    let mut entries = Vec::new();
    for key in needed {
        // One in eight is left out.
        if seed.ratio(7, 8)? {
            entries.push((Node::text(key), value_of(seed, key)?));
        }
    }
    for _ in 0..seed.int_in_range(0..=4)? {
        let key = *seed.choose(&further)?;
        // One in eight comes twice.
        let is_there = entries.iter().any(|(there, _)| *there == Node::text(key));
        if !is_there || seed.ratio(1, 8)? {
            entries.push((Node::text(key), value_of(seed, key)?));
        }
    }
    if !entries.is_empty() && seed.ratio(1, 4)? {
        let at = seed.choose_index(entries.len())?;
        entries.rotate_left(at);
    }
    Ok(Node::Map(entries))
}

fn value_of(seed: &mut Unstructured<'_>, key: &str) -> Result<Node> {
    if seed.ratio(1, 8)? {
        return made::node(seed, 2);
    }
    Ok(match key {
        "correlation_id" if seed.ratio(1, 8)? => Node::Text("é".repeat(usize::from(seed.arbitrary::<u8>()?))),
        "expects_reply" | "expects_stream" | "include_actors" | "include_message_types" => {
            Node::Boolean(seed.arbitrary()?)
        }
        "response_timeout_ms" => Node::Integer(seed.arbitrary::<u64>()?.into()),
        "message_types" | "patterns" => Node::Array(made::several(seed, |seed| made::text(seed).map(Node::Text))?),
        "payload" => made::node(seed, 4)?,
        _ => Node::Text(made::text(seed)?),
    })
}
