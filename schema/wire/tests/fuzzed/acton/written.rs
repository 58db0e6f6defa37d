//! What a server writes.

use arbitrary::{Result, Unstructured};
use callsheet_wire::acton::{
    self, Form, Kind, Next,
    write::{self, List, PushHead},
};
use callsheet_wire::{Code, Codec, Encode, EncodeError, Failure};

use crate::made;
use crate::reference::{self, Node};

/// What has to be in a frame.
type Fields = Vec<(&'static str, Node)>;

/// A value that a second writer writes.
struct Written<'n>(&'n Node);

impl Encode for Written<'_> {
    fn encode(&self, codec: Codec, out: &mut Vec<u8>) -> std::result::Result<(), EncodeError> {
        reference::write(codec, self.0, out);
        Ok(())
    }
}

/// Whatever a server writes is a whole frame of the form that it was told, and a second reader finds in it what there was
/// to write, and nothing twice. Cut anywhere, it is incomplete.
pub fn holds_for(form: Form, seed: &mut Unstructured<'_>) -> Result<()> {
    let second = Form::Two(form.codec());
    let (id, text) = (made::text(seed)?, made::text(seed)?);
    let value = made::node(seed, 3)?;
    let number = seed.arbitrary::<u64>()?;
    let names: Vec<String> = made::several(seed, made::text)?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let failure = Failure::new(*seed.choose(Code::ALL)?, text.clone());
    let own = Failure::new(Code::ContractError, text.clone());
    let list = *seed.choose(&[List::Types, List::Patterns])?;
    let flag = seed.arbitrary::<bool>()?;

    let (id_field, success) = (("correlation_id", Node::text(&id)), |is| ("success", Node::Boolean(is)));
    let named = |names: &[&str]| Node::Array(names.iter().map(|name| Node::text(name)).collect());
    let sequence = |number: u64| ("sequence", Node::Integer(number.min(u64::from(u32::MAX)).into()));
    let is_final = |is| ("is_final", Node::Boolean(is));
    let error = |failure: &Failure| ("error", Node::Text(failure.to_string()));
    let payload = ("payload", shown(form.codec(), &value));
    let list_field = match list {
        List::Types => "subscribed_types",
        List::Patterns => "subscribed_patterns",
    };

    let mut out = Vec::new();
    let before = b"before".to_vec();
    out.extend_from_slice(&before);
    let encoded = Written(&value);
    let written = "the second writer writes everything";
    let expected = match seed.int_in_range(0..=9)? {
        0 => {
            write::response(&mut out, form, Some(&id), &encoded).expect(written);
            vec![(form, Kind::Response, vec![id_field, success(true), payload])]
        }
        1 => {
            write::refusal(&mut out, form, Some(&id), &failure);
            vec![(form, Kind::Error, vec![id_field, success(false), error(&failure)])]
        }
        2 => {
            write::contract_error(&mut out, form, Some(&id), &text, &encoded).expect(written);
            vec![(form, Kind::Error, vec![id_field, success(false), error(&own), payload])]
        }
        3 => {
            write::stream_item(&mut out, second, &id, number, flag, &encoded).expect(written);
            let item = vec![id_field.clone(), sequence(number), is_final(false), payload];
            let mut frames = vec![(second, Kind::Stream, item)];
            if flag {
                let end = vec![id_field, sequence(number.saturating_add(1)), is_final(true)];
                frames.push((second, Kind::Stream, end));
            }
            frames
        }
        4 => {
            write::stream_refusal(&mut out, second, &id, number, &failure);
            let end = vec![id_field, sequence(number), is_final(true), error(&failure)];
            vec![(second, Kind::Stream, end)]
        }
        5 => {
            write::stream_contract_error(&mut out, second, &id, number, &text, &encoded).expect(written);
            let end = vec![id_field, sequence(number), is_final(true), error(&own), payload];
            vec![(second, Kind::Stream, end)]
        }
        6 => {
            write::heartbeat(&mut out, form, flag);
            let answered = match form {
                Form::Two(_) if !flag => Form::Two(Codec::Json),
                form => form,
            };
            vec![(answered, Kind::Heartbeat, Vec::new())]
        }
        7 => {
            let head = PushHead {
                message_type: &text,
                seq: number,
                timestamp: number,
                missed: flag.then_some(number),
            };
            let mut event = Vec::new();
            reference::write(form.codec(), &value, &mut event);
            write::push(&mut out, form.codec(), &head, &event).expect(written);
            let mut fields = vec![
                ("notification_id", Node::Text(format!("{text}#{number}"))),
                ("message_type", Node::text(&text)),
                ("timestamp_ms", Node::Integer(number.into())),
                payload,
            ];
            fields.extend(flag.then_some(("missed", Node::Integer(number.into()))));
            vec![(second, Kind::Push, fields)]
        }
        8 if flag => {
            write::subscribed(&mut out, form, &id, list, &names);
            vec![(
                form,
                Kind::Response,
                vec![id_field, success(true), (list_field, named(&names))],
            )]
        }
        8 => {
            write::subscription_refusal(&mut out, form, Some(&id), list, &failure);
            let fields = vec![id_field, success(false), error(&failure), (list_field, named(&[]))];
            vec![(form, Kind::Error, fields)]
        }
        _ => {
            let types = flag.then_some(&*names);
            write::discovery(&mut out, form, &id, None, types).expect(written);
            let types = types.map(|names| ("message_types", named(names)));
            vec![(
                form,
                Kind::Response,
                [id_field, success(true)].into_iter().chain(types).collect(),
            )]
        }
    };
    assert!(out.starts_with(&before), "what was there before stays");
    are_found(&out[before.len()..], form.codec(), expected);
    Ok(())
}

/// The value as it looks in the codec.
fn shown(codec: Codec, value: &Node) -> Node {
    let mut bytes = Vec::new();
    reference::write(codec, value, &mut bytes);
    // In JSON, some floats are read as others than were written by a reader that is not exact; both see the same bytes.
    reference::read(codec, &bytes).unwrap_or(Node::Extension)
}

fn are_found(mut out: &[u8], codec: Codec, expected: Vec<(Form, Kind, Fields)>) {
    for (form, kind, fields) in expected {
        let Next::Frame {
            form: found,
            kind: is,
            payload,
        } = acton::next(out, usize::MAX)
        else {
            panic!("what was written is a whole frame");
        };
        assert_eq!((found, is), (form, kind));
        for cut in 0..payload.end {
            assert_eq!(acton::next(&out[..cut], usize::MAX), Next::Incomplete, "cut at {cut}");
        }
        let bytes = &out[payload.clone()];
        out = &out[payload.end..];
        if bytes.is_empty() {
            assert!(fields.is_empty());
            continue;
        }
        // What is nested deeper than the second reader goes is not judged.
        let Some(node) = reference::read(codec, bytes) else {
            continue;
        };
        let Node::Map(entries) = node else {
            panic!("an envelope is a map");
        };
        for (at, (key, _)) in entries.iter().enumerate() {
            assert!(
                entries[..at].iter().all(|(other, _)| other != key),
                "{key:?} is there twice"
            );
        }
        for (name, value) in fields {
            let found = entries.iter().find(|(key, _)| *key == Node::text(name));
            match (found, value) {
                (None, Node::Null) => {}
                // Events come as they were written, null or not.
                (Some((_, Node::Null)), Node::Null) => assert_eq!(kind, Kind::Push),
                (found, value) => assert_eq!(found.map(|(_, found)| found), Some(&value), "`{name}`"),
            }
        }
    }
    assert!(out.is_empty(), "nothing else was written");
}
