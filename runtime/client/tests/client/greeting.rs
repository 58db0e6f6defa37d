use std::time::{Duration, UNIX_EPOCH};

use callsheet_client::{CallOptions, Code, ConnectOptions, Connection, Delivered, Document, Failure, count_of};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::{join, net::UnixStream};

use crate::server::{CODECS, Place, Said, Server, connected, within_time};

const NOW: CallOptions = CallOptions::new();

const DOCUMENT: &str = r#"{"callsheet":1,"contracts":[],"types":{},"encodings":{}}"#;

fn introduced() -> ConnectOptions {
    ConnectOptions::new().contracts([("demo.Calculator", "c0ffee")])
}

async fn ask(connection: &Connection, message_type: &str) -> Result<u32, Failure> {
    connection.ask("demo", message_type, &(), NOW).await
}

async fn answer(server: &mut Server, with: u32) {
    let request = server.request().await;
    server.reply(request.id(), &with).await;
}

#[tokio::test]
async fn the_introduction_goes_before_the_first_call_which_does_not_wait_for_it() {
    for codec in CODECS {
        within_time(async {
            let (connection, mut server) = connected(introduced().codec(codec));
            assert_eq!(connection.server(), None);
            let (reply, ()) = join!(ask(&connection, "Ask"), async {
                let Some(Said::Hello { contracts, id }) = server.hear().await else {
                    panic!("expected a hello")
                };
                assert_eq!(
                    contracts.into_iter().collect::<Vec<_>>(),
                    [("demo.Calculator".to_owned(), "c0ffee".to_owned())]
                );
                // The call is answered, the hello is not yet.
                answer(&mut server, 1).await;
                let failure = Failure::new(Code::ProtocolError, "this server knows no controls");
                server.refuse(Some(&id), &failure).await;
            });
            assert_eq!(reply, Ok(1));
            let (reply, ()) = join!(ask(&connection, "Ask"), answer(&mut server, 2));
            assert_eq!(
                reply,
                Ok(2),
                "a server that knows no introductions is served all the same"
            );
            assert_eq!(connection.server(), None);
        })
        .await;
    }
}

#[tokio::test]
async fn what_the_server_says_of_itself_is_known() {
    within_time(async {
        let (connection, mut server) = connected(introduced());
        server.greet("one", 10, &["demo.Calculator"]).await;
        let (reply, ()) = join!(ask(&connection, "Ask"), answer(&mut server, 1));
        assert_eq!(reply, Ok(1), "without a document nothing more happens");
        let welcome = connection.server().unwrap();
        assert_eq!((&*welcome.server, &*welcome.epoch), ("by hand", "one"));
        assert_eq!(welcome.differing, ["demo.Calculator"]);
    })
    .await;
}

#[tokio::test]
async fn a_request_that_is_larger_than_the_server_allows_is_not_sent() {
    within_time(async {
        let (connection, mut server) = connected(introduced());
        server.greet("one", 10, &[]).await;
        let (reply, ()) = join!(ask(&connection, "Ask"), answer(&mut server, 1));
        assert_eq!(reply, Ok(1));
        let large = connection.ask::<_, u32>("demo", "Ask", &"x".repeat(5000), NOW).await;
        assert_eq!(large.unwrap_err().code(), Code::FrameTooLarge);
        let (reply, ()) = join!(ask(&connection, "Ask"), answer(&mut server, 2));
        assert_eq!(reply, Ok(2));
    })
    .await;
}

#[tokio::test]
async fn calls_beyond_what_the_server_allows_wait_for_a_place() {
    within_time(async {
        let (connection, mut server) = connected(introduced());
        server.greet("one", 2, &[]).await;
        let (reply, ()) = join!(ask(&connection, "Ask"), answer(&mut server, 0));
        assert_eq!(reply, Ok(0));

        // A stream that nobody reads has a place like any other.
        let stream = connection.stream::<_, u32>("demo", "Stream", &(), NOW);
        let third = connection.stream::<_, u32>("demo", "Third", &(), NOW);
        let fourth = ask(&connection, "Fourth");
        let dropped = connection.stream::<_, u32>("demo", "Dropped", &(), NOW);
        let served = async {
            let first = server.request().await;
            let second = server.request().await;
            assert_eq!((&*first.message_type, &*second.message_type), ("Stream", "Third"));
            drop(dropped);
            server.item(second.id(), 0, true, &3).await;
            let next = server.request().await;
            assert_eq!(next.message_type, "Fourth", "what was given up is not sent");
            server.reply(next.id(), &4).await;
            first
        };
        let (reply, first) = join!(fourth, served);
        assert_eq!(reply, Ok(4));
        assert_eq!(third.collect::<Vec<_>>().await, [Ok(3)]);

        // A call that was given up has its place until the server has ended it.
        drop(stream);
        assert_eq!(server.hear().await, Some(Said::Cancel(first.id().into())));
        let both = async { join!(ask(&connection, "Fifth"), ask(&connection, "Sixth")) };
        let ((fifth, sixth), ()) = join!(both, async {
            let request = server.request().await;
            server.reply(request.id(), &5).await;
            let request = server.request().await;
            server.reply(request.id(), &6).await;
        });
        assert_eq!((fifth, sixth), (Ok(5), Ok(6)));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_finds_no_place_in_time_was_not_delivered() {
    let (connection, mut server) = connected(introduced());
    server.greet("one", 1, &[]).await;
    let (reply, ()) = join!(ask(&connection, "Ask"), answer(&mut server, 0));
    assert_eq!(reply, Ok(0));
    let stream_of_one = connection.stream::<_, u32>("demo", "Stream", &(), NOW);
    let soon = NOW.timeout(std::time::Duration::from_secs(1));
    let failure = connection.ask::<_, u32>("demo", "Ask", &(), soon).await.unwrap_err();
    assert_eq!((failure.code(), failure.delivered()), (Code::Timeout, Delivered::No));
    assert!(failure.text().contains("not sent within 1s"), "{failure}");
    let stream = server.request().await;
    server.item(stream.id(), 0, true, &1).await;
    // The place is free before the next call comes, and nobody waits for it any more.
    assert_eq!(stream_of_one.collect::<Vec<_>>().await, [Ok(1)]);
    let (reply, ()) = join!(ask(&connection, "Later"), async {
        let request = server.request().await;
        assert_eq!(request.message_type, "Later", "nor is it ever");
        server.reply(request.id(), &2).await;
    });
    assert_eq!(reply, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn calls_that_do_not_fit_the_servers_contracts_fail_before_they_are_sent() {
    for codec in CODECS {
        let mut place = Place::open();
        let options = introduced().document(DOCUMENT).codec(codec);
        let (connection, mut server) = place.connect(options).await;
        for _ in 0..2 {
            // The judgement holds for one connection, and is asked for over each.
            server.greet("one", 10, &["demo.Calculator"]).await;
            let Some(Said::Question { name, id, frame }) = server.hear().await else {
                panic!("expected the document")
            };
            assert_eq!(name, "schema");
            assert_eq!(frame["document"]["contracts"], json!([]));
            assert_eq!(frame.get("open_enums"), None, "its types may be closed");
            let why = "`a` is text here and a number there";
            server
                .reply(&id, &json!({ "refused": { "demo.Calculator.Add": why } }))
                .await;
            let (reply, ()) = join!(ask(&connection, "demo.Calculator.Divide"), answer(&mut server, 1));
            assert_eq!(reply, Ok(1), "the others work");
            let failure = ask(&connection, "demo.Calculator.Add").await.unwrap_err();
            assert_eq!((failure.code(), failure.text()), (Code::SchemaMismatch, why));
            let told = connection.tell("demo", "demo.Calculator.Add", &(), NOW).await;
            assert_eq!(told.unwrap_err().code(), Code::SchemaMismatch);
            let stream = connection.stream::<_, u32>("demo", "demo.Calculator.Add", &(), NOW);
            assert_eq!(stream.collect::<Vec<_>>().await, [Err(failure)]);
            drop(server);
            server = place.accept().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_generated_client_says_that_it_keeps_variants_that_it_does_not_know() {
    for codec in CODECS {
        let options = ConnectOptions::new().made_from(&[("demo.Calculator", "hash")], DOCUMENT);
        let (_connection, mut server) = connected(options.codec(codec));
        server.greet("one", 10, &["demo.Calculator"]).await;
        let Some(Said::Question { name, frame, .. }) = server.hear().await else {
            panic!("expected the document")
        };
        assert_eq!((name.as_str(), &frame["open_enums"]), ("schema", &json!(true)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_subscription_to_an_event_that_would_be_misread_ends_and_says_why() {
    for codec in CODECS {
        let (connection, mut server) = connected(introduced().document(DOCUMENT).codec(codec));
        server.greet("one", 10, &["demo.Calculator"]).await;
        let Some(Said::Question { name, id, .. }) = server.hear().await else {
            panic!("expected the document")
        };
        assert_eq!(name, "schema");
        // They are taken before the server has judged the document.
        let (named, _) = join!(
            connection.subscribe(&["demo.Price", "demo.Trade"]),
            server.accept_subscription()
        );
        let (open, _) = join!(connection.subscribe(&["demo.*"]), server.accept_subscription());
        let (other, _) = join!(connection.subscribe(&["demo.Trade"]), server.accept_subscription());
        let why = "`price` is text here and a number there";
        let judged = json!({ "refused": {}, "withheld": { "demo.Price": why } });
        server.reply(&id, &judged).await;
        let mut named = named.expect("it was taken");
        let failure = named.next().await.expect("it ends with a failure").unwrap_err();
        assert_eq!((failure.code(), failure.text()), (Code::SchemaMismatch, why));
        assert!(named.next().await.is_none());
        server.push("demo.Trade", 0, None, &1).await;
        for going_on in [open, other] {
            let mut going_on = going_on.expect("it was taken");
            let notice = going_on.next().await.expect("it goes on").expect("no failure");
            assert_eq!(notice.event().expect("an event").name(), "demo.Trade");
        }
    }
}

#[tokio::test]
async fn what_is_no_document_is_told_at_once() {
    let mut place = Place::open();
    let options = ConnectOptions::new().document("{}");
    let failure = Connection::connect_with(place.path(), options.clone())
        .await
        .unwrap_err();
    assert_eq!(failure.code(), Code::SerializationError);
    assert!(failure.text().contains("ConnectOptions::document"), "{failure}");
    let (ours, _theirs) = UnixStream::pair().unwrap();
    let connection = Connection::over(ours, options);
    assert!(connection.is_closed());
    assert_eq!(ask(&connection, "Ask").await.unwrap_err().text(), failure.text());
    connection.close().await;
    place.close();
}

#[tokio::test]
async fn a_server_is_asked_about_itself() {
    for codec in CODECS {
        within_time(async {
            let (connection, mut server) = connected(ConnectOptions::new().codec(codec));
            let answers = async {
                for (question, answer) in [
                    ("ping", Value::Null),
                    (
                        "discover",
                        json!({
                            "actors": [{ "name": "calc", "contracts": ["demo.Calculator"] }],
                            "contracts": [], "events": ["demo.Price"],
                        }),
                    ),
                    ("schema", serde_json::from_str(DOCUMENT).unwrap()),
                    (
                        "stats",
                        json!({
                            "since_ms": 1000, "later": true, "refused": {"OfTomorrow": 2, "ActorNotFound": 1},
                            "contracts": {"demo.Calculator": {"methods": {"demo.Calculator.Add": {
                                "started": 3, "succeeded": 2, "failed": {"Timeout": 1}, "latency": {
                                    "count": 1, "min_ns": 7, "mean_ns": 7, "p50_ns": 7, "p90_ns": 7, "p99_ns": 7,
                                    "max_ns": 7_000_000_000_u64,
                                },
                            }}}},
                        }),
                    ),
                ] {
                    let Some(Said::Question { name, id, .. }) = server.hear().await else {
                        panic!("expected a question")
                    };
                    assert_eq!(name, question);
                    server.reply(&id, &answer).await;
                }
            };
            let questions = async {
                assert_eq!(connection.ping().await, Ok(()));
                let found = connection.discover().await.unwrap();
                assert_eq!((&*found.actors[0].name, &*found.events[0]), ("calc", "demo.Price"));
                let document = connection.schema().await.unwrap();
                assert_eq!(document, Document::from_json(DOCUMENT).unwrap());
                // What is not told is zero, and what is new is left out.
                let stats = connection.stats().await.unwrap();
                assert_eq!(stats.since(), UNIX_EPOCH + Duration::from_secs(1));
                assert_eq!((stats.errors, count_of(&stats.refused, Code::ActorNotFound)), (0, 1));
                let add = stats.method("demo.Calculator.Add").unwrap();
                assert_eq!(
                    (add.started, add.in_flight, count_of(&add.failed, Code::Timeout)),
                    (3, 0, 1)
                );
                assert_eq!(add.latency.map(|latency| latency.max), Some(Duration::from_secs(7)));
            };
            join!(questions, answers);
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_the_server_finds_too_large_fails_and_leaves_its_place() {
    for codec in CODECS {
        // It has not introduced itself, so it does not know how much the server takes.
        let (connection, mut server) = connected(ConnectOptions::new().codec(codec));
        let text = "x".repeat(5000);
        let large = connection.ask::<_, u32>("demo", "Large", &text, NOW);
        let larger = connection.stream::<_, u32>("demo", "Larger", &(&text, &text), NOW);
        let (large, small, ()) = join!(large, ask(&connection, "Small"), async {
            for _ in 0..2 {
                assert!(server.request().await.message_type.starts_with("Large"));
            }
            let small = server.request().await;
            let refusal = Failure::new(Code::FrameTooLarge, "too many bytes").with_max_frame(4096);
            server.refuse(None, &refusal).await;
            server.refuse(None, &refusal).await;
            server.reply(small.id(), &1).await;
        });
        assert_eq!(small, Ok(1));
        let large = large.unwrap_err();
        assert_eq!((large.code(), large.delivered()), (Code::FrameTooLarge, Delivered::No));
        let refused: Vec<_> = larger.collect().await;
        assert_eq!(refused[0].as_ref().unwrap_err().code(), Code::FrameTooLarge);
        // The next one is not even sent.
        let large = connection.ask::<_, u32>("demo", "Large", &text, NOW).await;
        assert!(large.unwrap_err().text().contains("more than the 4096"));
        drop(server);
        let lost = ask(&connection, "Small").await.unwrap_err();
        assert!(
            !lost.text().contains("too many bytes"),
            "that was about something else: {lost}"
        );
    }
}
