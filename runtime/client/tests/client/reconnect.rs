//! A socket that is lost: what becomes of the calls on their way, and of those made meanwhile.

use std::{collections::HashMap, time::Duration};

use callsheet_client::{CallOptions, Code, ConnectOptions, Connection, Delivered, Failure, ReplyStream};
use futures_util::{FutureExt, StreamExt, future::join_all};
use serde_json::json;
use tokio::{
    join,
    time::{Instant, sleep, timeout},
};

use crate::server::{CODECS, Place, Said, Server};

pub(super) const NOW: CallOptions = CallOptions::new();
const SOON: CallOptions = CallOptions::new().timeout(Duration::from_secs(2));

pub(super) async fn ask(connection: &Connection, number: u32) -> Result<u32, Failure> {
    connection.ask("demo", "Double", &number, NOW).await
}

pub(super) async fn answer(server: &mut Server) {
    let request = server.request().await;
    let doubled = request.payload.as_u64().unwrap() * 2;
    server.reply(request.id(), &doubled).await;
}

/// Until the client has seen what became of its socket.
pub(super) async fn until_down(connection: &Connection) {
    while connection.is_connected() {
        sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn calls_made_while_there_is_no_connection_go_over_the_next_in_their_order() {
    for codec in CODECS {
        let mut place = Place::open();
        let (connection, server) = place.connect(ConnectOptions::new().codec(codec)).await;
        place.close();
        drop(server);
        until_down(&connection).await;
        assert!(!connection.is_closed());
        let stream: ReplyStream<u32> = connection.stream("demo", "Stream", &(), NOW);
        let calls = async {
            join!(
                ask(&connection, 1),
                ask(&connection, 2),
                connection.tell("demo", "Tell", &(), NOW)
            )
        };
        let ((first, second, told), ()) = join!(calls, async {
            sleep(Duration::from_secs(7)).await;
            place.reopen();
            let mut server = place.accept().await;
            let request = server.request().await;
            assert_eq!(request.message_type, "Stream");
            server.item(request.id(), 0, true, &3).await;
            answer(&mut server).await;
            answer(&mut server).await;
            assert_eq!(server.request().await.message_type, "Tell");
        });
        assert_eq!((first, second, told), (Ok(2), Ok(4), Ok(())));
        assert_eq!(stream.collect::<Vec<_>>().await, [Ok(3)]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_sent_fails_and_is_not_repeated() {
    let mut place = Place::open();
    let (connection, mut server) = place.connect(ConnectOptions::new()).await;
    let stream: ReplyStream<u32> = connection.stream("demo", "Stream", &(), NOW);
    let (outcome, ()) = join!(ask(&connection, 1), async {
        let request = server.request().await;
        server.item(request.id(), 0, false, &7).await;
        server.request().await;
        drop(server);
    });
    let failure = outcome.unwrap_err();
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::ConnectionClosed, Delivered::Unknown)
    );
    assert_eq!(stream.collect::<Vec<_>>().await, [Ok(7), Err(failure)]);
    let (second, ()) = join!(ask(&connection, 2), async {
        let mut server = place.accept().await;
        let request = server.request().await;
        assert_eq!(request.payload, json!(2), "nothing stands before it");
        server.reply(request.id(), &4).await;
    });
    assert_eq!(second, Ok(4));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_not_written_whole_goes_over_the_next_connection() {
    let mut place = Place::open();
    let (connection, server) = place.connect(ConnectOptions::new()).await;
    // More than the socket takes.
    let text = "x".repeat(2 << 20);
    let stream: ReplyStream<u32> = connection.stream("demo", "Stream", &text, NOW);
    let (outcome, ()) = join!(connection.ask::<_, u32>("demo", "Ask", &text, NOW), async {
        // Its beginning is written by now.
        sleep(Duration::from_millis(1)).await;
        drop(server);
        let mut server = place.accept().await;
        let request = server.request().await;
        assert_eq!((&*request.message_type, &request.payload), ("Stream", &json!(text)));
        server.item(request.id(), 0, true, &1).await;
        let request = server.request().await;
        assert_eq!((&*request.message_type, &request.payload), ("Ask", &json!(text)));
        server.reply(request.id(), &2).await;
    });
    assert_eq!(outcome, Ok(2));
    assert_eq!(stream.collect::<Vec<_>>().await, [Ok(1)]);
}

#[tokio::test(start_paused = true)]
async fn tells_that_were_handed_over_and_not_written_go_over_the_next_connection() {
    const TELLS: u64 = 9;
    let mut place = Place::open();
    let (connection, server) = place.connect(ConnectOptions::new()).await;
    let text = "x".repeat(100_000);
    for number in 0..TELLS {
        connection.tell("demo", "Tell", &(number, &text), NOW).await.unwrap();
    }
    sleep(Duration::from_millis(1)).await;
    drop(server);
    let mut server = place.accept().await;
    let first = server.request().await.payload[0].as_u64().unwrap();
    assert!((1..TELLS).contains(&first), "{first} of them were in the first socket");
    for number in first + 1..TELLS {
        assert_eq!(server.request().await.payload[0], json!(number));
    }
    connection.flush().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_idempotent_call_is_repeated_once() {
    let mut place = Place::open();
    let (connection, mut server) = place.connect(ConnectOptions::new()).await;
    let options = NOW.timeout(Duration::from_secs(10)).idempotent(true);
    let (reply, mut server) = join!(connection.ask::<_, u32>("demo", "Ask", &(), options.clone()), async {
        let first = server.request().await;
        sleep(Duration::from_secs(4)).await;
        drop(server);
        let mut server = place.accept().await;
        let second = server.request().await;
        assert_ne!(first.id, second.id);
        let left = second.timeout_ms.unwrap();
        assert!((5000..=6040).contains(&left), "{left} ms are left of ten seconds");
        server.reply(second.id(), &1).await;
        server
    });
    assert_eq!(reply, Ok(1));

    let (reply, ()) = join!(connection.ask::<_, u32>("demo", "Ask", &(), options), async {
        server.request().await;
        drop(server);
        let mut server = place.accept().await;
        server.request().await;
        drop(server);
        let mut server = place.accept().await;
        assert!(
            timeout(Duration::from_secs(60), server.hear()).await.is_err(),
            "not twice"
        );
    });
    let failure = reply.unwrap_err();
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::ConnectionClosed, Delivered::Unknown)
    );
}

#[tokio::test(start_paused = true)]
async fn what_becomes_of_a_repetition_does_not_tell_what_became_of_the_call() {
    let mut place = Place::open();
    let (connection, mut server) = place.connect(ConnectOptions::new()).await;
    let (reply, mut server) = join!(
        connection.ask::<_, u32>("demo", "Ask", &(), SOON.idempotent(true)),
        async {
            server.request().await;
            drop(server);
            let mut server = place.accept().await;
            let request = server.request().await;
            let busy = Failure::new(Code::TargetBusy, "full");
            server.refuse(request.id.as_deref(), &busy).await;
            server
        }
    );
    let failure = reply.unwrap_err();
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::TargetBusy, Delivered::Unknown)
    );

    let (reply, ()) = join!(
        connection.ask::<_, u32>("demo", "Ask", &(), SOON.idempotent(true)),
        async {
            server.request().await;
            place.close();
            drop(server);
        }
    );
    let failure = reply.unwrap_err();
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::Timeout, Delivered::Unknown)
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_finds_no_connection_in_time_was_not_delivered_and_is_never_sent() {
    let mut place = Place::open();
    let (connection, server) = place.connect(ConnectOptions::new()).await;
    place.close();
    drop(server);
    until_down(&connection).await;
    let start = Instant::now();
    let stream: ReplyStream<u32> = connection.stream("demo", "Stream", &(), SOON);
    let (asked, told, dropped) = join!(
        connection.ask::<_, u32>("demo", "Ask", &(), SOON),
        connection.tell("demo", "Tell", &(), SOON),
        timeout(Duration::from_secs(1), ask(&connection, 1))
    );
    assert!(dropped.is_err());
    let took = start.elapsed();
    assert!(
        (Duration::from_secs(2)..Duration::from_millis(2050)).contains(&took),
        "{took:?}"
    );
    let streamed = stream.collect::<Vec<_>>().await.remove(0);
    for failure in [asked.unwrap_err(), told.unwrap_err(), streamed.unwrap_err()] {
        assert_eq!((failure.code(), failure.delivered()), (Code::Timeout, Delivered::No));
        assert!(failure.is_retryable());
        let text = failure.text();
        assert!(text.contains("within 2s") && text.contains("demo.sock"), "{failure}");
    }
    place.reopen();
    let (reply, ()) = join!(ask(&connection, 5), async {
        let mut server = place.accept().await;
        let request = server.request().await;
        assert_eq!(request.payload, json!(5), "nothing stands before it");
        server.reply(request.id(), &10).await;
    });
    assert_eq!(reply, Ok(10));
}

#[tokio::test(start_paused = true)]
async fn after_a_goodbye_calls_in_flight_are_answered_and_others_wait_for_the_next_connection() {
    let mut place = Place::open();
    let (connection, mut server) = place.connect(ConnectOptions::new()).await;
    let mut stream: ReplyStream<u32> = connection.stream("demo", "Stream", &(), NOW);
    let running = server.request().await;
    server.item(running.id(), 0, false, &1).await;
    assert_eq!(stream.next().await, Some(Ok(1)));

    let (first, mut server) = join!(ask(&connection, 1), async {
        let request = server.request().await;
        server.say_goodbye().await;
        until_down(&connection).await;
        let late = async { join!(ask(&connection, 2), connection.tell("demo", "Tell", &(), NOW)) };
        let served = async {
            assert!(timeout(Duration::from_millis(500), server.hear()).await.is_err());
            server.reply(request.id(), &2).await;
            server.item(running.id(), 1, true, &2).await;
            assert!(timeout(Duration::from_millis(500), server.hear()).await.is_err());
            drop(server);
            let mut server = place.accept().await;
            answer(&mut server).await;
            assert_eq!(server.request().await.message_type, "Tell");
            server
        };
        let ((second, told), server) = join!(late, served);
        assert_eq!((second, told), (Ok(4), Ok(())));
        server
    });
    assert_eq!(first, Ok(2));
    assert_eq!(stream.next().await, Some(Ok(2)));
    assert_eq!(stream.next().await, None);

    // What is given up is still told to a server that is leaving.
    let stream: ReplyStream<u32> = connection.stream("demo", "Stream", &(), NOW);
    let running = server.request().await;
    server.say_goodbye().await;
    until_down(&connection).await;
    drop(stream);
    assert_eq!(server.hear().await, Some(Said::Cancel(running.id().into())));
}

#[tokio::test(start_paused = true)]
async fn what_was_not_written_when_the_server_said_goodbye_goes_over_the_next_connection() {
    let mut place = Place::open();
    let (connection, mut server) = place.connect(ConnectOptions::new()).await;
    let text = "x".repeat(2 << 20);
    let (outcome, ()) = join!(
        async {
            join!(
                connection.ask::<_, u32>("demo", "First", &text, NOW),
                connection.ask::<_, u32>("demo", "Second", &text, NOW),
            )
        },
        async {
            sleep(Duration::from_millis(1)).await;
            server.say_goodbye().await;
            until_down(&connection).await;
            // The one that is partly written is written to its end.
            let request = server.request().await;
            assert_eq!(request.message_type, "First");
            server.reply(request.id(), &1).await;
            assert!(timeout(Duration::from_millis(500), server.hear()).await.is_err());
            drop(server);
            let mut server = place.accept().await;
            let request = server.request().await;
            assert_eq!((&*request.message_type, &request.payload), ("Second", &json!(text)));
            server.reply(request.id(), &2).await;
        }
    );
    assert_eq!(outcome, (Ok(1), Ok(2)));
}

#[tokio::test(start_paused = true)]
async fn a_thousand_calls_over_twenty_losses_have_one_outcome_each() {
    const CALLS: u32 = 1000;
    const LOSSES: usize = 20;
    let mut place = Place::open();
    let options = ConnectOptions::new().backoff(Duration::from_millis(1), Duration::from_millis(20));
    let (connection, first) = place.connect(options).await;
    let serve = async {
        // How often each number was heard and answered.
        let mut heard: HashMap<u32, (u32, u32)> = HashMap::new();
        let mut server = first;
        for _ in 0..LOSSES {
            let mut requests = Vec::new();
            while requests.len() < 10 {
                let request = server.request().await;
                heard.entry(request.payload.as_u64().unwrap() as u32).or_default().0 += 1;
                requests.push(request);
            }
            // Some are answered, in another order than they came.
            for request in requests.iter().rev().step_by(2) {
                let number = request.payload.as_u64().unwrap() as u32;
                server.reply(request.id(), &(number * 2)).await;
                heard.entry(number).or_default().1 += 1;
            }
            // What is answered arrives: the client reads before it learns of the loss.
            drop(server);
            server = place.accept().await;
        }
        loop {
            match timeout(Duration::from_secs(5), server.hear()).await {
                Ok(Some(Said::Request(request))) => {
                    let number = request.payload.as_u64().unwrap() as u32;
                    server.reply(request.id(), &(number * 2)).await;
                    let heard = heard.entry(number).or_default();
                    (heard.0, heard.1) = (heard.0 + 1, heard.1 + 1);
                }
                Ok(other) => panic!("expected a request, heard {other:?}"),
                Err(_) => return heard,
            }
        }
    };
    let calls = join_all((0..CALLS).map(|number| {
        let connection = &connection;
        async move {
            sleep(Duration::from_millis(u64::from(number))).await;
            ask(connection, number).await
        }
    }));
    let (outcomes, heard) = join!(calls, serve);
    let mut lost = 0;
    for (number, outcome) in (0..CALLS).zip(outcomes) {
        let (times_heard, times_answered) = heard.get(&number).copied().unwrap_or_default();
        assert!(times_heard <= 1, "{number} was repeated");
        match outcome {
            Ok(doubled) => assert_eq!((doubled, times_answered), (number * 2, 1)),
            Err(failure) => {
                assert_eq!(
                    (failure.code(), failure.delivered(), times_answered),
                    (Code::ConnectionClosed, Delivered::Unknown, 0),
                    "{number}: {failure}"
                );
                lost += 1;
            }
        }
    }
    assert!(lost >= LOSSES as u32 * 5, "{lost} were lost");
    assert!(connection.ping().now_or_never().is_none(), "the connection works on");
}
