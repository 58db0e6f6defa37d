//! The fields of an envelope, before it is known which kind of frame they make.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::place::Shortened;
use crate::{Code, Codec, Failure, Payload};

/// The longest id of a request or a stream, in bytes.
pub const MAX_ID: usize = 128;

/// So many names a frame may have in `message_types`. Each is kept until the frame is handled, and a name of one byte costs
/// many times that.
const MOST_NAMES: usize = 1024;

/// So many fields a frame may have that no envelope knows. Each is kept meanwhile, to see whether it comes twice.
const MOST_UNKNOWN: usize = 256;

macro_rules! known {
    (scalars { $($scalar:ident $scalar_name:literal,)* } values { $($value:ident $value_name:literal,)* }) => {
        /// A field that envelopes know.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Known {
            $($scalar,)*
            $($value,)*
            MessageTypes,
        }

        impl Known {
            /// How many hold a text, a number or a flag; they come first.
            const SCALARS: usize = [$($scalar_name),*].len();
            /// How many hold a value that stays undecoded; they come next.
            const VALUES: usize = [$($value_name),*].len();

            #[inline]
            pub(super) fn of(name: &str) -> Option<Self> {
                match name {
                    $($scalar_name => Some(Known::$scalar),)*
                    $($value_name => Some(Known::$value),)*
                    "message_types" => Some(Known::MessageTypes),
                    _ => None,
                }
            }

            pub(super) const fn name(self) -> &'static str {
                match self {
                    $(Known::$scalar => $scalar_name,)*
                    $(Known::$value => $value_name,)*
                    Known::MessageTypes => "message_types",
                }
            }
        }
    };
}

known! {
    scalars {
        Control "control",
        Target "target",
        StreamId "stream_id",
        NotificationType "notification_type",
        Success "success",
        MessageType "message_type",
        RequestId "request_id",
        ExpectsReply "expects_reply",
        ExpectsStream "expects_stream",
        ReplyTo "reply_to",
        TimeoutMs "timeout_ms",
        Credit "credit",
        Traceparent "traceparent",
        Tracestate "tracestate",
        Error "error",
        ErrorCode "error_code",
        Sequence "sequence",
        IsFinal "is_final",
        Timestamp "timestamp",
        Seq "seq",
        Source "source",
        Missed "missed",
        Items "items",
    }
    values {
        Payload "payload",
        Meta "meta",
        Chain "chain",
        ErrorDetails "error_details",
    }
}

/// How a reader has to take a field's value.
pub(crate) enum Form {
    Scalar,
    Value,
    Names,
}

impl Known {
    #[inline]
    pub(super) fn form(self) -> Form {
        match self as usize {
            index if index < Known::SCALARS => Form::Scalar,
            index if index < Known::SCALARS + Known::VALUES => Form::Value,
            _ => Form::Names,
        }
    }
}

/// Where a codec's reader puts what it finds in a map. There is one for each set of names that envelopes have.
pub(crate) trait Sorted<'a> {
    /// A field that envelopes know.
    type Field: Copy;

    /// The field of this name, if envelopes know it, and how its value has to be taken.
    fn field(name: &str) -> Option<(Self::Field, Form)>;

    fn put_scalar(&mut self, field: Self::Field, value: Scalar<'a>);

    fn put_value(&mut self, field: Self::Field, value: Payload<'a>);

    fn put_names(&mut self, field: Self::Field, names: Names<'a>);

    /// Notes a field that no envelope knows; its value is ignored.
    fn put_unknown(&mut self, name: Cow<'a, str>);
}

/// A value where an envelope has a text, a number or a flag. Others are passed over and only their kind is kept: it is
/// an error only in a frame that has a use for the field.
#[derive(Debug)]
pub(crate) enum Scalar<'a> {
    Text(Cow<'a, str>),
    Unsigned(u64),
    Boolean(bool),
    Null,
    Other(&'static str),
}

impl<'a> Scalar<'a> {
    #[inline]
    pub(crate) fn text(value: Option<Self>, field: &str) -> Result<Option<Cow<'a, str>>, Failure> {
        match value {
            Some(Scalar::Text(text)) => Ok(Some(text)),
            None | Some(Scalar::Null) => Ok(None),
            Some(other) => Err(wrong(field, "string", other.kind())),
        }
    }

    #[inline]
    pub(crate) fn number(value: Option<Self>, field: &str) -> Result<Option<u64>, Failure> {
        match value {
            Some(Scalar::Unsigned(number)) => Ok(Some(number)),
            None | Some(Scalar::Null) => Ok(None),
            Some(other) => Err(wrong(field, "unsigned integer", other.kind())),
        }
    }

    #[inline]
    pub(crate) fn flag(value: Option<Self>, field: &str) -> Result<Option<bool>, Failure> {
        match value {
            Some(Scalar::Boolean(flag)) => Ok(Some(flag)),
            None | Some(Scalar::Null) => Ok(None),
            Some(other) => Err(wrong(field, "boolean", other.kind())),
        }
    }

    pub(super) fn kind(&self) -> &'static str {
        match self {
            Scalar::Text(_) => "string",
            Scalar::Unsigned(_) => "integer",
            Scalar::Boolean(_) => "boolean",
            Scalar::Null => "null",
            Scalar::Other(kind) => kind,
        }
    }
}

/// A value where an envelope has a list of names.
#[derive(Debug)]
pub(crate) enum Names<'a> {
    List(Vec<Cow<'a, str>>),
    Null,
    /// An array that holds something else than strings: what.
    Holding(&'static str),
    /// More names than a frame may have.
    TooMany,
    Other(&'static str),
}

impl<'a> Names<'a> {
    /// Adds one more element of the array.
    pub(super) fn add(&mut self, element: Scalar<'a>) {
        match (&mut *self, element) {
            (Names::List(names), Scalar::Text(name)) if names.len() < MOST_NAMES => names.push(name),
            (Names::List(_), Scalar::Text(_)) => *self = Names::TooMany,
            (Names::List(_), other) => *self = Names::Holding(other.kind()),
            // The first that is wrong is told.
            _ => {}
        }
    }

    pub(crate) fn list(value: Option<Self>, field: &str) -> Result<Option<Vec<Cow<'a, str>>>, Failure> {
        match value {
            Some(Names::List(names)) => Ok(Some(names)),
            None | Some(Names::Null) => Ok(None),
            Some(Names::Holding(kind)) => Err(protocol_error(format!(
                "`{field}`: expected array of strings, found {kind} in it"
            ))),
            Some(Names::TooMany) => Err(protocol_error(format!(
                "`{field}`: expected at most {MOST_NAMES} names, found more; send them in several frames"
            ))),
            Some(Names::Other(kind)) => Err(wrong(field, "array of strings", kind)),
        }
    }
}

/// The keys that a map holds twice, or that are too many.
#[derive(Debug, Default)]
pub(crate) struct Repeats<'a> {
    unknown: Option<HashSet<Cow<'a, str>>>,
    /// The first key that came twice, or was one too many. Reading goes on behind it, since the id may follow.
    first: Option<Failure>,
}

impl<'a> Repeats<'a> {
    /// A field came that no envelope knows.
    pub(crate) fn unknown(&mut self, name: Cow<'a, str>) {
        let unknown = self.unknown.get_or_insert_default();
        if unknown.contains(&name) {
            self.twice(&name);
        } else if unknown.len() < MOST_UNKNOWN {
            unknown.insert(name);
        } else {
            self.first
                .get_or_insert_with(|| protocol_error(format!("more than {MOST_UNKNOWN} fields that no frame has")));
        }
    }

    #[cold]
    pub(crate) fn twice(&mut self, name: &str) {
        self.first
            .get_or_insert_with(|| protocol_error(format!("duplicate field `{}`", Shortened(name))));
    }

    /// What is wrong with the map as a whole.
    #[inline]
    pub(crate) fn take(&mut self) -> Option<Failure> {
        self.first.take()
    }
}

/// What a frame's map holds, sorted.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    pub(super) codec: Codec,
    scalars: [Option<Scalar<'a>>; Known::SCALARS],
    values: [Option<Payload<'a>>; Known::VALUES],
    names: Option<Names<'a>>,
    repeats: Repeats<'a>,
}

pub(crate) fn protocol_error(text: impl Into<String>) -> Failure {
    Failure::new(Code::ProtocolError, text)
}

#[cold]
fn wrong(field: &str, expected: &str, found: &str) -> Failure {
    protocol_error(format!("`{field}`: expected {expected}, found {found}"))
}

impl<'a> Fields<'a> {
    #[inline]
    pub(super) fn new(codec: Codec) -> Self {
        Fields {
            codec,
            scalars: [const { None }; Known::SCALARS],
            values: [const { None }; Known::VALUES],
            names: None,
            repeats: Repeats::default(),
        }
    }

    /// What is wrong with the map as a whole.
    #[inline]
    pub(super) fn take_misshapen(&mut self) -> Option<Failure> {
        self.repeats.take()
    }

    // What the kinds of frames take out.

    #[inline]
    pub(super) fn has(&self, field: Known) -> bool {
        match field.form() {
            Form::Scalar => self.scalars[field as usize].is_some(),
            Form::Value => self.values[field as usize - Known::SCALARS].is_some(),
            Form::Names => self.names.is_some(),
        }
    }

    #[inline]
    pub(super) fn text(&mut self, field: Known) -> Result<Option<Cow<'a, str>>, Failure> {
        Scalar::text(self.scalars[field as usize].take(), field.name())
    }

    #[inline]
    pub(super) fn required_text(&mut self, field: Known) -> Result<Cow<'a, str>, Failure> {
        self.text(field)?.ok_or_else(|| missing(field))
    }

    #[inline]
    pub(super) fn number(&mut self, field: Known) -> Result<Option<u64>, Failure> {
        Scalar::number(self.scalars[field as usize].take(), field.name())
    }

    #[inline]
    pub(super) fn required_number(&mut self, field: Known) -> Result<u64, Failure> {
        self.number(field)?.ok_or_else(|| missing(field))
    }

    #[inline]
    pub(super) fn flag(&mut self, field: Known) -> Result<Option<bool>, Failure> {
        Scalar::flag(self.scalars[field as usize].take(), field.name())
    }

    #[inline]
    pub(super) fn required_flag(&mut self, field: Known) -> Result<bool, Failure> {
        self.flag(field)?.ok_or_else(|| missing(field))
    }

    /// A value left undecoded; null counts as given.
    #[inline]
    pub(super) fn value(&mut self, field: Known) -> Payload<'a> {
        self.values[field as usize - Known::SCALARS]
            .take()
            .unwrap_or(Payload::absent(self.codec))
    }

    /// A value left undecoded, for a field in which null means nothing.
    #[inline]
    pub(super) fn optional_value(&mut self, field: Known) -> Option<Payload<'a>> {
        self.values[field as usize - Known::SCALARS]
            .take()
            .filter(|value| !value.is_null())
    }

    pub(super) fn message_types(&mut self) -> Result<Option<Vec<Cow<'a, str>>>, Failure> {
        Names::list(self.names.take(), Known::MessageTypes.name())
    }

    /// An id that a client has chosen.
    #[inline]
    pub(super) fn chosen_id(&mut self) -> Result<Option<Cow<'a, str>>, Failure> {
        match self.any_id(Known::RequestId)? {
            Some(id) if id.starts_with('~') => Err(protocol_error(
                "`request_id`: a first `~` is kept for the server's own ids; choose another",
            )),
            id => Ok(id),
        }
    }

    /// An id that a client has chosen or a server has made.
    #[inline]
    pub(super) fn any_id(&mut self, field: Known) -> Result<Option<Cow<'a, str>>, Failure> {
        match self.text(field)? {
            Some(id) if id.is_empty() || id.len() > MAX_ID => Err(protocol_error(format!(
                "`{}`: expected 1 to {MAX_ID} bytes, found {}",
                field.name(),
                id.len()
            ))),
            id => Ok(id),
        }
    }
}

impl<'a> Sorted<'a> for Fields<'a> {
    type Field = Known;

    #[inline]
    fn field(name: &str) -> Option<(Known, Form)> {
        let field = Known::of(name)?;
        Some((field, field.form()))
    }

    #[inline]
    fn put_scalar(&mut self, field: Known, value: Scalar<'a>) {
        let slot = &mut self.scalars[field as usize];
        if slot.is_some() {
            self.repeats.twice(field.name());
        } else {
            *slot = Some(value);
        }
    }

    #[inline]
    fn put_value(&mut self, field: Known, value: Payload<'a>) {
        let slot = &mut self.values[field as usize - Known::SCALARS];
        if slot.is_some() {
            self.repeats.twice(field.name());
        } else {
            *slot = Some(value);
        }
    }

    fn put_names(&mut self, field: Known, names: Names<'a>) {
        if self.names.is_some() {
            self.repeats.twice(field.name());
        } else {
            self.names = Some(names);
        }
    }

    fn put_unknown(&mut self, name: Cow<'a, str>) {
        self.repeats.unknown(name);
    }
}

#[cold]
pub(super) fn missing(field: Known) -> Failure {
    protocol_error(format!("missing field `{}`", field.name()))
}
