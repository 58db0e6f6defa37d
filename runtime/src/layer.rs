//! What goes round calls: on the side of those who make them, and on the side of the actors that handle them.

use std::{collections::BTreeMap, fmt, future::Future, pin::Pin, sync::Arc};

use callsheet_wire::Failure;

use crate::{call::Metadata, contract::Letter, id::ActorId, peer::Peer};

/// Something that goes round calls: to measure, to log, to send metadata along, to refuse.
///
/// It is given to a runtime for the calls that [mailboxes make](crate::RuntimeOptions::calling), or for those that its
/// actors [handle](crate::RuntimeOptions::serving), or to [one actor](crate::ActorBuilder::serving). A call passes the layers
/// in the order they were given, those of its caller before those of its actor, and those of the runtime before the actor's
/// own. What comes from outside the process passes those of the actor alone.
///
/// A layer runs where the call is made, never in the actor's turn, and sees neither arguments nor reply. A call with layers
/// starts when it is first awaited, not before; it costs a few allocations. From outside, calls with layers may overtake each
/// other, and only the layers themselves bound the time of those without a reply.
///
/// ```
/// use callsheet::{CallInfo, Code, Failure, Layer, Next, Passed, Runtime, actor_contract};
///
/// #[actor_contract(namespace = "demo")]
/// pub trait Vault {
///     fn open(&mut self) -> bool;
/// }
///
/// struct Door;
///
/// impl Vault for Door {
///     fn open(&mut self) -> bool {
///         true
///     }
/// }
///
/// /// Refuses callers that do not know the word.
/// struct Guard;
///
/// impl Layer for Guard {
///     async fn call(&self, call: CallInfo, next: Next<'_>) -> Result<Passed, Failure> {
///         if call.meta.get("word").map(String::as_str) != Some("sesame") {
///             return Err(Failure::new(Code::PermissionDenied, "say the word"));
///         }
///         next.run(call).await
///     }
/// }
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let runtime = Runtime::launch()?;
/// let door = runtime.actor("door", || Door).serves(Vault).serving(Guard).start().await?;
/// let door = door.mailbox(Vault);
/// assert_eq!(door.open().await.unwrap_err().code(), Code::PermissionDenied);
/// assert_eq!(door.open().meta("word", "sesame").await, Ok(true));
/// # Ok(()) }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
pub trait Layer: Send + Sync + 'static {
    /// Goes round one call. [`Next::run`] passes it on; a layer that does not ends it with its failure.
    ///
    /// It is dropped where it awaits when the caller goes away.
    fn call(&self, call: CallInfo, next: Next<'_>) -> impl Future<Output = Result<Passed, Failure>> + Send;
}

/// A call, as a layer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallInfo {
    /// The actor that it goes to.
    pub actor: ActorId,
    /// The full name of the contract.
    pub contract: &'static str,
    /// The short name of the message type, as in `Add`.
    pub method: &'static str,
    /// What the caller sends along, and what the handler finds in its context. A layer may change it.
    pub meta: BTreeMap<String, String>,
    peer: Option<Peer>,
}

impl CallInfo {
    pub(crate) fn new(actor: ActorId, letter: Letter, meta: Option<Metadata>, peer: Option<Peer>) -> Self {
        CallInfo {
            actor,
            contract: letter.contract,
            method: letter.method,
            meta: meta.map(Arc::unwrap_or_clone).unwrap_or_default(),
            peer,
        }
    }

    /// Who calls, from outside the process; `None` for a call from this process, also one that a handler makes while it
    /// serves a peer.
    pub fn peer(&self) -> Option<&Peer> {
        self.peer.as_ref()
    }

    pub(crate) fn into_meta(self) -> Option<Metadata> {
        (!self.meta.is_empty()).then(|| Arc::new(self.meta))
    }
}

/// How a call ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Passed {
    /// There is a reply.
    Replied,
    /// The contract's declared error is the reply.
    Declared,
    /// A stream was opened.
    Opened,
    /// There is no reply, and the message is in the queue.
    Enqueued,
}

/// The rest of a call's way.
pub struct Next<'a> {
    rest: &'a [Arc<dyn Erased>],
    last: Last,
}

/// What a call comes to.
pub(crate) type Passing<'a> = Pin<Box<dyn Future<Output = Result<Passed, Failure>> + Send + 'a>>;

/// What is beyond the last layer: the actor.
pub(crate) type Last = Box<dyn FnOnce(CallInfo) -> Passing<'static> + Send>;

impl Next<'_> {
    /// Passes the call on, and waits until it has ended.
    ///
    /// # Errors
    ///
    /// Whatever ended the call instead of a reply; the contract's declared error is none.
    pub async fn run(self, call: CallInfo) -> Result<Passed, Failure> {
        match self.rest.split_first() {
            Some((first, rest)) => first.call(call, Next { rest, last: self.last }).await,
            None => (self.last)(call).await,
        }
    }
}

/// A layer as an object.
trait Erased: Send + Sync {
    fn call<'a>(&'a self, call: CallInfo, next: Next<'a>) -> Passing<'a>;
}

impl<L: Layer> Erased for L {
    fn call<'a>(&'a self, call: CallInfo, next: Next<'a>) -> Passing<'a> {
        Box::pin(Layer::call(self, call, next))
    }
}

/// Layers, the outermost first. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Layers(Option<Arc<[Arc<dyn Erased>]>>);

impl Layers {
    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// These, and `layer` within them.
    pub(crate) fn with(&self, layer: impl Layer) -> Self {
        let layer: Arc<dyn Erased> = Arc::new(layer);
        self.over(&Layers(Some(Arc::new([layer]))))
    }

    /// These, and `inner` within them.
    pub(crate) fn over(&self, inner: &Layers) -> Self {
        match (&self.0, &inner.0) {
            (None, _) => inner.clone(),
            (_, None) => self.clone(),
            (Some(outer), Some(inner)) => Layers(Some(outer.iter().chain(&**inner).cloned().collect())),
        }
    }

    /// Runs a call through them, and then through `last`.
    pub(crate) async fn run(self, call: CallInfo, last: Last) -> Result<Passed, Failure> {
        match &self.0 {
            Some(rest) => Next { rest, last }.run(call).await,
            None => last(call).await,
        }
    }
}

impl fmt::Debug for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Layers({})", self.0.as_ref().map_or(0, |layers| layers.len()))
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Next({} layers)", self.rest.len())
    }
}
