//! What a peer is told of contracts that nobody serves here, but whose mailboxes it may give.

use callsheet::{Access, Action, Denied, ListenerOptions, Mailbox, Runtime, actor_contract, contract_type};
use callsheet_schema::Document;

use crate::{house::control, peer::Peer};

#[contract_type(name = "door.Face")]
#[derive(Clone, Debug)]
pub struct Face(pub String);

/// What a guard gives to those whom it calls.
#[actor_contract(namespace = "door")]
pub trait Bell {
    fn ring(&self) -> bool;
}

/// What a guard calls: a caller serves it.
#[actor_contract(namespace = "door")]
pub trait Watcher {
    async fn seen(&self, face: Face, bell: Mailbox<dyn Bell>) -> bool;
}

#[actor_contract(namespace = "door")]
pub trait Guard {
    async fn watch(&self, watcher: Mailbox<dyn Watcher>) -> u32;
    async fn rest(&self) -> u32;
}

struct Awake;

impl Guard for Awake {
    async fn watch(&self, _: Mailbox<dyn Watcher>) -> u32 {
        1
    }
    async fn rest(&self) -> u32 {
        0
    }
}

/// The contracts of a server's document, and of what it says that it serves.
async fn told(options: ListenerOptions) -> (Vec<String>, Vec<String>) {
    let runtime = Runtime::launch().unwrap();
    let guard = runtime.actor("guard", || Awake).serves(Guard).expose();
    guard.start().await.unwrap();
    let listener = runtime.listen_in_process(options);
    let mut peer = Peer {
        socket: listener.connect().unwrap(),
    };
    let document = control(&mut peer, "schema").await["payload"].take();
    let document = Document::from_json(&document.to_string()).unwrap();
    assert_eq!(
        document.types.contains_key("door.Face"),
        document.contracts.iter().any(|of| of.name == "door.Watcher")
    );
    let found = control(&mut peer, "discover").await["payload"].take();
    let served = found["contracts"].as_array().unwrap().iter();
    (
        document.contracts.into_iter().map(|of| of.name).collect(),
        served.map(|of| of["name"].as_str().unwrap().to_owned()).collect(),
    )
}

#[tokio::test]
async fn the_schema_has_the_contracts_whose_mailboxes_are_given() {
    let (described, served) = told(ListenerOptions::in_process()).await;
    assert_eq!(described, ["door.Bell", "door.Guard", "door.Watcher"]);
    assert_eq!(served, ["door.Guard"]);
}

#[tokio::test]
async fn a_peer_that_may_give_none_is_not_told_of_them() {
    fn only(access: &Access<'_>, method: &str) -> Result<(), Denied> {
        match access.what {
            Action::Call { message_type, .. } if message_type != method => Err(Denied::default()),
            _ => Ok(()),
        }
    }
    let rest = ListenerOptions::in_process().authorize(|access| only(access, "door.Guard.Rest"));
    assert_eq!(told(rest).await.0, ["door.Guard"]);
    let watch = ListenerOptions::in_process().authorize(|access| only(access, "door.Guard.Watch"));
    assert_eq!(told(watch).await.0, ["door.Bell", "door.Guard", "door.Watcher"]);
}
