//! Values and frames that are made from bytes, so that few of them are wasted on what is no frame at all.

use arbitrary::{Arbitrary, Result, Unstructured};
use callsheet_wire::Codec;

use crate::reference::{self, Node};

/// The keys of envelopes, and one that none knows.
pub const KEYS: [&str; 32] = [
    "control",
    "target",
    "stream_id",
    "notification_type",
    "success",
    "message_type",
    "request_id",
    "expects_reply",
    "expects_stream",
    "reply_to",
    "timeout_ms",
    "credit",
    "traceparent",
    "tracestate",
    "error",
    "error_code",
    "sequence",
    "is_final",
    "timestamp",
    "seq",
    "source",
    "missed",
    "items",
    "payload",
    "meta",
    "chain",
    "error_details",
    "message_types",
    "protocol",
    "contracts",
    "document",
    "unknown",
];

/// Texts that mean something somewhere.
const WORDS: [&str; 24] = [
    "cancel",
    "credit",
    "ping",
    "hello",
    "unsubscribe",
    "discover",
    "schema",
    "goodbye",
    "subscription",
    "ContractError",
    "ContractError: full",
    "Timeout: late",
    "AgentNotFound: nobody",
    "Overheated",
    "Overheated: wait",
    "*",
    "demo.*",
    "~1",
    "1",
    "",
    "\u{0}\n",
    "\u{202e}ä\u{10ffff}",
    "retryable",
    "delivered",
];

pub fn codec(bytes: &mut Unstructured<'_>) -> Result<Codec> {
    Ok(if bytes.arbitrary()? {
        Codec::Json
    } else {
        Codec::MessagePack
    })
}

pub fn text(bytes: &mut Unstructured<'_>) -> Result<String> {
    if bytes.arbitrary()? {
        bytes.choose(&WORDS).map(|word| (*word).to_owned())
    } else {
        bytes.arbitrary()
    }
}

/// A value of any kind, at most `depth` deep.
pub fn node(bytes: &mut Unstructured<'_>, depth: usize) -> Result<Node> {
    let kinds = if depth == 0 { 7 } else { 10 };
    Ok(match bytes.int_in_range(0..=kinds - 1)? {
        0 => Node::Null,
        1 => Node::Boolean(bytes.arbitrary()?),
        2 => Node::Integer(bytes.arbitrary::<u8>()?.into()),
        3 => Node::Integer(bytes.arbitrary::<i64>()?.into()),
        4 => Node::Float(bytes.arbitrary::<f64>()?.to_bits()),
        5 => Node::Text(text(bytes)?),
        6 => Node::Bytes(bytes.arbitrary()?),
        7 => Node::Array(several(bytes, |bytes| node(bytes, depth - 1))?),
        8 => Node::Map(several(bytes, |bytes| {
            Ok((Node::Text(text(bytes)?), node(bytes, depth - 1)?))
        })?),
        // One that is nested, alone: how deep costs one byte.
        _ => {
            let inner = node(bytes, 0)?;
            let deep = bytes.int_in_range(0..=100)?;
            (0..deep).fold(inner, |inner, _| Node::Array(vec![inner]))
        }
    })
}

/// A few of a kind.
pub fn several<'b, T>(
    bytes: &mut Unstructured<'b>,
    mut one: impl FnMut(&mut Unstructured<'b>) -> Result<T>,
) -> Result<Vec<T>> {
    let count = bytes.int_in_range(0..=6)?;
    (0..count).map(|_| one(bytes)).collect()
}

/// A map whose keys are mostly those of envelopes, and whose values are mostly what such a key stands for.
pub fn envelope(bytes: &mut Unstructured<'_>) -> Result<Node> {
    let mut entries = Vec::new();
    let kind = *bytes.choose(&[
        "target",
        "message_types",
        "control",
        "stream_id",
        "notification_type",
        "success",
    ])?;
    let needed: &[&str] = match kind {
        "target" => &["target", "message_type", "payload"],
        "message_types" => &["message_types", "request_id"],
        "control" => &["control", "request_id"],
        "stream_id" => &["stream_id", "sequence", "is_final"],
        "notification_type" => &["notification_type", "message_type", "timestamp"],
        _ => &["success", "error", "error_code", "error_details"],
    };
    for key in needed {
        // One in eight is left out.
        if bytes.ratio(7, 8)? {
            entries.push((Node::text(key), value_of(bytes, key)?));
        }
    }
    for _ in 0..bytes.int_in_range(0..=5)? {
        let key = *bytes.choose(&KEYS)?;
        entries.push((Node::text(key), value_of(bytes, key)?));
    }
    if !entries.is_empty() && bytes.ratio(1, 4)? {
        let at = bytes.choose_index(entries.len())?;
        entries.rotate_left(at);
    }
    Ok(Node::Map(entries))
}

fn value_of(bytes: &mut Unstructured<'_>, key: &str) -> Result<Node> {
    if bytes.ratio(1, 8)? {
        return node(bytes, 2);
    }
    Ok(match key {
        "success" | "expects_reply" | "expects_stream" | "is_final" => Node::Boolean(bytes.arbitrary()?),
        "timeout_ms" | "credit" | "sequence" | "timestamp" | "seq" | "missed" | "items" => {
            Node::Integer(bytes.arbitrary::<u64>()?.into())
        }
        "message_types" => Node::Array(several(bytes, |bytes| text(bytes).map(Node::Text))?),
        "payload" => node(bytes, 4)?,
        "meta" | "contracts" => Node::Map(several(bytes, |bytes| {
            Ok((Node::Text(text(bytes)?), Node::Text(text(bytes)?)))
        })?),
        "chain" => Node::Array(several(bytes, |bytes| {
            let (runtime, actor) = (Node::Text(text(bytes)?), Node::Text(text(bytes)?));
            let link = Node::Integer(bytes.arbitrary::<u64>()?.into());
            let entries = [("runtime", runtime), ("link", link), ("actor", actor)];
            Ok(Node::Map(entries.map(|(name, value)| (Node::text(name), value)).into()))
        })?),
        "error_details" => {
            let mut entries = Vec::new();
            for name in [
                "retryable",
                "delivered",
                "retry_after_ms",
                "path",
                "chain",
                "candidates",
            ] {
                if bytes.arbitrary()? {
                    let value = match name {
                        "retryable" => Node::Boolean(bytes.arbitrary()?),
                        "delivered" => Node::text(bytes.choose(&["no", "yes", "unknown", "perhaps"])?),
                        "retry_after_ms" => Node::Integer(bytes.arbitrary::<u64>()?.into()),
                        "path" => Node::Text(text(bytes)?),
                        _ => Node::Array(several(bytes, |bytes| text(bytes).map(Node::Text))?),
                    };
                    entries.push((Node::text(name), value));
                }
            }
            Node::Map(entries)
        }
        _ => Node::Text(text(bytes)?),
    })
}

/// Writes a value, and damages a few of its bytes more often than not.
pub fn written(bytes: &mut Unstructured<'_>, codec: Codec, node: &Node) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    reference::write(codec, node, &mut out);
    damage(bytes, &mut out)?;
    Ok(out)
}

/// Changes, takes out or puts in a few bytes, or none.
pub fn damage(bytes: &mut Unstructured<'_>, out: &mut Vec<u8>) -> Result<()> {
    #[derive(Arbitrary)]
    enum Damage {
        Set(u16, u8),
        Remove(u16),
        Insert(u16, u8),
        Cut(u16),
    }
    for _ in 0..bytes.int_in_range(0..=3)? {
        let damage: Damage = bytes.arbitrary()?;
        if out.is_empty() {
            break;
        }
        let (Damage::Set(at, _) | Damage::Remove(at) | Damage::Insert(at, _) | Damage::Cut(at)) = damage;
        let at = usize::from(at) % out.len();
        match damage {
            Damage::Set(_, byte) => out[at] = byte,
            Damage::Remove(_) => drop(out.remove(at)),
            Damage::Insert(_, byte) => out.insert(at, byte),
            Damage::Cut(_) => out.truncate(at),
        }
    }
    Ok(())
}
