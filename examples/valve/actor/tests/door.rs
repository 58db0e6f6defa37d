//! The rules as callers meet them: the program's own options, in this process.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{collections::BTreeMap, time::Duration};

use callsheet::{AuditEvent, CallError, Code, InProcessListener, ListenerOptions, Received, Refusal, Runtime};
use callsheet_client::{CallOptions, Connection};
use tokio::net::UnixStream;
use valve::{Operators, PaperValve};
use valve_contract::{Valve, ValveError};

/// The valve, which the members of `group` may move.
async fn valve(group: u32) -> (Runtime, InProcessListener) {
    let runtime = Runtime::launch().expect("inside tokio");
    let broker = runtime.broker().clone();
    let valve = runtime
        .actor("valve", move || PaperValve::new(broker.clone()))
        .serves(Valve);
    valve.expose().start().await.expect("the name is free");
    let listener = runtime.listen_in_process(Operators { group }.guard(ListenerOptions::in_process()));
    (runtime, listener)
}

/// The group of this process, which is what a listener sees of its callers.
fn own_group() -> u32 {
    let (near, _far) = UnixStream::pair().expect("the system has sockets");
    near.peer_cred().expect("it has a peer").gid()
}

fn connect(listener: &InProcessListener) -> Connection {
    let socket = listener.connect().expect("the listener is there");
    Connection::over(socket, Default::default())
}

async fn opening(connection: &Connection) -> Result<u8, callsheet::Failure> {
    connection
        .ask("valve", "demo.Valve.Opening", &(), CallOptions::new())
        .await
}

async fn move_to(connection: &Connection, percent: u8) -> Result<u8, CallError<ValveError>> {
    let payload = BTreeMap::from([("percent", percent)]);
    connection
        .ask_fallible("valve", "demo.Valve.MoveTo", &payload, CallOptions::new())
        .await
}

#[tokio::test]
async fn an_operator_moves_the_valve() {
    let (_runtime, listener) = valve(own_group()).await;
    let connection = connect(&listener);
    assert_eq!(move_to(&connection, 40).await, Ok(0));
    assert_eq!(opening(&connection).await, Ok(40));
    let refused = move_to(&connection, 101).await;
    assert_eq!(
        refused,
        Err(CallError::Contract(ValveError::OutOfRange { percent: 101 }))
    );
}

#[tokio::test]
async fn others_look_at_it_and_whoever_watches_hears_that_they_tried_more() {
    let (runtime, listener) = valve(own_group().wrapping_add(1)).await;
    let mut audit = runtime.broker().subscribe::<AuditEvent>();
    let connection = connect(&listener);
    assert_eq!(opening(&connection).await, Ok(0));
    let refused = move_to(&connection, 40).await;
    let Err(CallError::Failure(failure)) = refused else {
        panic!("no operator, and yet: {refused:?}");
    };
    assert_eq!(failure.code(), Code::PermissionDenied);
    assert_eq!(opening(&connection).await, Ok(0));
    let told = tokio::time::timeout(Duration::from_secs(10), audit.next()).await;
    let Ok(Some(Received::Event(event))) = told else {
        panic!("no event: {told:?}");
    };
    assert_eq!((event.reason, event.peer.gid), (Refusal::NotAuthorized, own_group()));
    assert!(event.what.contains("demo.Valve.MoveTo"), "{}", event.what);
}
