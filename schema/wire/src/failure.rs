//! What went wrong on the way of a call.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Code, DecodeError, Delivered, EncodeError, Payload};

/// What went wrong on the way of a call: everything but the contract's own error.
///
/// It says whether the message was delivered and whether the call may be sent again. Both follow from the code and are
/// refined by whoever knows more; what came over the wire is obeyed as it was said, so that codes of later versions
/// behave rightly here.
///
/// ```
/// use callsheet_wire::{Code, Delivered, Failure};
///
/// let failure = Failure::new(Code::Timeout, "no answer within 30 s");
/// assert_eq!(failure.to_string(), "Timeout: no answer within 30 s");
/// assert!(!failure.is_retryable());
/// assert!(failure.with_delivered(Delivered::No).is_retryable());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    code: Code,
    delivered: Delivered,
    retryable: bool,
    text: Box<str>,
    rare: Option<Box<Rare>>,
}

/// What few failures carry, kept apart so that every `Result` stays small.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Rare {
    unknown_code: Option<String>,
    path: Option<String>,
    candidates: Vec<String>,
    retry_after_ms: Option<u64>,
    max_frame: Option<u64>,
    chain: Vec<String>,
}

/// `error_details` of every code but `ContractError`.
#[derive(Serialize, Deserialize)]
pub(crate) struct Details<'f> {
    #[serde(default)]
    retryable: Option<bool>,
    #[serde(default)]
    delivered: Option<Cow<'f, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_frame: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<Cow<'f, str>>,
    #[serde(default, skip_serializing_if = "is_empty")]
    chain: Option<Cow<'f, [String]>>,
    #[serde(default, skip_serializing_if = "is_empty")]
    candidates: Option<Cow<'f, [String]>>,
}

fn is_empty(list: &Option<Cow<'_, [String]>>) -> bool {
    list.as_ref().is_none_or(|list| list.is_empty())
}

/// Escapes control characters, so that a text can be printed and logged as it is.
fn escaped(text: String) -> String {
    if !text.contains(char::is_control) {
        return text;
    }
    text.chars()
        .fold(String::with_capacity(text.len() + 8), |mut out, character| {
            if character.is_control() {
                out.extend(character.escape_default());
            } else {
                out.push(character);
            }
            out
        })
}

impl Failure {
    /// A failure with what its code says about delivery and retrying. Control characters in `text` are escaped.
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        let delivered = code.delivered();
        Failure {
            code,
            delivered,
            retryable: code.is_retryable(delivered),
            text: escaped(text.into()).into_boxed_str(),
            rare: None,
        }
    }

    /// No exposed actor is called `id`. The text holds the words by which the clients of all documented protocols
    /// recognise this failure.
    pub fn actor_not_found(id: &str) -> Self {
        Failure::new(
            Code::ActorNotFound,
            format!("no actor is exposed as `{id}` (AgentNotFound)"),
        )
    }

    /// Says what is known about delivery; whether the call may be repeated follows anew from it.
    #[must_use]
    pub fn with_delivered(mut self, delivered: Delivered) -> Self {
        self.delivered = delivered;
        self.retryable = self.code.is_retryable(delivered);
        self
    }

    /// Overrides whether the call may be repeated, as for a method known to be idempotent.
    #[must_use]
    pub fn with_retryable(mut self, retryable: bool) -> Self {
        self.retryable = retryable;
        self
    }

    /// Says where in the payload it went wrong, as in `payload.items[3].name`.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<String>) -> Self {
        self.rare().path = Some(escaped(path.into()));
        self
    }

    /// Lists what the caller may have meant.
    #[must_use]
    pub fn with_candidates<S: Into<String>>(mut self, candidates: impl IntoIterator<Item = S>) -> Self {
        self.rare().candidates = candidates.into_iter().map(|name| escaped(name.into())).collect();
        self
    }

    /// Says after how many milliseconds a repetition makes sense.
    #[must_use]
    pub fn with_retry_after_ms(mut self, milliseconds: u64) -> Self {
        self.rare().retry_after_ms = Some(milliseconds);
        self
    }

    /// Says how many bytes the payload of a frame may have: who is told so knows which of its frames were refused.
    #[must_use]
    pub fn with_max_frame(mut self, bytes: u64) -> Self {
        self.rare().max_frame = Some(bytes);
        self
    }

    /// Lists the turns of the call chain that would have deadlocked, outermost first.
    #[must_use]
    pub fn with_chain<S: Into<String>>(mut self, chain: impl IntoIterator<Item = S>) -> Self {
        self.rare().chain = chain.into_iter().map(|turn| escaped(turn.into())).collect();
        self
    }

    fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// The code; [`Code::Internal`] for one that this version does not know, whose name [`code_name`](Self::code_name)
    /// tells.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The code as it stands on the wire.
    pub fn code_name(&self) -> &str {
        self.rare
            .as_ref()
            .and_then(|rare| rare.unknown_code.as_deref())
            .unwrap_or(self.code.as_str())
    }

    /// What happened, in words, without the code.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the message reached its handler.
    pub fn delivered(&self) -> Delivered {
        self.delivered
    }

    /// Whether the same call may be sent again.
    pub fn is_retryable(&self) -> bool {
        self.retryable
    }

    /// Where in the payload it went wrong.
    pub fn path(&self) -> Option<&str> {
        self.rare.as_ref()?.path.as_deref()
    }

    /// What the caller may have meant.
    pub fn candidates(&self) -> &[String] {
        self.rare.as_ref().map_or(&[], |rare| &rare.candidates)
    }

    /// After how many milliseconds a repetition makes sense.
    pub fn retry_after_ms(&self) -> Option<u64> {
        self.rare.as_ref()?.retry_after_ms
    }

    /// How many bytes the payload of a frame may have, if one had more.
    pub fn max_frame(&self) -> Option<u64> {
        self.rare.as_ref()?.max_frame
    }

    /// The turns of the call chain that would have deadlocked, outermost first.
    pub fn chain(&self) -> &[String] {
        self.rare.as_ref().map_or(&[], |rare| &rare.chain)
    }

    /// What is written as `error_details`.
    pub(crate) fn details(&self) -> Details<'_> {
        Details {
            retryable: Some(self.retryable),
            delivered: Some(Cow::Borrowed(self.delivered.as_str())),
            retry_after_ms: self.retry_after_ms(),
            max_frame: self.max_frame(),
            path: self.path().map(Cow::Borrowed),
            chain: Some(Cow::Borrowed(self.chain())),
            candidates: Some(Cow::Borrowed(self.candidates())),
        }
    }

    /// Reads a failure off the wire. Servers written from the first documents send a text alone, which begins with the
    /// code; details that cannot be read count as absent.
    pub(crate) fn from_wire(code: Option<&str>, error: Option<&str>, details: Option<Payload<'_>>) -> Self {
        let error = error.unwrap_or("the peer gave no reason");
        // A code that this version does not know may hold anything, `: ` too.
        let after = |code: &str| error.strip_prefix(code).and_then(|rest| rest.strip_prefix(": "));
        let (name, text) = match (code, error.split_once(": ")) {
            (Some(code), _) => (code, after(code).unwrap_or(error)),
            (None, Some((name, text))) if name.parse::<Code>().is_ok() => (name, text),
            (None, Some(("AgentNotFound", text))) => (Code::ActorNotFound.as_str(), text),
            (None, _) => (Code::Internal.as_str(), error),
        };
        let mut failure = match name.parse() {
            Ok(code) => Failure::new(code, text),
            Err(unknown) => {
                let mut failure = Failure::new(Code::Internal, text);
                failure.rare().unknown_code = Some(escaped(unknown.0));
                failure
            }
        };
        let Some(details) = details.and_then(|details| details.decode::<Details<'static>>().ok()) else {
            return failure;
        };
        if let Some(delivered) = details.delivered.as_deref().and_then(Delivered::parse) {
            failure = failure.with_delivered(delivered);
        }
        if let Some(retryable) = details.retryable {
            failure.retryable = retryable;
        }
        if let Some(milliseconds) = details.retry_after_ms {
            failure = failure.with_retry_after_ms(milliseconds);
        }
        if let Some(bytes) = details.max_frame {
            failure = failure.with_max_frame(bytes);
        }
        if let Some(path) = details.path {
            failure = failure.with_path(path);
        }
        if let Some(chain) = details.chain {
            failure = failure.with_chain(chain.into_owned());
        }
        if let Some(candidates) = details.candidates {
            failure = failure.with_candidates(candidates.into_owned());
        }
        failure
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code_name(), self.text)
    }
}

impl std::error::Error for Failure {}

/// A request that does not fit its type: not delivered.
impl From<DecodeError> for Failure {
    fn from(error: DecodeError) -> Self {
        Failure::new(Code::SerializationError, error.to_string()).with_path(error.path())
    }
}

/// A value that cannot be written: not delivered if it was a request. Of a reply, say
/// [`with_delivered(Delivered::Yes)`](Failure::with_delivered).
impl From<EncodeError> for Failure {
    fn from(error: EncodeError) -> Self {
        Failure::new(Code::SerializationError, error.to_string()).with_path(error.path())
    }
}

#[cfg(test)]
mod tests {
    use super::Failure;
    use crate::{Code, Codec, Delivered, Payload};

    #[test]
    fn it_stays_small() {
        assert!(size_of::<Result<(), Failure>>() <= 64);
        assert!(size_of::<Failure>() <= 64);
    }

    #[test]
    fn an_unknown_target_reads_as_both_documents_say() {
        let text = Failure::actor_not_found("calc\n").to_string();
        assert_eq!(text, "ActorNotFound: no actor is exposed as `calc\\n` (AgentNotFound)");
    }

    #[test]
    fn a_later_versions_code_obeys_its_details() {
        let details = Payload::new(
            Codec::Json,
            br#"{"retryable":true,"delivered":"no","retry_after_ms":250}"#,
        );
        let failure = Failure::from_wire(Some("Overheated"), Some("Overheated: wait a little"), Some(details));
        assert_eq!(failure.to_string(), "Overheated: wait a little");
        assert_eq!(failure.code(), Code::Internal);
        assert_eq!(failure.delivered(), Delivered::No);
        assert!(failure.is_retryable());
        assert_eq!(failure.retry_after_ms(), Some(250));
    }

    #[test]
    fn a_later_versions_code_is_not_repeated_whatever_is_in_it() {
        let failure = Failure::from_wire(Some("Too: hot"), Some("Too: hot: wait"), None);
        assert_eq!((failure.code_name(), failure.text()), ("Too: hot", "wait"));
    }

    #[test]
    fn a_text_alone_tells_its_code() {
        let failure = Failure::from_wire(None, Some("TargetBusy: full"), None);
        assert_eq!(
            (failure.code(), failure.text(), failure.is_retryable()),
            (Code::TargetBusy, "full", true)
        );
        let failure = Failure::from_wire(None, Some("AgentNotFound: nobody"), None);
        assert_eq!(failure.code(), Code::ActorNotFound);
        let failure = Failure::from_wire(None, Some("it broke: badly"), None);
        assert_eq!((failure.code(), failure.text()), (Code::Internal, "it broke: badly"));
        assert_eq!(Failure::from_wire(None, None, None).text(), "the peer gave no reason");
    }

    #[test]
    fn broken_details_leave_what_the_code_says() {
        let details = Payload::new(Codec::Json, br#"{"retryable":"perhaps"}"#);
        let failure = Failure::from_wire(Some("TargetBusy"), Some("TargetBusy: full"), Some(details));
        assert!(failure.is_retryable());
    }
}
