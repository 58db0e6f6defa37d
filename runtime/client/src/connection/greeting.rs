//! What is said first over a new socket, and what comes back for it.
//!
//! It is written before the calls that wait, and nothing waits for the answers.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use callsheet_schema::Document;
use callsheet_wire::{Code, Delivered, Failure, Hello, Judgement, PROTOCOL, Welcome, write};
use tracing::{debug, warn};

use super::{CallId, Inbox, Shared};
use crate::{ConnectOptions, reply::Reply, subscription::acknowledged};

/// What this client calls itself.
const CLIENT: &str = concat!("callsheet-rust ", env!("CARGO_PKG_VERSION"));

/// What a client that introduces itself says.
#[derive(Debug)]
pub(super) struct Introduction {
    hello: Hello,
    /// For a server whose contracts are others, to judge which calls fit.
    document: Option<Document>,
}

impl Introduction {
    /// As the options say; `None` if the client is not to introduce itself.
    pub(super) fn of(options: &ConnectOptions) -> Result<Option<Self>, Failure> {
        let document = options.document.as_deref().map(Document::from_json).transpose();
        let document = document.map_err(|error| {
            let text = format!("what `ConnectOptions::document` was given is no document: {error}");
            Failure::new(Code::SerializationError, text).with_delivered(Delivered::No)
        })?;
        if options.contracts.is_none() && document.is_none() {
            return Ok(None);
        }
        let mut contracts = options.contracts.clone().unwrap_or_default();
        // What the user said of a contract goes before what the document says.
        for (name, hashes) in document.iter().flat_map(|document| &document.hashes) {
            contracts.entry(name.clone()).or_insert_with(|| hashes.contract.clone());
        }
        let hello = Hello {
            protocol: [PROTOCOL, PROTOCOL],
            contracts,
            client: Some(CLIENT.to_owned()),
        };
        Ok(Some(Self { hello, document }))
    }
}

/// What was said over the socket of the moment and is not answered yet.
#[derive(Debug, Default)]
pub(super) struct Greeting {
    introduction: Option<Introduction>,
    awaited: HashMap<CallId, Question>,
}

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
        }
    }

    /// What is written to a new socket before anything else.
    pub(super) fn begin(&mut self, shared: &Shared) -> Vec<u8> {
        self.awaited.clear();
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
        for inbox in shared.subscribers().to_resume() {
            let id = shared.output().next_id();
            let names: Vec<&str> = inbox.names().collect();
            write::subscribe(&mut out, codec, &names, Some(itoa::Buffer::new().format(id)));
            self.awaited.insert(id, Question::Subscription(inbox));
        }
        out
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
            Question::Hello => match reply.decode::<Welcome, Failure>() {
                Ok(welcome) => return self.welcomed(shared, welcome),
                Err(failure) => {
                    debug!(%failure, "the server knows no introductions");
                    shared.subscribers().in_life(None);
                }
            },
            Question::Judgement => match reply.decode::<Judgement, Failure>() {
                Ok(judgement) => shared.set_misfits(judgement.refused),
                Err(failure) => warn!(%failure, "the server did not judge the client's contracts"),
            },
            Question::Subscription(inbox) => match acknowledged(reply) {
                Ok(numbers) => shared.subscribers().resumed(&inbox, numbers.as_ref()),
                Err(failure) => shared.subscribers().refuse(&inbox, &failure),
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
        let Some(document) = self.introduction.as_ref().and_then(|own| own.document.as_ref()) else {
            debug!(?differing, "the server's contracts are others");
            return None;
        };
        let (id, mut out) = (shared.output().next_id(), Vec::new());
        match write::schema(&mut out, shared.options.codec, itoa::Buffer::new().format(id), document) {
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
