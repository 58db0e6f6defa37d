//! What is said first over a new socket, and what comes back for it.
//!
//! It is written before the calls that wait, and nothing waits for the answers.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    future::Future,
    pin::Pin,
    sync::Arc,
    task::Context,
    time::Duration,
};

use callsheet_schema::{Document, DocumentError};
use callsheet_wire::{Code, Delivered, Failure, Hello, Judgement, PROTOCOL, Welcome, write};
use tokio::time::{Sleep, sleep};
use tracing::{debug, warn};

use super::{CallId, Inbox, Shared};
use crate::{
    ConnectOptions,
    reply::{Part, Reply},
    subscription::acknowledged,
};

/// What this client calls itself.
const CLIENT: &str = concat!("callsheet-rust ", env!("CARGO_PKG_VERSION"));

/// What a client that introduces itself says.
#[derive(Debug)]
pub(super) struct Introduction {
    hello: Hello,
    /// For a server whose contracts are others, to judge which calls fit.
    document: Option<Own>,
}

/// The client's document.
#[derive(Debug)]
enum Own {
    Read(Document),
    /// That of a generated client, which most servers never ask for.
    Unread(&'static str),
}

impl Introduction {
    /// As the options say; `None` if the client is not to introduce itself.
    pub(super) fn of(options: &ConnectOptions) -> Result<Option<Self>, Failure> {
        if !options.introduce {
            return Ok(None);
        }
        let document = options.document.as_deref().map(Document::from_json).transpose();
        let document = document.map_err(|error| {
            let text = format!("what `ConnectOptions::document` was given is no document: {error}");
            Failure::new(Code::SerializationError, text).with_delivered(Delivered::No)
        })?;
        if options.contracts.is_none() && document.is_none() && options.made_from.is_none() {
            return Ok(None);
        }
        let mut contracts = options.contracts.clone().unwrap_or_default();
        // What the user said of a contract goes before what the document says.
        for (name, hashes) in document.iter().flat_map(|document| &document.hashes) {
            contracts.entry(name.clone()).or_insert_with(|| hashes.contract.clone());
        }
        for (name, hash) in options.made_from.iter().flat_map(|made| made.contracts) {
            contracts
                .entry((*name).to_owned())
                .or_insert_with(|| (*hash).to_owned());
        }
        let unread = options.made_from.map(|made| Own::Unread(made.document));
        let document = document.map(Own::Read).or(unread);
        let hello = Hello {
            protocol: [PROTOCOL, PROTOCOL],
            contracts,
            client: Some(CLIENT.to_owned()),
        };
        Ok(Some(Self { hello, document }))
    }
}

impl Own {
    /// Whoever gave the document by hand may read with the contract's own enums, which are closed.
    fn keeps_variants(&self) -> bool {
        matches!(self, Own::Unread(_))
    }

    fn read(&self) -> Result<Cow<'_, Document>, DocumentError> {
        match self {
            Own::Read(document) => Ok(Cow::Borrowed(document)),
            Own::Unread(text) => Document::from_json(text).map(Cow::Owned),
        }
    }
}

/// What was said over the socket of the moment and is not answered yet.
#[derive(Debug, Default)]
pub(super) struct Greeting {
    introduction: Option<Introduction>,
    awaited: HashMap<CallId, Question>,
    /// The subscriptions that the server has refused for the moment, and when they are asked for again.
    put_off: Vec<Arc<Inbox>>,
    again: Option<Pin<Box<Sleep>>>,
}

/// After so long a subscription is asked for again that was refused for the moment, unless the server says another time.
const REST: Duration = Duration::from_secs(1);

#[derive(Debug)]
enum Question {
    Hello,
    /// Whether the client's document fits.
    Judgement,
    /// The subscriptions of the last socket.
    Subscription(Arc<Inbox>),
}

impl Greeting {
    pub(super) fn new(introduction: Option<Introduction>) -> Self {
        Self {
            introduction,
            awaited: HashMap::new(),
            put_off: Vec::new(),
            again: None,
        }
    }

    /// What is written to a new socket before anything else.
    pub(super) fn begin(&mut self, shared: &Shared) -> Vec<u8> {
        self.awaited.clear();
        self.put_off.clear();
        self.again = None;
        let mut out = Vec::new();
        let codec = shared.options.codec;
        match &self.introduction {
            Some(introduction) => {
                let id = shared.output().next_id();
                let written = write::hello(&mut out, codec, itoa::Buffer::new().format(id), &introduction.hello);
                match written {
                    Ok(()) => drop(self.awaited.insert(id, Question::Hello)),
                    Err(error) => warn!(%error, "the client cannot introduce itself"),
                }
            }
            None => shared.subscribers().in_life(None),
        }
        // The lock of the subscribers is not held while the output's is taken.
        let inboxes = shared.subscribers().to_resume();
        for inbox in inboxes {
            self.subscribe(shared, inbox, &mut out);
        }
        out
    }

    fn subscribe(&mut self, shared: &Shared, inbox: Arc<Inbox>, out: &mut Vec<u8>) {
        let id = shared.output().next_id();
        let names: Vec<&str> = inbox.names().collect();
        let codec = shared.options.codec;
        write::subscribe(out, codec, &names, Some(itoa::Buffer::new().format(id)));
        self.awaited.insert(id, Question::Subscription(inbox));
    }

    /// Asks again for what was refused for the moment, once it is time to.
    pub(super) fn poll_again(&mut self, shared: &Shared, cx: &mut Context<'_>) {
        let Some(again) = &mut self.again else { return };
        if again.as_mut().poll(cx).is_pending() {
            return;
        }
        self.again = None;
        let mut out = Vec::new();
        let wanted = shared.subscribers().to_resume();
        for inbox in std::mem::take(&mut self.put_off) {
            // Its subscriber may have gone.
            if wanted.iter().any(|other| Arc::ptr_eq(other, &inbox)) {
                self.subscribe(shared, inbox, &mut out);
            }
        }
        shared.send_frame(&out);
    }

    /// The server refuses to take a subscription again.
    fn refused(&mut self, shared: &Shared, inbox: Arc<Inbox>, failure: &Failure) {
        if !failure.is_retryable() {
            return shared.subscribers().refuse(&inbox, failure);
        }
        debug!(%failure, "a subscription is asked for again later");
        let rest = failure.retry_after_ms().map_or(REST, Duration::from_millis);
        self.put_off.push(inbox);
        self.again = Some(Box::pin(sleep(rest)));
    }

    /// Whether the answer is to a question of this greeting.
    pub(super) fn awaits(&self, id: CallId) -> bool {
        !self.awaited.is_empty() && self.awaited.contains_key(&id)
    }

    /// Acts on the answer to a question.
    pub(super) fn answered(&mut self, shared: &Shared, id: CallId, reply: Reply) {
        if let Some(frame) = self.answer(shared, id, reply) {
            shared.send_frame(&frame);
        }
    }

    /// Returns what is to be written because of it.
    fn answer(&mut self, shared: &Shared, id: CallId, reply: Reply) -> Option<Vec<u8>> {
        match self.awaited.remove(&id)? {
            Question::Hello => match reply.decode::<Welcome, Failure>(Part::Reply) {
                Ok(welcome) => return self.welcomed(shared, welcome),
                Err(failure) => {
                    debug!(%failure, "the server knows no introductions");
                    shared.subscribers().in_life(None);
                }
            },
            Question::Judgement => match reply.decode::<Judgement, Failure>(Part::Reply) {
                Ok(judgement) => {
                    shared.set_misfits(judgement.refused);
                    shared.withhold(&judgement.withheld);
                }
                Err(failure) => warn!(%failure, "the server did not judge the client's contracts"),
            },
            Question::Subscription(inbox) => match acknowledged(reply) {
                Ok(numbers) => shared.subscribers().resumed(&inbox, numbers.as_ref()),
                Err(failure) => self.refused(shared, inbox, &failure),
            },
        }
        None
    }

    fn welcomed(&mut self, shared: &Shared, welcome: Welcome) -> Option<Vec<u8>> {
        shared.subscribers().in_life(Some(welcome.epoch.clone()));
        shared.set_misfits(BTreeMap::new());
        let differing = welcome.differing.clone();
        shared.welcomed(welcome);
        if differing.is_empty() {
            return None;
        }
        let Some(own) = self.introduction.as_ref().and_then(|own| own.document.as_ref()) else {
            debug!(?differing, "the server's contracts are others");
            return None;
        };
        let document = match own.read() {
            Ok(document) => document,
            Err(error) => {
                warn!(%error, "what the client was made from is no document, so its calls are not judged");
                return None;
            }
        };
        let (id, mut out) = (shared.output().next_id(), Vec::new());
        match write::schema(
            &mut out,
            shared.options.codec,
            itoa::Buffer::new().format(id),
            &*document,
            own.keeps_variants(),
        ) {
            Ok(()) => {
                self.awaited.insert(id, Question::Judgement);
                Some(out)
            }
            Err(error) => {
                warn!(%error, "the client's document cannot be written");
                None
            }
        }
    }
}
