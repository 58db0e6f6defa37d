//! What a client of acton-reactive says, made from bytes.

use arbitrary::{Arbitrary, Result, Unstructured};
use callsheet_wire::{Codec, acton::Form};

use crate::answers::MAX_FRAME;
use crate::made;
use crate::reference::{self, Node};
use crate::session::{METHODS, arguments};

/// How many bytes one frame is made from.
const STEP: usize = 48;

/// What one frame of a session is.
#[derive(Arbitrary)]
enum Step {
    Call,
    Select,
    Deselect,
    Discover,
    Heartbeat(bool),
    /// Any kind, whatever is in it.
    Strange(u8),
    TooLarge(u16, u16),
    /// Bytes in place of a header; the version is one that there is, more often than not.
    Header([u8; 7]),
    Raw(Vec<u8>),
}

/// Frames, most of which say something. The first has a version that there is, by which the connection is known.
pub fn session(seed: &mut Unstructured<'_>) -> Vec<u8> {
    let mut said = Vec::new();
    while !seed.is_empty() {
        // Of each frame's own bytes: a text takes half of all there are.
        let own = seed.bytes(seed.len().min(STEP)).expect("there are so many");
        let start = said.len();
        if step(&mut Unstructured::new(own), &mut said).is_err() {
            said.truncate(start);
        }
    }
    if let Some(version) = said.get_mut(4).filter(|version| !matches!(**version, 1 | 2)) {
        *version = 1 + *version % 2;
    }
    said
}

fn form(seed: &mut Unstructured<'_>) -> Result<Form> {
    seed.choose(&[Form::One, Form::Two(Codec::Json), Form::Two(Codec::MessagePack)])
        .copied()
}

fn step(seed: &mut Unstructured<'_>, said: &mut Vec<u8>) -> Result<()> {
    let form = form(seed)?;
    let (kind, node) = match seed.arbitrary()? {
        Step::Call => (1, call(seed)?),
        Step::Select => selection(seed, [6, 10], said.len())?,
        Step::Deselect => selection(seed, [7, 11], said.len())?,
        Step::Discover => {
            let mut entries = Vec::from_iter(id(seed)?);
            for flag in ["include_actors", "include_message_types"] {
                if seed.arbitrary()? {
                    entries.push((Node::text(flag), Node::Boolean(seed.arbitrary()?)));
                }
            }
            (8, Node::Map(entries))
        }
        Step::Heartbeat(false) => {
            frame(form, 4, &[], said);
            return Ok(());
        }
        Step::Heartbeat(true) => (4, Node::Map(Vec::new())),
        Step::Strange(kind) => (kind % 16, made::node(seed, 3)?),
        Step::TooLarge(beyond, present) => {
            let length = MAX_FRAME + 1 + usize::from(beyond);
            let start = said.len();
            frame(form, 1, &[], said);
            said[start..start + 4].copy_from_slice(&(length as u32).to_be_bytes());
            // Of most, all of it; of the last one perhaps not.
            let present = if present % 16 == 0 {
                usize::from(present) % length
            } else {
                length
            };
            said.resize(said.len() + present, b'{');
            return Ok(());
        }
        Step::Header(mut header) => {
            // A length that is soon over, and a version that nobody knows in one of four.
            header[..3].fill(0);
            if header[4] >= 64 {
                header[4] = 1 + header[4] % 2;
            }
            said.extend_from_slice(&header);
            said.resize(said.len() + usize::from(header[3]), b' ');
            return Ok(());
        }
        Step::Raw(payload) => {
            frame(form, 1, &payload, said);
            return Ok(());
        }
    };
    let mut payload = Vec::new();
    reference::write(form.codec(), &node, &mut payload);
    if seed.ratio(1, 8)? {
        made::damage(seed, &mut payload)?;
    }
    frame(form, kind, &payload, said);
    Ok(())
}

fn frame(form: Form, kind: u8, payload: &[u8], said: &mut Vec<u8>) {
    said.extend_from_slice(&(payload.len() as u32).to_be_bytes());
    match form {
        Form::One => said.extend_from_slice(&[1, kind]),
        Form::Two(Codec::Json) => said.extend_from_slice(&[2, kind, 1]),
        Form::Two(Codec::MessagePack) => said.extend_from_slice(&[2, kind, 2]),
    }
    said.extend_from_slice(payload);
}

/// One of few ids, so that some meet again; sometimes none, or one that cannot be one.
fn id(seed: &mut Unstructured<'_>) -> Result<Option<(Node, Node)>> {
    let id = match seed.int_in_range(0..=15)? {
        0 => return Ok(None),
        1 => Node::text(""),
        2 => Node::Text("x".repeat(128 + usize::from(seed.arbitrary::<bool>()?))),
        3 => Node::Integer(7),
        4 => Node::text("~1"),
        5 => Node::text("unknown"),
        6..=9 => Node::Text(format!("{}", seed.arbitrary::<u8>()? % 4)),
        _ => Node::Text(format!("{}", seed.arbitrary::<u16>()?)),
    };
    Ok(Some((Node::text("correlation_id"), id)))
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
    if seed.ratio(1, 4)? {
        let value = Node::Integer(seed.arbitrary::<u8>()?.into());
        entries.push((Node::text("response_timeout_ms"), value));
    }
    entries.push((Node::text("payload"), arguments(seed, method)?));
    Ok(Node::Map(entries))
}

/// Names or patterns, some of which are none. Its id is mostly one that no call has: `place` is none's but its own.
fn selection(seed: &mut Unstructured<'_>, kinds: [u8; 2], place: usize) -> Result<(u8, Node)> {
    let names: [&[&str]; 5] = [&["Price"], &["Price"], &[], &["nothing"], &["Pri*"]];
    let patterns: [&[&str]; 6] = [
        &["Pri*"],
        &["*", "Pri*"],
        &["nothing*"],
        &[],
        &["Price", "P*"],
        &["a*b*"],
    ];
    let [of_names, of_patterns] = kinds;
    let (kind, field, said) = match seed.arbitrary()? {
        true => (of_names, "message_types", *seed.choose(&names)?),
        false => (of_patterns, "patterns", *seed.choose(&patterns)?),
    };
    let said = said.iter().map(|name| Node::text(name)).collect();
    let mut entries = vec![(Node::text(field), Node::Array(said))];
    if seed.ratio(7, 8)? {
        entries.push((Node::text("correlation_id"), Node::Text(format!("at {place}"))));
    } else {
        entries.extend(id(seed)?);
    }
    Ok((kind, Node::Map(entries)))
}
