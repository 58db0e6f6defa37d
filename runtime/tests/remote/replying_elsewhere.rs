//! A server that was connected to names an actor for the reply of what it was given the mailbox of.

use callsheet::{Mailbox, Runtime, actor_contract, contract_type};
use serde_json::{Value, json};
use tokio::net::UnixListener;

use crate::{by_hand::Peer, sides::within};

#[contract_type]
#[derive(Clone, Debug)]
pub struct Total {
    pub sum: i32,
}

#[actor_contract(namespace = "far")]
pub trait Sums {
    fn total(&self) -> Total;
}

#[actor_contract(namespace = "far")]
pub trait Ledger {
    fn book(&mut self, #[message] total: Total);
    fn booked(&self) -> Vec<i32>;
}

#[actor_contract(namespace = "far")]
pub trait Taker {
    fn take(&self, sums: Mailbox<dyn Sums>);
    fn keep(&self, ledger: Mailbox<dyn Ledger>);
}

struct Three;

impl Sums for Three {
    fn total(&self) -> Total {
        Total { sum: 3 }
    }
}

#[derive(Default)]
struct Books(Vec<i32>);

impl Ledger for Books {
    fn book(&mut self, total: Total) {
        self.0.push(total.sum);
    }

    fn booked(&self) -> Vec<i32> {
        self.0.clone()
    }
}

/// Answers one call of this side's, which gives a mailbox away.
async fn take(server: &mut Peer) {
    let given = server.receive().await;
    let id = given["request_id"].clone();
    server
        .send(&json!({"success": true, "request_id": id, "error": null, "payload": null}))
        .await;
}

async fn ask_for_total(server: &mut Peer) -> Value {
    let ask = json!({
        "target": "sums", "message_type": "Total", "request_id": "t", "expects_reply": true, "reply_to": "ledger", "payload": {},
    });
    server.send(&ask).await;
    server.receive().await
}

#[tokio::test]
async fn the_reply_goes_only_to_what_the_server_was_given_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let listener = UnixListener::bind(&path).unwrap();
    let runtime = Runtime::launch().unwrap();
    runtime.actor("sums", || Three).serves(Sums).start().await.unwrap();
    // Others may call it, over a listener of this side's; the server may not for that.
    let ledger = runtime.actor("ledger", Books::default).serves(Ledger).expose();
    ledger.start().await.unwrap();
    let remote = runtime.connect("far", &*path).await.unwrap();
    let mut server = Peer(within(listener.accept()).await.unwrap().0);
    assert_eq!(server.receive().await["control"], "hello");
    let taker = remote.to::<dyn Taker>("taker");
    let (taken, ()) = tokio::join!(within(taker.take(runtime.to("sums"))), take(&mut server));
    taken.unwrap();
    let refused = ask_for_total(&mut server).await;
    assert_eq!(refused["error_code"], "ActorNotFound", "{refused}");
    let (kept, ()) = tokio::join!(within(taker.keep(runtime.to("ledger"))), take(&mut server));
    kept.unwrap();
    assert_eq!(ask_for_total(&mut server).await["success"], true);
    let ledger = runtime.to::<dyn Ledger>("ledger");
    assert_eq!(within(ledger.booked()).await.unwrap(), [3]);
}
