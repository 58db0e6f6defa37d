//! What stands in for the server in tests: for each contract an interface for what serves it, and what reads its requests and
//! writes its answers and events, as the server does.

use std::collections::BTreeSet;

use crate::{
    backends::{Integers, prose::line_of_prose},
    ir::Api,
};

use super::{
    super::{
        docs::comment,
        names::{file, key, literal},
        references::Types,
    },
    Codec,
    hosted::{self, HostedMethod},
};

/// What the entry for tests is made of.
pub(in super::super) struct Fakes {
    /// The codecs of the other side.
    pub(in super::super) codecs: Vec<Codec>,
    pub(in super::super) contracts: Vec<Fake>,
}

/// A contract that is served in tests.
pub(in super::super) struct Fake {
    /// The comment above the interface.
    pub(in super::super) docs: String,
    /// The interface of its handlers; `object` if it has no methods.
    pub(in super::super) handler: String,
    /// The constant by which it is served.
    pub(in super::super) constant: String,
    /// The full name, as a literal.
    pub(in super::super) name: String,
    /// The comment above that.
    pub(in super::super) constant_docs: String,
    /// The id of the actor that is called where the user names none, as a literal.
    pub(in super::super) target: String,
    pub(in super::super) methods: Vec<HostedMethod>,
    pub(in super::super) events: Vec<FakeEvent>,
    /// The interface that gives the events their types; `object` if there are none.
    pub(in super::super) events_name: String,
    /// The module of that interface, without its ending.
    pub(in super::super) file: String,
}

/// An event of such a contract.
pub(in super::super) struct FakeEvent {
    /// The short name, as a key.
    pub(in super::super) key: String,
    /// The name that subscribers know, as a literal.
    pub(in super::super) event: String,
    pub(in super::super) encoder: String,
}

/// What the module has of its own or imports beside the types.
const TAKEN: [&str; 13] = [
    "AnyIterable",
    "Awaitable",
    "CallFacts",
    "Client",
    "ConnectOptions",
    "Duration",
    "Fake",
    "FakeContract",
    "FakeOptions",
    "FakeServer",
    "SystemTime",
    "decode",
    "encode",
];

/// All contracts of a mirrored api. `taken` are the names of its types and errors.
pub(super) fn contracts(api: &Api, types: &Types<'_>, integers: &Integers, taken: &BTreeSet<String>) -> Vec<Fake> {
    let mut taken = taken.clone();
    taken.extend(TAKEN.map(str::to_owned));
    let mut free = |wished: String| {
        let mut name = wished;
        while !taken.insert(name.clone()) {
            name.push('_');
        }
        name
    };
    let served = api.services.iter();
    served
        .map(|service| {
            let types = &types.with(integers.of(&service.contract));
            let name = service.name.upper_camel();
            let contract = line_of_prose(&service.contract);
            let methods = service.methods.iter().map(|method| hosted::lower(method, types));
            let events = service.events.iter().map(|event| FakeEvent {
                key: key(&event.name.upper_camel()),
                event: literal(&event.event),
                encoder: types.encoder(&event.type_ref),
            });
            let publishes = if service.events.is_empty() {
                ""
            } else {
                " and publishes its events"
            };
            let constant_docs = format!("By which a {{@link FakeServer}} serves `{contract}`{publishes}.");
            let or_object = |is_empty: bool, name: String| if is_empty { "object".to_owned() } else { name };
            Fake {
                docs: comment(&format!("Serves `{contract}` in tests."), None, 0),
                handler: or_object(service.methods.is_empty(), free(format!("{name}Fake"))),
                constant: free(format!("{name}Contract")),
                name: literal(&service.contract),
                constant_docs: comment(&constant_docs, None, 0),
                target: literal(&service.default_target),
                methods: methods.collect(),
                events: events.collect(),
                events_name: or_object(service.events.is_empty(), format!("{name}Events")),
                file: file(&service.name),
            }
        })
        .collect()
}
