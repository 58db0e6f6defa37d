//! Subscriptions that are allowed, and those that are not.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use callsheet::{Access, Action, AuditEvent, Denied, ListenerOptions, actor_contract, contract_type};
use futures_util::FutureExt;
use serde_json::{Value, json};

use crate::{
    house::{Alarm, House, Opened, in_step},
    peer::{Peer, assert_failure},
};

#[contract_type(name = "door.later.Rung")]
#[derive(Clone)]
pub struct Rung(u32);

#[contract_type(name = "door.later.Secret")]
#[derive(Clone)]
pub struct Secret(u32);

#[actor_contract(namespace = "door", events(Rung, Secret))]
pub trait Bell {
    fn ring(&self);
}

struct Tower;

impl Bell for Tower {
    fn ring(&self) {}
}

/// Events with a secret are for nobody.
fn no_secrets(access: &Access<'_>) -> Result<(), Denied> {
    match access.what {
        Action::Subscribe {
            event: "door.Opened" | "door.later.Secret",
        } => Err(Denied::new("it is secret")),
        _ => Ok(()),
    }
}

async fn subscribe(peer: &mut Peer, wanted: &[&str]) -> Value {
    peer.ask(&json!({"message_types": wanted, "request_id": "s"}).to_string())
        .await
}

#[tokio::test]
async fn a_name_that_is_not_allowed_refuses_the_whole_subscription() {
    let house = House::new(|options| options.authorize(no_secrets)).await;
    let mut peer = house.peer();
    for wanted in [&["door.Alarm", "door.Opened"][..], &["door.*", "door.Opened"]] {
        let refused = subscribe(&mut peer, wanted).await;
        assert_failure(&refused, "PermissionDenied", "no", false);
        assert_eq!(refused["error"], "PermissionDenied: events `door.Opened`: it is secret");
    }
    house.runtime.broker().publish(Alarm(1));
    in_step(&mut peer).await;
    let unknown = subscribe(&mut peer, &["door.Unheard", "door.Opened"]).await;
    assert_failure(&unknown, "UnknownMessageType", "no", false);
}

#[tokio::test]
async fn a_pattern_brings_the_events_that_are_allowed_and_refuses_nothing() {
    let house = House::new(|options| options.authorize(no_secrets)).await;
    let broker = house.runtime.broker();
    let mut audit = broker.subscribe::<AuditEvent>();
    let mut peer = house.peer();
    let subscribed = subscribe(&mut peer, &["door.*"]).await;
    assert_eq!(subscribed["payload"], json!({"subscribed": {"door.Alarm": 0}}));
    broker.publish(Opened { by: 1 });
    broker.publish(Alarm(2));
    assert_eq!(peer.receive().await["payload"], 2);
    in_step(&mut peer).await;
    assert_eq!(broker.subscribers::<Opened>(), 0);
    assert!(audit.next().now_or_never().is_none(), "nothing was refused");
}

#[tokio::test]
async fn of_what_is_exposed_later_a_pattern_brings_what_is_allowed_too() {
    let house = House::new(|options| options.authorize(no_secrets)).await;
    let broker = house.runtime.broker();
    let mut peer = house.peer();
    let subscribed = subscribe(&mut peer, &["door.later.*", "*"]).await;
    assert_eq!(subscribed["payload"], json!({"subscribed": {"door.Alarm": 0}}));
    let bell = house.runtime.actor("bell", || Tower).serves(Bell);
    bell.expose().start().await.unwrap();
    broker.publish(Secret(1));
    broker.publish(Rung(2));
    let pushed = peer.receive().await;
    assert_eq!(
        (&pushed["message_type"], &pushed["payload"]),
        (&json!("door.later.Rung"), &json!(2))
    );
    in_step(&mut peer).await;
    assert_eq!((broker.subscribers::<Secret>(), broker.subscribers::<Rung>()), (0, 1));
}

#[tokio::test]
async fn whoever_is_not_asked_about_anything_has_all_events() {
    let house = House::new(|options| options).await;
    let mut peer = house.peer();
    let subscribed = subscribe(&mut peer, &["door.*"]).await;
    assert_eq!(
        subscribed["payload"],
        json!({"subscribed": {"door.Alarm": 0, "door.Opened": 0}})
    );
}

#[tokio::test]
async fn a_hook_may_publish_and_subscribe_and_waits_for_no_lock_of_the_broker() {
    let broker = Arc::new(std::sync::OnceLock::<callsheet::Broker>::new());
    let own = Arc::clone(&broker);
    let options = move |options: ListenerOptions| {
        options.authorize(move |access| {
            if let (Action::Subscribe { event }, Some(broker)) = (access.what, own.get()) {
                broker.publish(Alarm(u32::try_from(event.len()).unwrap()));
                drop(broker.subscribe_matching("door.*").unwrap());
            }
            Ok(())
        })
    };
    let house = House::new(options).await;
    broker.set(house.runtime.broker().clone()).ok().unwrap();
    let mut peer = house.peer();
    let subscribed = subscribe(&mut peer, &["door.*"]).await;
    assert_eq!(subscribed["success"], true, "{subscribed}");
    let bell = house.runtime.actor("bell", || Tower).serves(Bell);
    bell.expose().start().await.unwrap();
    // One for each event of the bell, which the hook published when it was asked about them.
    for event in ["door.later.Rung", "door.later.Secret"] {
        assert_eq!(peer.receive().await["payload"], event.len(), "{event}");
    }
    in_step(&mut peer).await;
}

#[tokio::test]
async fn a_subscription_that_runs_is_not_judged_again_and_the_next_one_is() {
    let allowed = Arc::new(AtomicBool::new(true));
    let now = Arc::clone(&allowed);
    let options = move |options: ListenerOptions| {
        options.authorize(move |_| match now.load(Ordering::Relaxed) {
            true => Ok(()),
            false => Err(Denied::default()),
        })
    };
    let house = House::new(options).await;
    let mut peer = house.peer();
    assert_eq!(subscribe(&mut peer, &["door.Alarm"]).await["success"], true);
    allowed.store(false, Ordering::Relaxed);
    house.runtime.broker().publish(Alarm(1));
    assert_eq!(peer.receive().await["payload"], 1);
    let refused = subscribe(&mut house.peer(), &["door.Alarm"]).await;
    assert_failure(&refused, "PermissionDenied", "no", false);
}
