use std::time::Duration;

use callsheet_client::{CallError, CallOptions, Code, ConnectOptions, Connection, Failure, ReplyStream};
use callsheet_wire::write;
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::server::{CODECS, Said, connected, within_time};

const NOW: CallOptions = CallOptions::new();

fn countdown(connection: &Connection) -> ReplyStream<u32> {
    connection.stream("countdown", "demo.Countdown.Countdown", &json!({ "from": 3 }), NOW)
}

#[tokio::test]
async fn items_come_in_order_and_the_last_one_ends_the_stream() {
    for codec in CODECS {
        within_time(async {
            let (connection, mut server) = connected(ConnectOptions::new().codec(codec));
            let mut ticks = countdown(&connection);
            let request = server.request().await;
            assert!(request.expects_stream && !request.expects_reply);
            assert_eq!(request.payload, json!({ "from": 3 }));
            for (sequence, tick) in [3, 2, 1].into_iter().enumerate() {
                server.item(request.id(), sequence as u64, tick == 1, &tick).await;
            }
            let received: Vec<_> = (&mut ticks).collect().await;
            assert_eq!(received, [Ok(3), Ok(2), Ok(1)]);
            assert_eq!(ticks.next().await, None, "it stays at its end");
        })
        .await;
    }
}

#[tokio::test]
async fn an_empty_final_frame_is_no_item_but_a_null_is() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new());
        let nulls: ReplyStream<Option<u32>> = connection.stream("demo", "Nulls", &(), NOW);
        let request = server.request().await;
        server.item(request.id(), 0, false, &()).await;
        server
            .say(|out, codec| write::stream_end(out, codec, request.id(), 1))
            .await;
        assert_eq!(nulls.collect::<Vec<_>>().await, [Ok(None)]);
    })
    .await;
}

#[tokio::test]
async fn an_error_is_the_last_item() {
    for codec in CODECS {
        within_time(async {
            let (connection, mut server) = connected(ConnectOptions::new().codec(codec));
            let ticks: ReplyStream<u32, CallError<String>> = connection.stream_fallible("demo", "Watch", &(), NOW);
            let request = server.request().await;
            server.item(request.id(), 0, false, &7).await;
            let error = |out: &mut Vec<u8>, codec| {
                write::stream_contract_error(out, codec, request.id(), 1, "text", &"over").unwrap();
            };
            server.say(error).await;
            assert_eq!(
                ticks.collect::<Vec<_>>().await,
                [Ok(7), Err(CallError::Contract("over".to_owned()))]
            );

            let ticks = countdown(&connection);
            let request = server.request().await;
            let failure = Failure::new(Code::ActorFailed, "it panicked");
            server
                .say(|out, codec| write::stream_refusal(out, codec, request.id(), 0, &failure))
                .await;
            assert_eq!(ticks.collect::<Vec<_>>().await, [Err(failure)]);
        })
        .await;
    }
}

#[tokio::test]
async fn an_item_of_another_type_ends_the_stream_and_cancels_it() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new());
        let mut ticks = countdown(&connection);
        let request = server.request().await;
        server.item(request.id(), 0, false, &"three").await;
        assert_eq!(
            ticks.next().await.unwrap().unwrap_err().code(),
            Code::SerializationError
        );
        assert_eq!(ticks.next().await, None);
        assert_eq!(server.hear().await, Some(Said::Cancel(request.id().into())));
    })
    .await;
}

#[tokio::test]
async fn only_a_stream_that_runs_is_cancelled_when_it_is_dropped() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new());
        let mut ended = countdown(&connection);
        let request = server.request().await;
        server.item(request.id(), 0, true, &1).await;
        assert_eq!(ended.next().await, Some(Ok(1)));
        drop(ended);
        let mut runs = countdown(&connection);
        let request = server.request().await;
        server.item(request.id(), 0, false, &1).await;
        assert_eq!(runs.next().await, Some(Ok(1)));
        drop(runs);
        assert_eq!(server.hear().await, Some(Said::Cancel(request.id().into())));
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_is_not_read_fails_and_delays_nobody() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new().stream_buffer(1000));
        let neglected: ReplyStream<String> = connection.stream("demo", "Lines", &(), NOW);
        let request = server.request().await;
        for sequence in 0..20 {
            server
                .item(request.id(), sequence, false, &"a line of some twenty")
                .await;
        }
        assert_eq!(server.hear().await, Some(Said::Cancel(request.id().into())));
        let (reply, ()) = tokio::join!(connection.ask::<_, u32>("demo", "Ask", &(), NOW), async {
            let request = server.request().await;
            server.reply(request.id(), &1).await;
        });
        assert_eq!(reply, Ok(1));
        let items: Vec<_> = neglected.collect().await;
        let (last, kept) = items.split_last().unwrap();
        assert_eq!(last.as_ref().unwrap_err().code(), Code::SlowConsumer);
        assert!((1..20).contains(&kept.len()), "kept {}", kept.len());
        assert!(kept.iter().all(Result::is_ok));
    })
    .await;
}

#[tokio::test]
async fn more_items_are_granted_as_they_are_read() {
    for codec in CODECS {
        within_time(async {
            let (connection, mut server) = connected(ConnectOptions::new().codec(codec).stream_window(4));
            let mut ticks = countdown(&connection);
            let request = server.request().await;
            assert_eq!(request.credit, Some(4));
            for sequence in 0..4 {
                server.item(request.id(), sequence, false, &1).await;
            }
            assert_eq!(ticks.next().await, Some(Ok(1)));
            assert_eq!(ticks.next().await, Some(Ok(1)));
            let credit = Said::Credit {
                stream: request.id().into(),
                items: 2,
            };
            assert_eq!(server.hear().await, Some(credit), "half of the window is read");
            assert_eq!(ticks.next().await, Some(Ok(1)));
            server.item(request.id(), 4, true, &1).await;
            assert_eq!(ticks.collect::<Vec<_>>().await, [Ok(1), Ok(1)]);
        })
        .await;
    }
}

#[tokio::test]
async fn without_a_window_no_credit_is_spoken_of() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new().stream_window(0));
        let mut ticks = countdown(&connection);
        let request = server.request().await;
        assert_eq!(request.credit, None);
        for sequence in 0..100 {
            server.item(request.id(), sequence, sequence == 99, &1).await;
        }
        assert_eq!((&mut ticks).collect::<Vec<_>>().await.len(), 100);
        drop((ticks, connection));
        assert_eq!(server.hear().await, None);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_timeout_covers_the_first_item_alone() {
    let options = CallOptions::new().timeout(Duration::from_secs(1));
    let (connection, mut server) = connected(ConnectOptions::new());
    let mut ticks: ReplyStream<u32> = connection.stream("demo", "Ticks", &(), options.clone());
    let request = server.request().await;
    assert_eq!(request.timeout_ms, Some(1000));
    server.item(request.id(), 0, false, &1).await;
    assert_eq!(ticks.next().await, Some(Ok(1)));
    sleep(Duration::from_secs(60)).await;
    server.item(request.id(), 1, true, &2).await;
    assert_eq!(ticks.next().await, Some(Ok(2)));

    let silent: ReplyStream<Value> = connection.stream("demo", "Silent", &(), options);
    let items: Vec<_> = silent.collect().await;
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].as_ref().unwrap_err().code(), Code::Timeout);
    let request = server.request().await;
    assert_eq!(server.hear().await, Some(Said::Cancel(request.id().into())));
}
