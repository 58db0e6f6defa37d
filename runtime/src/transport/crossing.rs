//! Mailboxes that cross a connection.
//!
//! A mailbox travels as the name of its contract, the name of its actor and a route, which says on which side of the
//! connection the actor is. Only while a payload is written to a connection, or read from it, is there one that this
//! could be said of; it is then known to the thread.

use std::sync::{Arc, OnceLock, Weak};

use callsheet_macros::contract_type;
use callsheet_schema::{Definition, Describe, Joined, NameParts, Shape, TypeRef, Types};
use callsheet_wire::Shortened;
use scoped_tls::scoped_thread_local;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use super::Route;
use crate::{
    contract::{Contract, ContractMessage},
    id::ActorId,
    mailbox::{Location, Mailbox},
    runtime::{Runtime, WeakRuntime},
};

scoped_thread_local!(static CROSSED: Crossing);

/// Which side of a connection this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// It was connected to.
    Server,
    /// It connected.
    Client,
}

/// What payloads cross.
pub(crate) struct Crossing {
    pub(crate) border: Weak<dyn Border>,
    /// The way to the other side, if it outlives this connection.
    pub(crate) beyond: OnceLock<Weak<dyn Route>>,
    pub(crate) side: Side,
    pub(crate) runtime: WeakRuntime,
}

/// A connection, as the mailboxes that cross it see it.
pub(crate) trait Border: Route {
    /// Lets the other side call an actor of this one, and gives the name that it has there.
    fn host(&self, id: &ActorId) -> ActorId;
    /// It, as a route.
    fn as_route(&self) -> &dyn Route;
    /// The actor that the other side may call by this name.
    fn hosted(&self, name: &str) -> Option<ActorId>;
}

/// Has payloads be written or read that cross a connection.
#[inline]
pub(crate) fn crossing<T>(crossed: &Crossing, work: impl FnOnce() -> T) -> T {
    CROSSED.set(crossed, work)
}

/// The address of an actor, as it travels.
#[contract_type(name = "callsheet.Mailbox")]
struct Carried {
    /// The full name of the contract that the actor serves.
    contract: String,
    /// What the actor is called there.
    id: String,
    /// Where that is: `server`, which it is without a route, or `client`, the sides of the connection that this crosses; or
    /// the name of a further connection, which the receiver must know.
    route: Option<String>,
}

const SERVER: &str = "server";
const CLIENT: &str = "client";

impl Side {
    fn name(self) -> &'static str {
        match self {
            Side::Server => SERVER,
            Side::Client => CLIENT,
        }
    }

    fn other(self) -> Self {
        match self {
            Side::Server => Side::Client,
            Side::Client => Side::Server,
        }
    }
}

impl Crossing {
    /// What the receiver is told of the actor at `location`.
    fn leave(&self, contract: &str, location: &Location) -> Result<Carried, String> {
        let carried = |id: &ActorId, route: &str| Carried {
            contract: contract.to_owned(),
            id: id.to_string(),
            route: Some(route.to_owned()),
        };
        let gone = || "the connection has ended".to_owned();
        let border = self.border.upgrade().ok_or_else(gone)?;
        if let Some(route) = &location.route {
            return match route.name() {
                _ if route.leads_over(border.as_route()) => Ok(carried(&location.id, self.side.other().name())),
                Some(name) => Ok(carried(&location.id, name)),
                None => Err(format!(
                    "actor `{}` is beyond another connection, which the receiver has no route to",
                    location.id
                )),
            };
        }
        let runtime = location.runtime.clone().and_then(|runtime| runtime.upgrade());
        let runtime = runtime.map_err(|failure| failure.to_string())?;
        if !self.runtime.is(&runtime) {
            return Err(format!(
                "actor `{}` is of another runtime than the connection",
                location.id
            ));
        }
        match self.side {
            Side::Server => match runtime.router().exposed_name(&location.id) {
                Some(name) => Ok(carried(&name, SERVER)),
                None => Err(format!(
                    "actor `{}` is not exposed, so the receiver could not call it; expose it",
                    location.id
                )),
            },
            Side::Client => Ok(carried(&border.host(&location.id), CLIENT)),
        }
    }

    /// Where the actor is that the sender tells of.
    fn enter(&self, carried: &Carried) -> Result<Location, String> {
        let runtime = self.runtime.upgrade().map_err(|failure| failure.to_string())?;
        let border = || self.border.upgrade().ok_or("the connection has ended");
        let route = carried.route.as_deref().unwrap_or(SERVER);
        let unknown = || format!("no actor is exposed as `{}`", Shortened(&carried.id));
        if route == self.side.name() {
            let id = match self.side {
                Side::Server => runtime.router().exposed(&carried.id).map(|exposed| exposed.id),
                Side::Client => border()?.hosted(&carried.id),
            };
            return Ok(local(&runtime, id.ok_or_else(unknown)?));
        }
        let id = ActorId::from(&*carried.id);
        if let Some(fault) = id.fault() {
            return Err(format!("`id`: {fault}"));
        }
        let beyond: Arc<dyn Route> = if route == self.side.other().name() {
            match self.beyond.get().and_then(Weak::upgrade) {
                Some(lasting) => lasting,
                None => border()?,
            }
        } else {
            let known = runtime.route(route);
            known.ok_or_else(|| {
                let route = Shortened(route);
                format!("`route`: this side has no route `{route}`; it knows `{SERVER}` and `{CLIENT}`")
            })?
        };
        Ok(Location {
            id,
            runtime: Ok(runtime.downgrade()),
            route: Some(beyond),
        })
    }
}

fn local(runtime: &Runtime, id: ActorId) -> Location {
    Location {
        id,
        runtime: Ok(runtime.downgrade()),
        route: None,
    }
}

/// One type for each contract: what it is a mailbox of is known to whoever reads the document.
impl<T: Contract + ?Sized> NameParts for Mailbox<T> {
    const PARTS: &'static [&'static str] = &[Carried::NAME, "<", T::Message::DESCRIPTOR.name, ">"];
}

impl<T: Contract + ?Sized + 'static> Describe for Mailbox<T> {
    const NAME: &'static str = Joined::<Self>::NAME;

    fn describe(types: &mut Types) -> TypeRef {
        types.define::<Self>(Self::NAME, |types| {
            types.mention(T::Message::describe);
            mailbox(T::Message::DESCRIPTOR.name, types)
        })
    }
}

/// On the wire they are all alike.
fn mailbox(contract: &str, types: &mut Types) -> Definition {
    Definition {
        docs: format!("The mailbox of an actor that serves `{contract}`."),
        deprecated: None,
        shape: Shape::Newtype(Carried::describe(types)),
        produces: None,
        checked: true,
        mailbox: Some(contract.to_owned()),
    }
}

/// As the contract, the actor's name and a route; only in a payload that goes to a connection.
impl<T: Contract + ?Sized> Serialize for Mailbox<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let contract = T::Message::DESCRIPTOR.name;
        let leave = || CROSSED.with(|crossing| crossing.leave(contract, Mailbox::location(self)));
        let carried = match CROSSED.is_set() {
            true => leave(),
            false => {
                Err("a mailbox can only be written into a call, a reply or a stream that crosses a connection".into())
            }
        };
        carried.map_err(ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de, T: Contract + ?Sized> Deserialize<'de> for Mailbox<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let carried = Carried::deserialize(deserializer)?;
        let contract = T::Message::DESCRIPTOR.name;
        if carried.contract != contract {
            let text = format!(
                "a mailbox of `{}` where one of `{contract}` is expected",
                Shortened(&carried.contract)
            );
            return Err(de::Error::custom(text));
        }
        let location = match CROSSED.is_set() {
            true => CROSSED.with(|crossing| crossing.enter(&carried)),
            false => Err("a mailbox can only be read from what crosses a connection".into()),
        };
        location
            .map(|location| Mailbox::anywhere(&location))
            .map_err(de::Error::custom)
    }
}
