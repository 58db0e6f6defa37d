use callsheet_client::{CallOptions, Code, ConnectOptions, Connection, Delivered, Document, Failure};
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
    let _stream = connection.stream::<_, u32>("demo", "Stream", &(), NOW);
    let soon = NOW.timeout(std::time::Duration::from_secs(1));
    let failure = connection.ask::<_, u32>("demo", "Ask", &(), soon).await.unwrap_err();
    assert_eq!((failure.code(), failure.delivered()), (Code::Timeout, Delivered::No));
    assert!(failure.text().contains("not sent within 1s"), "{failure}");
    let stream = server.request().await;
    server.item(stream.id(), 0, true, &1).await;
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
            };
            join!(questions, answers);
        })
        .await;
    }
}
