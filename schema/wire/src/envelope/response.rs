//! The answer to a request.

use std::borrow::Cow;

use super::fields::{Fields, Known};
use super::head::{Head, infallible};
use crate::{Code, Codec, Encode, EncodeError, Failure, Payload, frame};

/// The answer to a request.
#[derive(Debug)]
pub struct Response<'a> {
    /// The id of the request, if it had one.
    pub request_id: Option<Cow<'a, str>>,
    /// Whether the call succeeded.
    pub success: bool,
    /// The reply; null if the call failed.
    pub payload: Payload<'a>,
    /// `Code: text` if the call failed.
    pub error: Option<Cow<'a, str>>,
    /// The code alone if the call failed.
    pub error_code: Option<Cow<'a, str>>,
    /// The contract's error, or what else is known about the failure.
    pub error_details: Option<Payload<'a>>,
}

/// Why a call failed, as the other side tells it.
#[derive(Debug)]
pub enum Refusal<'a> {
    /// The contract's own error: its value, undecoded, and its text.
    Contract(Payload<'a>, Cow<'a, str>),
    /// Anything else.
    Failure(Failure),
}

impl<'a> Refusal<'a> {
    pub(super) fn new(
        error: Option<&Cow<'a, str>>,
        code: Option<&str>,
        details: Option<Payload<'a>>,
        codec: Codec,
    ) -> Self {
        let contract = Code::ContractError.as_str();
        // Servers written from the first documents send a text alone, which begins with the code.
        let in_text = || Some(error?.split_once(": ")?.0);
        if code.or_else(in_text) != Some(contract) {
            return Refusal::Failure(Failure::from_wire(code, error.map(Cow::as_ref), details));
        }
        let text = error.cloned().unwrap_or_default();
        let rest = |text: &str| {
            text.strip_prefix(contract)
                .and_then(|text| text.strip_prefix(": "))
                .map(str::len)
        };
        let text = match (rest(&text), text) {
            (None, text) => text,
            (Some(rest), Cow::Borrowed(text)) => Cow::Borrowed(&text[text.len() - rest..]),
            (Some(rest), Cow::Owned(text)) => Cow::Owned(text[text.len() - rest..].to_owned()),
        };
        Refusal::Contract(details.unwrap_or(Payload::absent(codec)), text)
    }
}

impl<'a> Response<'a> {
    #[inline]
    pub(super) fn from_fields(fields: &mut Fields<'a>, request_id: Option<Cow<'a, str>>) -> Result<Self, Failure> {
        Ok(Response {
            request_id,
            success: fields.required_flag(Known::Success)?,
            payload: fields.value(Known::Payload),
            error: fields.text(Known::Error)?,
            error_code: fields.text(Known::ErrorCode)?,
            error_details: fields.optional_value(Known::ErrorDetails),
        })
    }

    /// The reply, still undecoded, or why there is none.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if the call failed.
    pub fn outcome(&self) -> Result<Payload<'a>, Refusal<'a>> {
        if self.success {
            return Ok(self.payload);
        }
        Err(Refusal::new(
            self.error.as_ref(),
            self.error_code.as_deref(),
            self.error_details,
            self.payload.codec(),
        ))
    }
}

/// Appends the answer of a call that succeeded.
///
/// # Errors
///
/// Those of [`encode`](crate::encode()).
#[inline]
pub fn response(
    out: &mut Vec<u8>,
    codec: Codec,
    request_id: Option<&str>,
    payload: &dyn Encode,
) -> Result<(), EncodeError> {
    frame::write(out, |out| {
        let mut map = Head::open(out, codec, 3 + usize::from(request_id.is_some()));
        map.flag("success", true)
            .optional_text("request_id", request_id)
            .null("error")
            .value("payload", payload)?
            .close();
        Ok(())
    })
}

/// Appends the answer of a call that failed for any reason but the contract's own.
pub fn refusal(out: &mut Vec<u8>, codec: Codec, request_id: Option<&str>, failure: &Failure) {
    infallible(out, |out| {
        let mut map = Head::open(out, codec, 5 + usize::from(request_id.is_some()));
        map.flag("success", false)
            .optional_text("request_id", request_id)
            .failure(failure)
            .null("payload")
            .close();
    });
}

/// Appends the answer of a call that ended with the contract's own error, `details`.
///
/// # Errors
///
/// Those of [`encode`](crate::encode()).
pub fn contract_error(
    out: &mut Vec<u8>,
    codec: Codec,
    request_id: Option<&str>,
    text: &str,
    details: &dyn Encode,
) -> Result<(), EncodeError> {
    frame::write(out, |out| {
        let mut map = Head::open(out, codec, 5 + usize::from(request_id.is_some()));
        map.flag("success", false).optional_text("request_id", request_id);
        map.contract_error(text, details)?.null("payload").close();
        Ok(())
    })
}

/// The three fields that tell why a call failed, in a response and in a stream frame.
impl Head<'_> {
    pub(super) fn failure(&mut self, failure: &Failure) -> &mut Self {
        self.text("error", &failure.to_string())
            .text("error_code", failure.code_name());
        self.value("error_details", &failure.details())
            .expect("details are texts, numbers and flags")
    }

    pub(super) fn contract_error(&mut self, text: &str, details: &dyn Encode) -> Result<&mut Self, EncodeError> {
        let failure = Failure::new(Code::ContractError, text);
        self.text("error", &failure.to_string())
            .text("error_code", failure.code_name());
        self.value("error_details", details)
    }
}
