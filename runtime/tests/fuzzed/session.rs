//! What a peer says, made from bytes: frames, most of which mean something.

use arbitrary::{Arbitrary, Result, Unstructured};

use crate::answers::MAX_FRAME;
use crate::made;
use crate::reference::{self, Node};

pub const METHODS: [&str; 8] = ["Echo", "Rest", "Take", "Count", "Nulls", "Failing", "Note", "Announce"];

/// What one frame of a session is.
#[derive(Arbitrary)]
enum Step {
    Call,
    Subscribe,
    Control,
    Envelope,
    TooLarge(u16, u16),
    Raw(Vec<u8>),
}

/// Frames, most of which say something.
pub fn session(seed: &mut Unstructured<'_>) -> Vec<u8> {
    let mut said = Vec::new();
    while !seed.is_empty() {
        if step(seed, &mut said).is_err() {
            break;
        }
    }
    said
}

fn step(seed: &mut Unstructured<'_>, said: &mut Vec<u8>) -> Result<()> {
    let codec = made::codec(seed)?;
    let node = match seed.arbitrary()? {
        Step::Call => call(seed)?,
        Step::Subscribe => {
            let lists: [&[&str]; 4] = [&["Price"], &["*", "Price"], &["fuzz.*"], &["nothing"]];
            let names = seed.choose(&lists)?.iter().map(|name| Node::text(name)).collect();
            let mut entries = vec![(Node::text("message_types"), Node::Array(names))];
            entries.extend(id(seed)?);
            Node::Map(entries)
        }
        Step::Control => {
            let names = [
                "cancel",
                "credit",
                "ping",
                "hello",
                "discover",
                "stats",
                "schema",
                "unsubscribe",
                "later",
            ];
            let mut entries = vec![(Node::text("control"), Node::text(seed.choose(&names)?))];
            entries.extend(id(seed)?);
            if let Some((_, id)) = id(seed)? {
                entries.push((Node::text("stream_id"), id));
            }
            if seed.arbitrary()? {
                let items = Node::Integer(seed.arbitrary::<u8>()?.into());
                entries.push((Node::text("items"), items));
            }
            Node::Map(entries)
        }
        Step::Envelope => made::envelope(seed)?,
        Step::TooLarge(beyond, present) => {
            let length = MAX_FRAME + 1 + usize::from(beyond);
            said.extend_from_slice(&(length as u32).to_be_bytes());
            // Of most, all of it; of the last one perhaps not.
            let present = if present % 16 == 0 {
                usize::from(present) % length
            } else {
                length
            };
            said.resize(said.len() + present, b'{');
            return Ok(());
        }
        Step::Raw(payload) => {
            frame(&payload, said);
            return Ok(());
        }
    };
    let mut payload = Vec::new();
    reference::write(codec, &node, &mut payload);
    if seed.ratio(1, 8)? {
        made::damage(seed, &mut payload)?;
    }
    frame(&payload, said);
    Ok(())
}

fn frame(payload: &[u8], said: &mut Vec<u8>) {
    said.extend_from_slice(&(payload.len() as u32).to_be_bytes());
    said.extend_from_slice(payload);
}

/// One of few ids, so that some meet again; or none.
fn id(seed: &mut Unstructured<'_>) -> Result<Option<(Node, Node)>> {
    let ids = [
        None,
        Some("1"),
        Some("2"),
        Some("3"),
        Some("a"),
        Some("b"),
        Some("c"),
        Some("~1"),
    ];
    Ok(seed.choose(&ids)?.map(|id| (Node::text("request_id"), Node::text(id))))
}

fn call(seed: &mut Unstructured<'_>) -> Result<Node> {
    let target = if seed.ratio(15, 16)? { "probe" } else { "nobody" };
    let method = *seed.choose(&METHODS)?;
    let name = if seed.arbitrary()? {
        format!("fuzz.Probe.{method}")
    } else {
        method.to_owned()
    };
    let mut entries = vec![
        (Node::text("target"), Node::text(target)),
        (Node::text("message_type"), Node::text(&name)),
    ];
    entries.extend(id(seed)?);
    for flag in ["expects_reply", "expects_stream"] {
        if seed.arbitrary()? {
            entries.push((Node::text(flag), Node::Boolean(seed.arbitrary()?)));
        }
    }
    for number in ["credit", "timeout_ms"] {
        if seed.ratio(1, 4)? {
            let value = Node::Integer(seed.arbitrary::<u8>()?.into());
            entries.push((Node::text(number), value));
        }
    }
    entries.push((Node::text("payload"), arguments(seed, method)?));
    Ok(Node::Map(entries))
}

/// What a method is called with, or anything.
pub fn arguments(seed: &mut Unstructured<'_>, method: &str) -> Result<Node> {
    Ok(if seed.ratio(1, 8)? {
        made::node(seed, 3)?
    } else {
        let small = |seed: &mut Unstructured<'_>| Ok(Node::Integer(seed.arbitrary::<u8>()?.into()));
        let (name, value) = match method {
            "Echo" | "Note" => ("text", Node::Text(made::text(seed)?)),
            "Announce" => ("symbol", Node::Text(made::text(seed)?)),
            "Rest" => ("turns", small(seed)?),
            "Count" => ("to", small(seed)?),
            "Nulls" => ("count", small(seed)?),
            "Failing" => ("after", small(seed)?),
            _ => {
                let prices = made::several(seed, |seed| {
                    let symbol = (Node::text("symbol"), Node::Text(made::text(seed)?));
                    Ok(Node::Map(vec![symbol, (Node::text("price"), small(seed)?)]))
                })?;
                ("prices", Node::Array(prices))
            }
        };
        Node::Map(vec![(Node::text(name), value)])
    })
}
