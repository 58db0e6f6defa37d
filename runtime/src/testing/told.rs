//! What a fake was told to answer, and what it was asked.

use std::{
    any::Any,
    collections::HashMap,
    fmt::{self, Display},
    sync::Arc,
};

use callsheet_schema::Kind;
use callsheet_wire::{Code, Delivered, Failure};
use parking_lot::Mutex;
use tokio::sync::watch;

use super::Faked;
use crate::{
    CallContext,
    contract::{ContractMessage, Letter},
};

/// What a fake was told to answer, and what it was asked. All handles of a fake share it.
#[derive(Clone)]
pub struct Told(Arc<Inner>);

/// An `Arc` of what answers.
type Answer = Box<dyn Any + Send + Sync>;

struct Inner {
    methods: FakedMethods,
    /// By the full name of the contract and the method's name in Rust.
    answers: Mutex<HashMap<(&'static str, &'static str), Answer>>,
    /// The methods that were called.
    calls: watch::Sender<Vec<&'static str>>,
}

/// The methods of a fake that need an answer: all but tells. By the full name of the contract and the short name of the
/// message, each method's name in Rust.
#[derive(Debug, Default)]
pub struct FakedMethods(HashMap<(&'static str, &'static str), &'static str>);

impl FakedMethods {
    /// Adds those of the contract whose messages are `M`.
    pub fn add<M: ContractMessage>(&mut self) {
        let methods = M::METHODS.iter().map(|method| &method.descriptor);
        let asks = methods.filter(|method| method.kind != Kind::Tell);
        self.0
            .extend(asks.map(|method| ((M::DESCRIPTOR.name, method.message), method.name)));
    }
}

impl Told {
    /// Nothing yet, of a fake of the contract `T`.
    pub fn new<T: Faked + ?Sized>() -> Self {
        let mut methods = FakedMethods::default();
        T::methods(&mut methods);
        Told(Arc::new(Inner {
            methods,
            answers: Mutex::default(),
            calls: watch::Sender::default(),
        }))
    }

    /// From now on, `answer` is what answers.
    pub fn answer<A: ?Sized + Send + Sync + 'static>(
        &self,
        contract: &'static str,
        method: &'static str,
        answer: Arc<A>,
    ) {
        let earlier = self.0.answers.lock().insert((contract, method), Box::new(answer));
        // Code of the user's, so not under the lock.
        drop(earlier);
    }

    /// What answers a call that has begun; none if nothing was said.
    pub fn heard<A: ?Sized + Send + Sync + 'static>(
        &self,
        contract: &'static str,
        method: &'static str,
    ) -> Option<Arc<A>> {
        self.note(method);
        let answers = self.0.answers.lock();
        answers.get(&(contract, method))?.downcast_ref().cloned()
    }

    /// What answers a call that has begun and needs an answer.
    ///
    /// # Panics
    ///
    /// If nothing was said.
    #[track_caller]
    pub fn asked<A: ?Sized + Send + Sync + 'static>(&self, contract: &'static str, method: &'static str) -> Arc<A> {
        match self.heard(contract, method) {
            Some(answer) => answer,
            None => panic!("{}", unanswered(method, &contract)),
        }
    }

    /// Why a message is not to be run: it needs an answer, and there is none. It counts as a call.
    pub(super) fn refusal(&self, letter: Letter) -> Option<Failure> {
        let method = *self.0.methods.0.get(&(letter.contract, letter.method))?;
        if self.0.answers.lock().contains_key(&(letter.contract, method)) {
            return None;
        }
        self.note(method);
        let text = match CallContext::current() {
            Some(cx) => unanswered(method, cx.actor()),
            None => unanswered(method, &letter.contract),
        };
        Some(Failure::new(Code::ActorFailed, text).with_delivered(Delivered::Yes))
    }

    /// The methods that were called so far.
    pub fn calls(&self) -> Vec<&'static str> {
        self.0.calls.borrow().clone()
    }

    /// The same, once there are so many.
    pub async fn wait_for_calls(&self, count: usize) -> Vec<&'static str> {
        let mut calls = self.0.calls.subscribe();
        let enough = calls.wait_for(|calls| calls.len() >= count).await;
        enough.expect("the sender is here").clone()
    }

    fn note(&self, method: &'static str) {
        self.0.calls.send_modify(|calls| calls.push(method));
    }
}

fn unanswered(method: &str, fake: &dyn Display) -> String {
    format!("no answer was given for `{method}` of the fake `{fake}`; give one with `on_{method}`")
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Told")
            .field("calls", &*self.0.calls.borrow())
            .finish_non_exhaustive()
    }
}
