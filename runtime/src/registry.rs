//! From a message type to the method that it calls, for callers outside the process.

use std::{any::TypeId, collections::HashMap, sync::Arc, time::Duration};

use callsheet_schema::{
    Access, Contract, Kind, TypeRef, Types,
    descriptor::{MethodDescriptor, RequestDescriptor},
};
use callsheet_wire::{Code, Failure, Payload};

use crate::{
    actor::{Closed, Refused, Sink},
    broker::Broker,
    call::{CallHeader, Metadata, Standing, WireReply, closed},
    contract::{ContractMessage, Letter, WireMethod},
    id::ActorId,
    layer::{CallInfo, Layers},
    peer::Peer,
};

/// The methods of one actor by the names of their message types, full and short.
#[derive(Default)]
pub(crate) struct Registry {
    contracts: Vec<Arc<dyn Decode>>,
    methods: Vec<Method>,
    names: HashMap<Box<str>, Named>,
}

/// A method of an actor that serves callers outside the process.
#[derive(Clone)]
pub(crate) struct Method {
    name: Arc<str>,
    kind: Kind,
    index: usize,
    entry: Arc<dyn Decode>,
}

enum Named {
    One(usize),
    /// A short name of several contracts' methods.
    Several(Vec<usize>),
}

/// One contract's way from a payload into an actor's queue.
pub(crate) trait Decode: Send + Sync {
    fn contract(&self) -> &'static str;
    /// The type of the contract's messages.
    fn message(&self) -> TypeId;
    /// What goes round the actor's calls.
    fn layers(&self) -> &Layers;
    /// How long callers of the method `index` wait if they say nothing.
    fn timeout(&self, index: usize) -> Option<Duration>;
    /// The method `index` of the contract.
    fn method(&self, index: usize) -> Option<&'static MethodDescriptor>;
    /// Lets callers outside subscribe to the contract's events.
    fn expose_events(&self, broker: &Broker);
    /// The actor's number.
    fn number(&self) -> u64;
    /// Lets a call past the queue, which a running call of the actor waits for.
    fn admit(&self, index: usize, header: CallHeader, payload: Payload<'_>, reply: WireReply) -> Result<(), Refused>;
    /// What describes the contract.
    fn describe(&self) -> fn(&mut Types) -> Contract;
    fn enqueue(&self, index: usize, header: CallHeader, payload: Payload<'_>, reply: WireReply) -> Result<(), Refused>;
}

/// The entry of the contract whose messages are `M`.
pub(crate) struct Entry<M> {
    sink: Arc<dyn Sink<M>>,
}

impl<M> Entry<M> {
    pub(crate) fn new(sink: Arc<dyn Sink<M>>) -> Self {
        Entry { sink }
    }
}

impl<M: ContractMessage> Decode for Entry<M> {
    fn layers(&self) -> &Layers {
        self.sink.layers()
    }

    fn timeout(&self, index: usize) -> Option<Duration> {
        M::METHODS.get(index)?.timeout
    }

    fn contract(&self) -> &'static str {
        M::DESCRIPTOR.name
    }

    fn message(&self) -> TypeId {
        TypeId::of::<M>()
    }

    fn method(&self, index: usize) -> Option<&'static MethodDescriptor> {
        M::METHODS.get(index).map(|method| &method.descriptor)
    }

    fn expose_events(&self, broker: &Broker) {
        M::expose_events(broker);
    }

    fn number(&self) -> u64 {
        self.sink.number()
    }

    fn admit(&self, index: usize, header: CallHeader, payload: Payload<'_>, reply: WireReply) -> Result<(), Refused> {
        let message = (method::<M>(index)?.decode)(payload, reply).map_err(|error| Refused::Unfit(error.into()))?;
        self.sink.admit(header, message).map_err(|Closed| Refused::Closed)
    }

    fn describe(&self) -> fn(&mut Types) -> Contract {
        M::describe
    }

    fn enqueue(&self, index: usize, header: CallHeader, payload: Payload<'_>, reply: WireReply) -> Result<(), Refused> {
        let method = method::<M>(index)?;
        let mut reply = Some(reply);
        self.sink.try_send_with(header, &mut || {
            let reply = reply.take().unwrap_or(WireReply::Discard);
            (method.decode)(payload, reply).map_err(Failure::from)
        })
    }
}

fn method<M: ContractMessage>(index: usize) -> Result<&'static WireMethod<M>, Refused> {
    M::METHODS.get(index).ok_or_else(|| {
        let text = format!("`{}` has no method {index}", M::DESCRIPTOR.name);
        Refused::Unfit(Failure::new(Code::Internal, text))
    })
}

impl Registry {
    /// The contracts, by the types of their messages, with what describes each.
    pub(crate) fn contracts(&self) -> impl Iterator<Item = (TypeId, fn(&mut Types) -> Contract)> {
        self.contracts.iter().map(|entry| (entry.message(), entry.describe()))
    }

    /// The full names of the contracts.
    pub(crate) fn contract_names(&self) -> impl Iterator<Item = &'static str> {
        self.contracts.iter().map(|entry| entry.contract())
    }

    /// Lets callers outside subscribe to the events of all contracts.
    pub(crate) fn expose_events(&self, broker: &Broker) {
        self.contracts.iter().for_each(|entry| entry.expose_events(broker));
    }

    pub(crate) fn methods(&self) -> impl Iterator<Item = &Method> {
        self.methods.iter()
    }

    pub(crate) fn add(&mut self, entry: Arc<dyn Decode>) {
        for (index, info) in (0..).map_while(|index| Some((index, entry.method(index)?))) {
            let at = self.methods.len();
            let full = |name: &str| format!("{}.{name}", entry.contract());
            self.methods.push(Method {
                name: full(info.message).into(),
                kind: info.kind,
                index,
                entry: Arc::clone(&entry),
            });
            for name in std::iter::once(&info.message).chain(info.aliases) {
                self.names.insert(full(name).into(), Named::One(at));
                self.names
                    .entry((*name).into())
                    .and_modify(|named| match named {
                        Named::One(first) => *named = Named::Several(vec![*first, at]),
                        Named::Several(several) => several.push(at),
                    })
                    .or_insert(Named::One(at));
            }
        }
        self.contracts.push(entry);
    }

    /// The method that `message_type` names on the actor `id`.
    pub(crate) fn find(&self, id: &str, message_type: &str) -> Result<&Method, Failure> {
        match self.names.get(message_type) {
            Some(Named::One(at)) => Ok(&self.methods[*at]),
            Some(Named::Several(several)) => {
                let candidates: Vec<_> = several.iter().map(|at| self.methods[*at].name.to_string()).collect();
                let text = format!("`{message_type}` is the name of several messages of `{id}`; use a full name");
                Err(Failure::new(Code::AmbiguousMessageType, text).with_candidates(candidates))
            }
            None => {
                let text = format!("`{message_type}` is not registered for `{id}`");
                Err(Failure::new(Code::UnknownMessageType, text))
            }
        }
    }
}

impl Method {
    /// The full name of its message type.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What goes round the actor's calls.
    pub(crate) fn layers(&self) -> &Layers {
        self.entry.layers()
    }

    /// The full name of its contract.
    pub(crate) fn contract(&self) -> &'static str {
        self.entry.contract()
    }

    /// Whether it takes the actor's state alone.
    pub(crate) fn is_exclusive(&self) -> bool {
        let method = self.entry.method(self.index);
        method.is_some_and(|method| method.access == Access::Exclusive)
    }

    /// What a layer sees of a call.
    pub(crate) fn info(&self, actor: ActorId, meta: Option<Metadata>, peer: Option<Peer>) -> CallInfo {
        let letter = Letter {
            contract: self.entry.contract(),
            method: self.entry.method(self.index).map_or("", |method| method.message),
            awaited: true,
        };
        CallInfo::new(actor, letter, meta, peer)
    }

    /// How long its callers wait if they say nothing, where the contract says it.
    pub(crate) fn timeout(&self) -> Option<Duration> {
        self.entry.timeout(self.index)
    }

    /// The type of its reply, described.
    pub(crate) fn reply(&self) -> TypeRef {
        let described = self.entry.method(self.index).and_then(|method| method.returned);
        described.map_or(TypeRef::Unit, |describe| describe(&mut Types::default()).0)
    }

    /// What its payload is made of.
    pub(crate) fn request(&self) -> Option<&'static RequestDescriptor> {
        self.entry.method(self.index).map(|method| &method.request)
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// How a call stands to those that wait for it, here and in other processes.
    ///
    /// # Errors
    ///
    /// If it could never run.
    fn standing(&self, id: &ActorId, header: &CallHeader) -> Result<Standing, Failure> {
        let link = header.more.as_ref().and_then(|more| more.link.as_ref());
        let Some(waiting) = link.and_then(|link| link.awaiting()) else {
            return Ok(Standing::Free);
        };
        let method = self.entry.method(self.index);
        let exclusive = method.is_some_and(|method| method.access == Access::Exclusive);
        match waiting.standing(self.entry.number(), exclusive) {
            Standing::Deadlock => Err(waiting.deadlock(id)),
            standing => Ok(standing),
        }
    }

    /// Decodes the payload and puts the call into the queue of the actor `id`, at once or not at all.
    ///
    /// Whoever is refused gets the failure here; the reply is then of no use any more.
    pub(crate) fn enqueue(
        &self,
        id: &ActorId,
        header: CallHeader,
        payload: Payload<'_>,
        reply: WireReply,
    ) -> Result<(), Failure> {
        let enqueued = match self.standing(id, &header)? {
            Standing::Admitted => self.entry.admit(self.index, header, payload, reply),
            _ => self.entry.enqueue(self.index, header, payload, reply),
        };
        enqueued.map_err(|refused| match refused {
            Refused::Unfit(failure) => failure,
            Refused::Full => Failure::new(Code::TargetBusy, format!("the queue of `{id}` is full")),
            Refused::Closed => closed(id),
        })
    }
}
