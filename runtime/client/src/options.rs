//! What the user decides about a connection and about a single call.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

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
    pub(crate) stream_window: u32,
    pub(crate) subscription_buffer: usize,
    pub(crate) reconnect: bool,
    /// The first wait before another attempt, and the longest.
    pub(crate) backoff: (Duration, Duration),
    pub(crate) wait_for_server: bool,
    pub(crate) contracts: Option<BTreeMap<String, String>>,
    pub(crate) document: Option<Arc<str>>,
    pub(crate) made_from: Option<MadeFrom>,
    pub(crate) introduce: bool,
}

/// What a generated client is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MadeFrom {
    /// Contracts, each with its hash.
    pub(crate) contracts: &'static [(&'static str, &'static str)],
    /// Their document, as JSON.
    pub(crate) document: &'static str,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self {
            codec: Codec::Json,
            frame_limit: 16 << 20,
            timeout: Duration::from_secs(30),
            stream_buffer: 16 << 20,
            stream_window: 256,
            subscription_buffer: 1024,
            reconnect: true,
            backoff: (Duration::from_millis(50), Duration::from_secs(5)),
            wait_for_server: false,
            contracts: None,
            document: None,
            made_from: None,
            introduce: true,
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
    /// A larger request is refused before anything of it is sent; a larger frame from the server ends the connection. A
    /// server that allows less is obeyed.
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

    /// How many items of a stream the server may send before they are read. Default: 256.
    ///
    /// More are granted as items are read, so that a slow reader holds up the stream at the server and nothing else. With
    /// 0, the server sends as fast as the connection allows, and only [`stream_buffer`](Self::stream_buffer) is between.
    #[must_use]
    pub fn stream_window(mut self, items: u32) -> Self {
        self.stream_window = items;
        self
    }

    /// How many bytes of memory the unread items of a stream may take before it fails as too slow. Default: 16 MiB.
    ///
    /// With a [`stream_window`](Self::stream_window) it is only reached by a server that does not keep to it, or with
    /// large items.
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

    /// Whether a connection that is lost is made anew. Default: yes, except
    /// [over a socket](crate::Connection::over) that was connected already, where it cannot be.
    #[must_use]
    pub fn reconnect(mut self, reconnect: bool) -> Self {
        self.reconnect = reconnect;
        self
    }

    /// How long to wait between attempts to make a connection. Default: from 50 ms to 5 seconds.
    ///
    /// The wait begins at `first`, at least a millisecond, and doubles after each attempt that came to nothing, up to
    /// `most`; of each, a random half at most is taken off. After a connection that had lasted longer than `most`, the
    /// first attempt is made at once.
    #[must_use]
    pub fn backoff(mut self, first: Duration, most: Duration) -> Self {
        let first = first.max(Duration::from_millis(1));
        self.backoff = (first, most.max(first));
        self
    }

    /// Whether connecting goes on, within the [`timeout`](Self::timeout), while nobody listens there. Default: no, it
    /// fails at once.
    #[must_use]
    pub fn wait_for_server(mut self, wait: bool) -> Self {
        self.wait_for_server = wait;
        self
    }

    /// Has the client introduce itself, as made for these contracts: their full names, each with its hash. Default: it
    /// does not, unless it is a generated one.
    ///
    /// It costs no round trip. The server then says what it allows, which is obeyed, which life it is in, so that
    /// subscriptions know what they missed, and when it is about to end. [`Connection::server`](crate::Connection::server)
    /// tells what it said. An empty list is enough for that. Said twice, the lists add up.
    #[must_use]
    pub fn contracts<N: Into<String>, H: Into<String>>(mut self, contracts: impl IntoIterator<Item = (N, H)>) -> Self {
        let contracts = contracts.into_iter().map(|(name, hash)| (name.into(), hash.into()));
        self.contracts.get_or_insert_default().extend(contracts);
        self
    }

    /// The document that the client was made from, as JSON: it introduces itself with the contracts in it. Default: none.
    ///
    /// Where the server serves one of them in another form, it is sent this document and judges which calls do not fit:
    /// those fail with `SchemaMismatch`, and the others work. Without a document, calls that do not fit fail in whatever
    /// way they do.
    #[must_use]
    pub fn document(mut self, json: impl Into<Arc<str>>) -> Self {
        self.document = Some(json.into());
        self
    }

    /// What a generated client says of itself: the contracts that it was made from, each with its hash, and their document.
    ///
    /// It is as if they were given to [`contracts`](Self::contracts) and [`document`](Self::document), but that what is
    /// given there goes before, and that the document is not read before a server asks for it.
    #[must_use]
    pub fn made_from(mut self, contracts: &'static [(&'static str, &'static str)], document: &'static str) -> Self {
        self.made_from = Some(MadeFrom { contracts, document });
        self
    }

    /// Whether the client introduces itself, if it has anything to say. Default: yes.
    ///
    /// One that does not is none the worse for a server of the same contracts, but knows neither which calls do not fit
    /// another one, nor how many events it missed while there was no connection.
    #[must_use]
    pub fn introduce(mut self, introduce: bool) -> Self {
        self.introduce = introduce;
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallOptions {
    timeout: Option<Duration>,
    /// `None` is whatever is known of the method.
    idempotent: Option<bool>,
    meta: Option<Arc<BTreeMap<String, String>>>,
}

impl CallOptions {
    /// Everything as the connection says.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            timeout: None,
            idempotent: None,
            meta: None,
        }
    }

    /// How long to wait for the reply or, of a stream, for the first item. The wait for a connection counts.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Whether an ask does no harm if it is done twice. Default: no; in a generated client, as the contract says by
    /// `#[idempotent]`.
    ///
    /// If the connection is lost after it was sent, it is sent once more over the next one, within its timeout. Tells and
    /// streams are not repeated.
    #[must_use]
    pub const fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = Some(idempotent);
        self
    }

    /// [Idempotent](Self::idempotent), unless these options say whether the call is: what generated clients add to the
    /// options of a method that the contract calls `#[idempotent]`.
    ///
    /// ```
    /// use callsheet_client::CallOptions;
    ///
    /// let (said, unsaid) = (CallOptions::new().idempotent(false), CallOptions::new());
    /// assert_eq!(said.clone().idempotent_by_default(), said);
    /// assert_eq!(unsaid.idempotent_by_default(), CallOptions::new().idempotent(true));
    /// ```
    #[must_use]
    pub const fn idempotent_by_default(mut self) -> Self {
        if self.idempotent.is_none() {
            self.idempotent = Some(true);
        }
        self
    }

    /// What is sent along with the message for whoever handles it, as texts by their names. Default: nothing.
    #[must_use]
    pub fn meta<N: Into<String>, T: Into<String>>(mut self, meta: impl IntoIterator<Item = (N, T)>) -> Self {
        let meta = meta.into_iter().map(|(name, text)| (name.into(), text.into()));
        self.meta = Some(Arc::new(meta.collect()));
        self
    }

    pub(crate) fn timeout_or(&self, default: Duration) -> Duration {
        self.timeout.unwrap_or(default)
    }

    pub(crate) fn is_idempotent(&self) -> bool {
        self.idempotent.unwrap_or(false)
    }

    pub(crate) fn sent_along(&self) -> Option<&BTreeMap<String, String>> {
        self.meta.as_deref()
    }
}
