//! The actors that these tests call, behind a listener in the process.

use std::sync::{Arc, Mutex};

use callsheet::{
    CallContext, Deferred, InProcessListener, ListenerOptions, Runtime, Streaming, actor_contract, contract_type,
};
use serde_json::{Value, json};

use crate::peer::Peer;

#[contract_type(name = "door.Opened")]
#[derive(Clone, Debug)]
pub struct Opened {
    pub by: u32,
}

#[contract_type(name = "door.Alarm")]
#[derive(Clone, Debug)]
pub struct Alarm(pub u32);

#[contract_type(name = "door.Key")]
#[derive(Clone, Debug)]
pub struct Key {
    pub number: u32,
}

#[actor_contract(namespace = "door", events(Opened, Alarm))]
pub trait Vault {
    fn look(&self) -> u32;
    #[method(alias = "Ajar")]
    fn open(&mut self, key: Key) -> u32;
    #[tell]
    fn knock(&mut self, times: u32);
    fn count(&self, to: u32) -> Streaming<u32>;
    fn knocks(&self) -> u32;
}

#[actor_contract(namespace = "door")]
pub trait Lamp {
    fn toggle(&mut self) -> bool;
}

/// Who called, as each kind of method sees it: the user and the process.
pub type Seen = Option<(u32, Option<i32>)>;

#[actor_contract(namespace = "door")]
pub trait Mirror {
    fn plain(&self, #[context] cx: &CallContext) -> Seen;
    async fn suspended(&self, #[context] cx: &CallContext) -> Seen;
    async fn alone(&mut self) -> Seen;
    fn later(&self, #[context] cx: &CallContext) -> Deferred<Seen>;
    fn stream(&self, #[context] cx: &CallContext) -> Streaming<Seen>;
    #[tell]
    fn note(&mut self, #[context] cx: &CallContext);
    fn noted(&self) -> Vec<Seen>;
    /// What the other mirror sees when this one asks it.
    async fn other(&self) -> (Seen, Seen);
    fn meta(&self, #[context] cx: &CallContext) -> (Seen, Option<String>);
}

#[derive(Default)]
pub struct Room {
    knocks: u32,
    noted: Vec<Seen>,
}

impl Vault for Room {
    fn look(&self) -> u32 {
        7
    }
    fn open(&mut self, key: Key) -> u32 {
        key.number
    }
    fn knock(&mut self, times: u32) {
        self.knocks += times;
    }
    fn count(&self, to: u32) -> Streaming<u32> {
        Streaming::iter(0..to)
    }
    fn knocks(&self) -> u32 {
        self.knocks
    }
}

impl Lamp for Room {
    fn toggle(&mut self) -> bool {
        true
    }
}

fn seen(cx: &CallContext) -> Seen {
    cx.peer().map(|peer| (peer.uid, peer.pid))
}

impl Mirror for Room {
    fn plain(&self, cx: &CallContext) -> Seen {
        seen(cx)
    }
    async fn suspended(&self, cx: &CallContext) -> Seen {
        tokio::task::yield_now().await;
        // Found again, and not only kept.
        assert_eq!(CallContext::current().as_ref().map(seen), Some(seen(cx)));
        seen(cx)
    }
    async fn alone(&mut self) -> Seen {
        tokio::task::yield_now().await;
        CallContext::current().as_ref().and_then(seen)
    }
    fn later(&self, _: &CallContext) -> Deferred<Seen> {
        Deferred::new(async {
            tokio::task::yield_now().await;
            CallContext::current().as_ref().and_then(seen)
        })
    }
    fn stream(&self, cx: &CallContext) -> Streaming<Seen> {
        Streaming::iter([seen(cx)])
    }
    fn note(&mut self, cx: &CallContext) {
        self.noted.push(seen(cx));
    }
    fn noted(&self) -> Vec<Seen> {
        self.noted.clone()
    }
    async fn other(&self) -> (Seen, Seen) {
        let asked = Mirror.at("other").plain().await.unwrap();
        (asked, CallContext::current().as_ref().and_then(seen))
    }
    fn meta(&self, cx: &CallContext) -> (Seen, Option<String>) {
        (seen(cx), cx.meta("k").map(str::to_owned))
    }
}

/// What was said, in its order.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub fn say(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

pub struct House {
    pub runtime: Runtime,
    pub listener: InProcessListener,
}

impl House {
    pub async fn new(options: impl FnOnce(ListenerOptions) -> ListenerOptions) -> Self {
        let runtime = Runtime::launch().unwrap();
        let vault = runtime.actor("vault", Room::default).serves(Vault).serves(Lamp);
        vault.expose().expose_as("safe").start().await.unwrap();
        let mirror = runtime.actor("mirror", Room::default).serves(Mirror);
        mirror.expose().start().await.unwrap();
        runtime
            .actor("other", Room::default)
            .serves(Mirror)
            .start()
            .await
            .unwrap();
        let listener = runtime.listen_in_process(options(ListenerOptions::in_process()));
        House { runtime, listener }
    }

    pub fn peer(&self) -> Peer {
        Peer {
            socket: self.listener.connect().unwrap(),
        }
    }
}

/// The answer to a call with an id.
pub async fn ask(peer: &mut Peer, target: &str, message: &str, payload: Value) -> Value {
    let request = json!({
        "target": target, "message_type": message, "payload": payload, "request_id": "r", "expects_reply": true,
    });
    peer.ask(&request.to_string()).await
}

/// The answer to a control.
pub async fn control(peer: &mut Peer, name: &str) -> Value {
    peer.ask(&json!({"control": name, "request_id": "c"}).to_string()).await
}

/// That the connection is in step: nothing else was on its way.
pub async fn in_step(peer: &mut Peer) {
    let answer = control(peer, "ping").await;
    assert_eq!((&answer["request_id"], &answer["success"]), (&json!("c"), &json!(true)));
}
