//! The fields of an envelope, before it is known which kind of frame they make.

use std::borrow::Cow;

use crate::envelope::MAX_ID;
use crate::envelope::fields::{Form, Names, Repeats, Scalar, Sorted, protocol_error};
use crate::{Codec, Failure, Payload};

/// A field that these envelopes know. Those with a text, a number or a flag come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    CorrelationId,
    Target,
    MessageType,
    ExpectsReply,
    ExpectsStream,
    ResponseTimeoutMs,
    IncludeActors,
    IncludeMessageTypes,
    MessageTypes,
    Patterns,
    Payload,
}

/// How many hold a text, a number or a flag.
const SCALARS: usize = Field::MessageTypes as usize;

/// The names on the wire, in the order of the fields.
const NAMES: [(&str, Field); 11] = [
    ("correlation_id", Field::CorrelationId),
    ("target", Field::Target),
    ("message_type", Field::MessageType),
    ("expects_reply", Field::ExpectsReply),
    ("expects_stream", Field::ExpectsStream),
    ("response_timeout_ms", Field::ResponseTimeoutMs),
    ("include_actors", Field::IncludeActors),
    ("include_message_types", Field::IncludeMessageTypes),
    ("message_types", Field::MessageTypes),
    ("patterns", Field::Patterns),
    ("payload", Field::Payload),
];

impl Field {
    fn name(self) -> &'static str {
        NAMES[self as usize].0
    }
}

/// What a frame's map holds, sorted.
pub(super) struct Fields<'a> {
    codec: Codec,
    scalars: [Option<Scalar<'a>>; SCALARS],
    payload: Option<Payload<'a>>,
    /// The lists `message_types` and `patterns`.
    names: [Option<Names<'a>>; 2],
    repeats: Repeats<'a>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(codec: Codec) -> Self {
        Fields {
            codec,
            scalars: [const { None }; SCALARS],
            payload: None,
            names: [None, None],
            repeats: Repeats::default(),
        }
    }

    /// What is wrong with the map as a whole.
    pub(super) fn take_misshapen(&mut self) -> Option<Failure> {
        self.repeats.take()
    }

    pub(super) fn required_text(&mut self, field: Field) -> Result<Cow<'a, str>, Failure> {
        let text = Scalar::text(self.scalars[field as usize].take(), field.name())?;
        text.ok_or_else(|| missing(field))
    }

    pub(super) fn number(&mut self, field: Field) -> Result<Option<u64>, Failure> {
        Scalar::number(self.scalars[field as usize].take(), field.name())
    }

    pub(super) fn flag(&mut self, field: Field) -> Result<Option<bool>, Failure> {
        Scalar::flag(self.scalars[field as usize].take(), field.name())
    }

    pub(super) fn required_names(&mut self, field: Field) -> Result<Vec<Cow<'a, str>>, Failure> {
        let names = Names::list(self.names[field as usize - SCALARS].take(), field.name())?;
        names.ok_or_else(|| missing(field))
    }

    /// The value of `payload`, left undecoded; null counts as given.
    pub(super) fn payload(&mut self) -> Payload<'a> {
        self.payload.take().unwrap_or(Payload::absent(self.codec))
    }

    /// The id by which the answer is found. A first `~` is no fault here: these answers are never found by ids of the
    /// server's.
    pub(super) fn id(&mut self) -> Result<Cow<'a, str>, Failure> {
        let id = self.required_text(Field::CorrelationId)?;
        if id.is_empty() || id.len() > MAX_ID {
            let text = format!("`correlation_id`: expected 1 to {MAX_ID} bytes, found {}", id.len());
            return Err(protocol_error(text));
        }
        Ok(id)
    }
}

impl<'a> Sorted<'a> for Fields<'a> {
    type Field = Field;

    fn field(name: &str) -> Option<(Field, Form)> {
        let (_, field) = NAMES.into_iter().find(|(known, _)| *known == name)?;
        let form = match field {
            Field::MessageTypes | Field::Patterns => Form::Names,
            Field::Payload => Form::Value,
            _ => Form::Scalar,
        };
        Some((field, form))
    }

    fn put_scalar(&mut self, field: Field, value: Scalar<'a>) {
        if self.scalars[field as usize].replace(value).is_some() {
            self.repeats.twice(field.name());
        }
    }

    fn put_value(&mut self, field: Field, value: Payload<'a>) {
        if self.payload.replace(value).is_some() {
            self.repeats.twice(field.name());
        }
    }

    fn put_names(&mut self, field: Field, names: Names<'a>) {
        if self.names[field as usize - SCALARS].replace(names).is_some() {
            self.repeats.twice(field.name());
        }
    }

    fn put_unknown(&mut self, name: Cow<'a, str>) {
        self.repeats.unknown(name);
    }
}

fn missing(field: Field) -> Failure {
    protocol_error(format!("missing field `{}`", field.name()))
}

#[cfg(test)]
mod tests {
    use super::NAMES;

    #[test]
    fn names_stand_in_the_order_of_their_fields() {
        for (at, (name, field)) in NAMES.into_iter().enumerate() {
            assert_eq!((field as usize, field.name()), (at, name));
        }
    }
}
