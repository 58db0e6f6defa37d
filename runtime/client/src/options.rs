//! What the user decides about a connection and about a single call.

use std::time::Duration;

use callsheet_wire::Codec;

/// How a connection is made and what it allows.
///
/// ```
/// use std::time::Duration;
/// use callsheet_client::{Codec, ConnectOptions};
///
/// let options = ConnectOptions::new().codec(Codec::MessagePack).timeout(Duration::from_secs(5));
/// ```
#[derive(Clone, Debug)]
pub struct ConnectOptions {
    pub(crate) codec: Codec,
    pub(crate) frame_limit: usize,
    pub(crate) timeout: Duration,
    pub(crate) stream_buffer: usize,
    pub(crate) subscription_buffer: usize,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self {
            codec: Codec::Json,
            frame_limit: 16 << 20,
            timeout: Duration::from_secs(30),
            stream_buffer: 16 << 20,
            subscription_buffer: 1024,
        }
    }
}

impl ConnectOptions {
    /// The defaults, which stand at each setting.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The codec of what is sent; the server answers in the same. Default: JSON.
    #[must_use]
    pub fn codec(mut self, codec: Codec) -> Self {
        self.codec = codec;
        self
    }

    /// The most bytes that a frame's payload may have, either way. Default: 16 MiB.
    ///
    /// A larger request is refused before anything of it is sent; a larger frame from the server ends the connection.
    #[must_use]
    pub fn frame_limit(mut self, bytes: usize) -> Self {
        self.frame_limit = bytes;
        self
    }

    /// How long connecting may take, and each call whose [`CallOptions`] do not say otherwise. Default: 30 seconds.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How many bytes of memory the unread items of a stream may take before it fails as too slow. Default: 16 MiB.
    #[must_use]
    pub fn stream_buffer(mut self, bytes: usize) -> Self {
        self.stream_buffer = bytes;
        self
    }

    /// How many unread events a subscription may hold before it loses the oldest; at least one. Default: 1024.
    #[must_use]
    pub fn subscription_buffer(mut self, events: usize) -> Self {
        self.subscription_buffer = events.max(1);
        self
    }
}

/// What may be said about a single call.
///
/// ```
/// use std::time::Duration;
/// use callsheet_client::CallOptions;
///
/// let options = CallOptions::new().timeout(Duration::from_millis(500));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallOptions {
    timeout: Option<Duration>,
}

impl CallOptions {
    /// Everything as the connection says.
    #[must_use]
    pub const fn new() -> Self {
        Self { timeout: None }
    }

    /// How long to wait for the reply or, of a stream, for the first item.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    pub(crate) fn timeout_or(self, default: Duration) -> Duration {
        self.timeout.unwrap_or(default)
    }
}
