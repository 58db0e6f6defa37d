//! What a call's failure is in HTTP.

use axum::{
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};

use callsheet_wire::{Code, Failure};

/// A call's failure as the response of a handler: `?` makes it of a [`Failure`].
///
/// | code | status |
/// | -- | -- |
/// | `PermissionDenied` | 403 |
/// | `ActorNotFound` | 404 |
/// | `FrameTooLarge` | 413 |
/// | `RateLimited` | 429 |
/// | `ConnectionClosed` | 502 |
/// | `TargetBusy`, `LimitExceeded`, `ShuttingDown`, `ActorStopped`, `Cancelled` | 503 |
/// | `Timeout` | 504 |
/// | every other | 500 |
///
/// The body is the failure's text, and `Retry-After` says in whole seconds what the failure says of it. An error that a contract
/// declares is for the handler to turn into a response: it alone knows what it means.
///
/// ```
/// use axum::{http::StatusCode, response::IntoResponse};
/// use callsheet::{Code, Failure, http::HttpFailure};
///
/// let busy = HttpFailure(Failure::new(Code::TargetBusy, "try later"));
/// assert_eq!(busy.into_response().status(), StatusCode::SERVICE_UNAVAILABLE);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct HttpFailure(#[from] pub Failure);

impl HttpFailure {
    /// The status of the response.
    pub fn status(&self) -> StatusCode {
        match self.0.code() {
            Code::PermissionDenied => StatusCode::FORBIDDEN,
            Code::ActorNotFound => StatusCode::NOT_FOUND,
            Code::FrameTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Code::ConnectionClosed => StatusCode::BAD_GATEWAY,
            Code::TargetBusy | Code::LimitExceeded | Code::ShuttingDown | Code::ActorStopped | Code::Cancelled => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Code::Timeout => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for HttpFailure {
    fn into_response(self) -> Response {
        let mut response = (self.status(), self.0.to_string()).into_response();
        if let Some(milliseconds) = self.0.retry_after_ms() {
            let seconds = HeaderValue::from(milliseconds.div_ceil(1000));
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use axum::{http::header::RETRY_AFTER, response::IntoResponse};
    use callsheet_wire::{Code, Failure};

    use super::HttpFailure;

    #[test]
    fn every_code_has_the_status_of_an_error() {
        let status = |code| HttpFailure(Failure::new(code, "no")).status().as_u16();
        let said: Vec<_> = Code::ALL.iter().map(|code| (code.as_str(), status(*code))).collect();
        let other_than_500: Vec<_> = said.iter().filter(|(_, status)| *status != 500).copied().collect();
        let expected = [
            ("PermissionDenied", 403),
            ("FrameTooLarge", 413),
            ("ActorNotFound", 404),
            ("TargetBusy", 503),
            ("RateLimited", 429),
            ("LimitExceeded", 503),
            ("ShuttingDown", 503),
            ("Timeout", 504),
            ("Cancelled", 503),
            ("ConnectionClosed", 502),
            ("ActorStopped", 503),
        ];
        assert_eq!(other_than_500, expected);
    }

    #[test]
    fn the_time_to_wait_is_rounded_up_to_seconds() {
        let failure = Failure::new(Code::RateLimited, "slow down").with_retry_after_ms(1001);
        let response = HttpFailure(failure).into_response();
        assert_eq!(response.headers()[RETRY_AFTER], "2");
        let response = HttpFailure(Failure::new(Code::TargetBusy, "full")).into_response();
        assert!(!response.headers().contains_key(RETRY_AFTER));
    }
}
