use std::{pin::pin, time::Duration};

use callsheet_client::{CallError, CallOptions, Code, ConnectOptions, Connection, Delivered, Failure};
use futures_util::{FutureExt, future::join_all};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::json;
use tokio::{join, time::Instant};

use crate::server::{CODECS, Request, Said, Server, connected, within_time};

#[derive(Serialize)]
struct Add {
    a: i64,
    b: i64,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
enum MathError {
    DivisionByZero { numerator: f64 },
}

const NOW: CallOptions = CallOptions::new();

async fn add(connection: &Connection, a: i64, b: i64) -> Result<i64, Failure> {
    connection
        .ask("calculator", "demo.Calculator.Add", &Add { a, b }, NOW)
        .await
}

/// Another call works: the connection took no harm.
async fn works(connection: &Connection, server: &mut Server) {
    let (sum, ()) = join!(add(connection, 20, 22), async {
        let request = server.request().await;
        assert_eq!(request.payload, json!({ "a": 20, "b": 22 }), "nothing stands before it");
        server.reply(request.id(), &42).await;
    });
    assert_eq!(sum, Ok(42));
}

#[tokio::test]
async fn an_ask_returns_its_reply_in_both_codecs() {
    for codec in CODECS {
        let (connection, mut server) = connected(ConnectOptions::new().codec(codec));
        let (sum, request) = within_time(async {
            join!(add(&connection, 5, 3), async {
                let request = server.request().await;
                server.reply(request.id(), &8).await;
                request
            })
        })
        .await;
        assert_eq!(sum, Ok(8));
        let expected = Request {
            target: "calculator".into(),
            message_type: "demo.Calculator.Add".into(),
            payload: json!({ "a": 5, "b": 3 }),
            id: Some("1".into()),
            expects_reply: true,
            expects_stream: false,
            timeout_ms: Some(30_000),
            credit: None,
            meta: None,
        };
        assert_eq!(request, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replies_reach_their_calls_in_any_order() {
    const CALLS: i64 = 200;
    let (connection, mut server) = connected(ConnectOptions::new());
    let server = tokio::spawn(async move {
        let mut requests = Vec::new();
        for _ in 0..CALLS {
            requests.push(server.request().await);
        }
        for request in requests.iter().rev() {
            server
                .reply(request.id(), &(request.payload["a"].as_i64().unwrap() * 2))
                .await;
        }
        server
    });
    let calls = (0..CALLS).map(|a| {
        let connection = connection.clone();
        tokio::spawn(async move { add(&connection, a, 0).await.unwrap() })
    });
    let doubled: Vec<i64> = within_time(join_all(calls))
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(doubled, (0..CALLS).map(|a| a * 2).collect::<Vec<_>>());
    drop(server.await.unwrap());
}

#[tokio::test]
async fn a_declared_error_is_told_from_a_failure() {
    for codec in CODECS {
        within_time(async {
            let (connection, mut server) = connected(ConnectOptions::new().codec(codec));
            let declared = MathError::DivisionByZero { numerator: 1.5 };
            let (outcome, ()) = join!(
                connection.ask_fallible::<_, f64, MathError>("calculator", "Divide", &(), NOW),
                async {
                    let request = server.request().await;
                    server.declare(request.id(), &declared).await;
                }
            );
            assert_eq!(outcome, Err(CallError::Contract(declared)));

            let (outcome, ()) = join!(
                connection.ask_fallible::<_, f64, MathError>("calculator", "Divide", &(), NOW),
                async {
                    let request = server.request().await;
                    server
                        .refuse(request.id.as_deref(), &Failure::new(Code::TargetBusy, "full"))
                        .await;
                }
            );
            let Err(CallError::Failure(failure)) = outcome else {
                panic!("expected a failure, got {outcome:?}")
            };
            assert_eq!((failure.code(), failure.is_retryable()), (Code::TargetBusy, true));
        })
        .await;
    }
}

#[tokio::test]
async fn an_undeclared_contract_error_is_a_failure() {
    let (connection, mut server) = connected(ConnectOptions::new());
    let (outcome, ()) = join!(add(&connection, 1, 2), async {
        let request = server.request().await;
        server.declare(request.id(), &"new in this version").await;
    });
    assert_eq!(outcome.unwrap_err().code(), Code::ContractError);
}

#[tokio::test]
async fn a_reply_of_another_type_names_the_fault() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "never decoded")]
    struct Sum {
        sum: i64,
    }
    let (connection, mut server) = connected(ConnectOptions::new());
    let (outcome, ()) = join!(connection.ask::<_, Sum>("calculator", "Add", &(), NOW), async {
        let request = server.request().await;
        server.reply(request.id(), &json!({ "sum": "eight" })).await;
    });
    let failure = outcome.unwrap_err();
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::SerializationError, Delivered::Yes)
    );
    assert_eq!(failure.path(), Some("reply.sum"));
}

#[tokio::test]
async fn what_cannot_be_encoded_is_never_sent() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new().frame_limit(4096));
        let not_a_number = connection
            .ask::<_, f64>("calculator", "Divide", &json_unsafe(f64::NAN), NOW)
            .await;
        assert_eq!(not_a_number.unwrap_err().code(), Code::SerializationError);
        let too_large = connection
            .ask::<_, f64>("calculator", "Divide", &"x".repeat(5000), NOW)
            .await;
        let too_large = too_large.unwrap_err();
        assert_eq!(
            (too_large.code(), too_large.delivered()),
            (Code::FrameTooLarge, Delivered::No)
        );
        works(&connection, &mut server).await;
    })
    .await;
}

#[derive(Serialize)]
struct Operands {
    a: f64,
}

fn json_unsafe(a: f64) -> Operands {
    Operands { a }
}

#[tokio::test]
async fn a_message_that_panics_while_it_is_encoded_harms_no_other_call() {
    struct Panics;
    impl Serialize for Panics {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("the message panics, as the test wants it")
        }
    }
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new());
        let call = connection.ask::<_, ()>("calculator", "Panic", &Panics, NOW);
        assert!(std::panic::AssertUnwindSafe(call).catch_unwind().await.is_err());
        works(&connection, &mut server).await;
    })
    .await;
}

#[tokio::test]
async fn a_call_that_is_never_polled_is_never_sent() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new());
        drop(add(&connection, 1, 2));
        works(&connection, &mut server).await;
    })
    .await;
}

#[tokio::test]
async fn a_dropped_call_is_cancelled_and_its_late_reply_ignored() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new());
        let request = {
            let mut call = pin!(add(&connection, 1, 2));
            tokio::select! {
                _ = &mut call => panic!("nobody replied"),
                request = server.request() => request,
            }
        };
        assert_eq!(server.hear().await, Some(Said::Cancel(request.id().into())));
        server.reply(request.id(), &3).await;
        works(&connection, &mut server).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_timeout_fails_the_call_at_once_and_cancels_it() {
    let (connection, mut server) = connected(ConnectOptions::new());
    let start = Instant::now();
    let options = CallOptions::new().timeout(Duration::from_millis(1500));
    let (outcome, request) = join!(
        connection.ask::<_, i64>("calculator", "Add", &(), options),
        server.request()
    );
    let failure = outcome.unwrap_err();
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::Timeout, Delivered::Unknown)
    );
    assert_eq!(failure.text(), "no answer within 1.5s");
    let took = start.elapsed();
    assert!(
        (Duration::from_millis(1500)..=Duration::from_millis(1540)).contains(&took),
        "took {took:?}"
    );
    assert_eq!(request.timeout_ms, Some(1500));
    assert_eq!(server.hear().await, Some(Said::Cancel(request.id().into())));
    server.reply(request.id(), &3).await;
    works(&connection, &mut server).await;
}

#[tokio::test]
async fn a_tell_has_no_id_and_no_reply() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new());
        connection
            .tell("logger", "demo.Logger.Log", &json!({ "text": "hello" }), NOW)
            .await
            .unwrap();
        connection.flush().await.unwrap();
        let request = server.request().await;
        assert_eq!(request.payload, json!({ "text": "hello" }));
        assert_eq!(
            (request.id, request.expects_reply, request.expects_stream),
            (None, false, false)
        );
        works(&connection, &mut server).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_sent_along_goes_with_every_kind_of_call() {
    for codec in CODECS {
        within_time(async {
            let (connection, mut server) = connected(ConnectOptions::new().codec(codec));
            let options = NOW.meta([("tenant", "acme")]);
            connection.tell("demo", "Tell", &(), options.clone()).await.unwrap();
            let _stream = connection.stream::<_, ()>("demo", "Stream", &(), options.clone());
            let (reply, ()) = join!(connection.ask::<_, ()>("demo", "Ask", &(), options), async {
                for _ in 0..3 {
                    let request = server.request().await;
                    assert_eq!(request.meta, Some(json!({ "tenant": "acme" })));
                    if request.expects_reply {
                        server.reply(request.id(), &()).await;
                    }
                }
            });
            assert_eq!(reply, Ok(()));
        })
        .await;
    }
}

#[tokio::test]
async fn tells_wait_for_a_server_that_is_slower() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new());
        let text = "x".repeat(100_000);
        let tells = async {
            for _ in 0..100 {
                connection.tell("logger", "Log", &text, NOW).await.unwrap();
            }
        };
        let heard = async {
            for _ in 0..100 {
                assert_eq!(server.request().await.payload, json!(text));
            }
        };
        join!(tells, heard);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_tell_that_finds_no_room_fails_in_time() {
    let (connection, server) = connected(ConnectOptions::new());
    let text = "x".repeat(100_000);
    let failure = loop {
        if let Err(failure) = connection.tell("logger", "Log", &text, NOW).await {
            break failure;
        }
    };
    assert_eq!((failure.code(), failure.delivered()), (Code::Timeout, Delivered::No));
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlines_pass_though_the_server_never_stops_talking() {
    within_time(async {
        let (connection, server) = connected(ConnectOptions::new());
        let flood = tokio::spawn(server.flood());
        let soon = NOW.timeout(Duration::from_millis(50));
        let failure = connection.ask::<_, u32>("demo", "Ask", &(), soon).await.unwrap_err();
        assert_eq!(failure.code(), Code::Timeout);
        flood.abort();
    })
    .await;
}
