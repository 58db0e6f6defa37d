//! Servers in memory, which stand in for the showcase.

use std::time::Duration;

use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use showcase_client::{
    AddResult, CallError, Client, Code, Codec, CountdownTick, Failure, Gap, ImportSummary, ImporterError,
    MailboxSource, MathError, Notice, OnlineStatus, PriceUpdate, blocking,
    testing::{AgentFake, CalculatorFake, CountdownFake, FakeServer, HostError, ImporterFake},
};
use tokio::{sync::watch, time::timeout};

use super::{CODECS, options};

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(10);

struct Adding;

impl CalculatorFake for Adding {
    async fn add(&self, a: i32, b: i32) -> Result<AddResult, HostError<MathError>> {
        match a.checked_add(b) {
            Some(sum) => Ok(AddResult { sum }),
            None => Err(MathError::Overflow.into()),
        }
    }
}

/// Is told when a stream of it has ended.
struct Counting(watch::Sender<u32>);

struct Ends(watch::Sender<u32>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.send_modify(|ended| *ended += 1);
    }
}

impl CountdownFake for Counting {
    fn countdown(&self, from: u32, _: u64) -> impl Stream<Item = Result<CountdownTick, HostError>> + Send {
        let ends = Ends(self.0.clone());
        stream::iter((1..=from).rev()).map(move |value| {
            let _ = &ends;
            Ok(CountdownTick { value })
        })
    }
}

struct Refusing;

impl ImporterFake for Refusing {
    async fn import_rows(&self, source: MailboxSource) -> Result<ImportSummary, HostError<ImporterError>> {
        assert_eq!(source.0.route.as_deref(), Some("client"));
        let busy = Failure::new(Code::TargetBusy, "try again later");
        Err(HostError::Failure(busy))
    }
}

/// Has one of its two methods.
struct Away;

impl AgentFake for Away {
    async fn query_status(&self) -> Result<OnlineStatus, HostError> {
        Ok(OnlineStatus::Away)
    }
}

async fn connect(server: &FakeServer, codec: Codec) -> Client {
    Client::connect_with(server.path(), options(codec))
        .await
        .expect("it listens")
}

#[tokio::test]
async fn calls_are_answered_by_handlers() {
    let server = FakeServer::new().expect("there is a place for a socket");
    server.serve_calculator(Adding);
    server.serve_calculator_at("other", Adding);
    for codec in CODECS {
        let client = connect(&server, codec).await;
        assert_eq!(client.calculator().add(5, 3).await, Ok(AddResult { sum: 8 }));
        assert_eq!(client.calculator_at("other").add(1, 1).await, Ok(AddResult { sum: 2 }));
        assert_eq!(
            client.calculator().add(i32::MAX, 1).await,
            Err(CallError::Contract(MathError::Overflow))
        );
        let nobody = client.calculator_at("nobody").add(1, 1).await;
        assert!(matches!(nobody, Err(CallError::Failure(failure)) if failure.code() == Code::ActorNotFound));
        assert_eq!(client.connection().ping().await, Ok(()));
        let actors = client.connection().discover().await.expect("it answers").actors;
        assert!(
            actors
                .iter()
                .map(|actor| actor.name.as_str())
                .eq(["calculator", "other"])
        );
        let server = client.connection().server().expect("it introduced itself");
        assert_eq!(server.server, "callsheet-fake");
    }
}

#[tokio::test]
async fn what_a_fake_lacks_or_refuses_is_told() {
    let server = FakeServer::new().expect("there is a place for a socket");
    server.serve_importer(Refusing);
    server.serve_agent(Away);
    for codec in CODECS {
        let client = connect(&server, codec).await;
        let source = MailboxSource(showcase_client::Mailbox {
            contract: "demo.Source".to_owned(),
            id: "rows".to_owned(),
            route: Some("client".to_owned()),
        });
        let refused = client.importer().import_rows(&source).await;
        assert!(matches!(refused, Err(CallError::Failure(failure)) if failure.code() == Code::TargetBusy));

        assert_eq!(client.agent().query_status().await, Ok(OnlineStatus::Away));
        client
            .agent()
            .notify("hello", "are you there?")
            .await
            .expect("it is sent");

        // A contract of which nothing is implemented.
        struct Nothing;
        impl CalculatorFake for Nothing {}
        impl CountdownFake for Nothing {}
        server.serve_calculator(Nothing);
        server.serve_countdown(Nothing);
        let missing = client.calculator().add(1, 1).await;
        assert!(matches!(missing, Err(CallError::Failure(failure)) if failure.code() == Code::UnknownMessageType));
        let missing: Vec<_> = client.countdown().countdown(1, 1).collect().await;
        assert!(matches!(missing.as_slice(), [Err(failure)] if failure.code() == Code::UnknownMessageType));
        server.serve_calculator(Adding);
        assert_eq!(client.calculator().add(1, 1).await, Ok(AddResult { sum: 2 }));
    }
}

#[tokio::test]
async fn streams_are_read_and_left() {
    let (sender, mut ended) = watch::channel(0);
    let server = FakeServer::new().expect("there is a place for a socket");
    server.serve_countdown(Counting(sender));
    for (codec, before) in CODECS.into_iter().zip([0, 2]) {
        let client = connect(&server, codec).await;
        // More than there is credit for at first.
        let ticks: Vec<_> = client
            .countdown()
            .countdown(1000, 0)
            .try_collect()
            .await
            .expect("it counts");
        assert!(ticks.iter().map(|tick| tick.value).eq((1..=1000).rev()));

        let mut endless = client.countdown().countdown(u32::MAX, 0);
        assert_eq!(
            endless.next().await.expect("an item").expect("it counts").value,
            u32::MAX
        );
        drop(endless);
        let both = timeout(PATIENCE, ended.wait_for(|ended| *ended == before + 2)).await;
        both.expect("in time").expect("the handler is there");
    }
}

fn update(price: f64) -> PriceUpdate {
    PriceUpdate {
        symbol: "CALL".to_owned(),
        price,
    }
}

#[tokio::test]
async fn events_are_published_and_connections_dropped() {
    for codec in CODECS {
        let server = FakeServer::new().expect("there is a place for a socket");
        server.serve_calculator(Adding);
        let client = connect(&server, codec).await;
        server.publish_price_update(&update(0.5)).expect("nobody hears it");
        let mut updates = client
            .price_feed()
            .subscribe_price_update()
            .await
            .expect("it is confirmed");
        for price in [1.0, 2.0] {
            server.publish_price_update(&update(price)).expect("it is written");
            let heard = updates.next().await.expect("a notice").expect("it fits").event();
            assert_eq!(heard.map(|event| event.into_inner()), Some(update(price)));
        }

        server.drop_connections();
        // Calls wait for the next connection, over which the client has subscribed anew by then.
        assert_eq!(client.calculator().add(2, 2).await, Ok(AddResult { sum: 4 }));
        server.publish_price_update(&update(3.0)).expect("it is written");
        let heard = loop {
            match updates.next().await.expect("a notice").expect("it fits") {
                Notice::Event(event) => break event.into_inner(),
                Notice::Gap(Gap { missed }) => assert_eq!(missed, Some(0)),
            }
        };
        assert_eq!(heard, update(3.0));
    }
}

#[test]
fn blocking_clients_are_tested_too() {
    let server = FakeServer::new().expect("there is a place for a socket");
    server.serve_calculator(Adding);
    for codec in CODECS {
        let client = blocking::Client::connect_with(server.path(), options(codec)).expect("it listens");
        assert_eq!(client.calculator().add(5, 3), Ok(AddResult { sum: 8 }));
        server.drop_connections();
        assert_eq!(client.calculator().add(1, 1), Ok(AddResult { sum: 2 }));
    }
    let path = server.path().to_owned();
    drop(server);
    assert!(!path.exists(), "the server left its socket behind");
}
