use std::{path::PathBuf, sync::mpsc, thread, time::Duration};

use callsheet_client::{CallOptions, Code, Codec, ConnectOptions, Delivered, Failure, blocking::Connection};
use callsheet_wire::write;
use tempfile::TempDir;
use tokio::{net::UnixListener, runtime::Builder};

use crate::server::{Said, Server};

const NOW: CallOptions = CallOptions::new();

/// A server in a thread of its own that doubles what it is asked, counts down what is streamed, and keeps silent when
/// it is asked for `Silence`. Its result is the name of each request.
fn serving() -> (TempDir, PathBuf, thread::JoinHandle<Vec<String>>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.sock");
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let listener = {
        let _inside = runtime.enter();
        UnixListener::bind(&path).unwrap()
    };
    let serve = async move {
        let mut server = Server::new(listener.accept().await.unwrap().0, Codec::Json);
        let mut heard = Vec::new();
        while let Some(said) = server.hear().await {
            let request = match said {
                Said::Request(request) => request,
                Said::Subscribe { names, id } => {
                    server.reply(&id, &serde_json::json!({ "subscribed": {} })).await;
                    server.push(&names[0], 0, None, &7).await;
                    continue;
                }
                _ => continue,
            };
            heard.push(request.message_type.clone());
            let number = request.payload.as_u64().unwrap_or(0);
            if request.expects_stream {
                for left in (1..=number).rev() {
                    server.item(request.id(), number - left, false, &left).await;
                }
                server
                    .say(|out, codec| write::stream_end(out, codec, request.id(), number))
                    .await;
            } else if request.expects_reply && request.message_type != "Silence" {
                server.reply(request.id(), &(number * 2)).await;
            }
        }
        heard
    };
    let handle = thread::spawn(move || runtime.block_on(serve));
    (folder, path, handle)
}

#[test]
fn threads_share_a_connection() {
    let (_folder, path, server) = serving();
    let connection = Connection::connect_with(&path, ConnectOptions::new().timeout(Duration::from_secs(10))).unwrap();
    thread::scope(|scope| {
        for thread in 0..4_u64 {
            let connection = connection.clone();
            scope.spawn(move || {
                for number in 0..50 {
                    let number = thread * 1000 + number;
                    assert_eq!(connection.ask("demo", "Double", &number, NOW), Ok(number * 2));
                }
            });
        }
    });
    drop(connection);
    assert_eq!(server.join().unwrap().len(), 200);
}

#[test]
fn every_kind_of_call_works() {
    let (_folder, path, server) = serving();
    let connection = Connection::connect(&path).unwrap();
    let items: Vec<Result<u64, Failure>> = connection.stream("demo", "Countdown", &3, NOW).collect();
    assert_eq!(items, [Ok(3), Ok(2), Ok(1)]);
    let mut events = connection.subscribe(&["demo.Event"]).unwrap().decoded::<u64>();
    let event = events.next().unwrap().unwrap().event().unwrap();
    assert_eq!(event.into_inner(), 7);
    connection.tell("demo", "Tell", &(), NOW).unwrap();
    let soon = CallOptions::new().timeout(Duration::from_millis(50));
    assert_eq!(
        connection
            .ask::<_, u64>("demo", "Silence", &(), soon)
            .unwrap_err()
            .code(),
        Code::Timeout
    );
    connection.close().unwrap();
    assert_eq!(events.next().unwrap().unwrap_err().code(), Code::ConnectionClosed);
    assert!(events.next().is_none());
    assert_eq!(server.join().unwrap(), ["Countdown", "Tell", "Silence"]);
}

#[test]
fn a_lost_connection_is_made_anew_by_whoever_calls_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.sock");
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let listener = {
        let _inside = runtime.enter();
        UnixListener::bind(&path).unwrap()
    };
    // One request over each connection: the second is answered.
    let serve = async move {
        let mut first = Server::new(listener.accept().await.unwrap().0, Codec::Json);
        first.request().await;
        drop(first);
        let mut second = Server::new(listener.accept().await.unwrap().0, Codec::Json);
        let request = second.request().await;
        second.reply(request.id(), &2).await;
    };
    let server = thread::spawn(move || runtime.block_on(serve));
    let connection = Connection::connect(&path).unwrap();
    let lost = connection.ask::<_, u64>("demo", "Double", &1, NOW).unwrap_err();
    assert_eq!(
        (lost.code(), lost.delivered()),
        (Code::ConnectionClosed, Delivered::Unknown)
    );
    assert_eq!(connection.ask("demo", "Double", &1, NOW), Ok(2));
    server.join().unwrap();
}

#[test]
fn a_tell_is_written_before_it_returns() {
    let (_folder, path, server) = serving();
    let connection = Connection::connect(&path).unwrap();
    connection.tell("demo", "Tell", &(), NOW).unwrap();
    drop(connection);
    assert_eq!(server.join().unwrap(), ["Tell"]);
}

#[test]
fn within_async_code_it_fails_and_neither_hangs_nor_panics() {
    let (_folder, path, server) = serving();
    let connection = Connection::connect(&path).unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async move {
        assert_eq!(Connection::connect(&path).unwrap_err().code(), Code::Internal);
        let failure = connection.ask::<_, u64>("demo", "Double", &1, NOW).unwrap_err();
        assert!(failure.text().contains("async"), "{failure}");
        let mut stream = connection.stream::<_, u64>("demo", "Countdown", &1, NOW);
        assert!(stream.next().unwrap().is_err());
        drop(stream);
        drop(connection);
    });
    server.join().unwrap();
}

#[test]
fn in_a_thread_of_spawn_blocking_it_works() {
    let (_folder, path, server) = serving();
    let runtime = Builder::new_multi_thread().build().unwrap();
    let asked = runtime.spawn(async {
        tokio::task::spawn_blocking(move || Connection::connect(path)?.ask::<_, u64>("demo", "Double", &21, NOW)).await
    });
    assert_eq!(runtime.block_on(asked).unwrap().unwrap(), Ok(42));
    server.join().unwrap();
}

#[test]
fn a_stream_that_is_dropped_is_cancelled_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.sock");
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let listener = {
        let _inside = runtime.enter();
        UnixListener::bind(&path).unwrap()
    };
    let (told, heard) = mpsc::channel();
    let server = thread::spawn(move || {
        runtime.block_on(async {
            let mut server = Server::new(listener.accept().await.unwrap().0, Codec::Json);
            let request = server.request().await;
            server.item(request.id(), 0, false, &1).await;
            assert_eq!(server.hear().await, Some(Said::Cancel(request.id().to_owned())));
            told.send(()).unwrap();
            // The client is still there, and has made no other call.
            assert_eq!(server.hear().await, None);
        });
    });
    let connection = Connection::connect(&path).unwrap();
    let mut stream = connection.stream::<_, u64>("demo", "Countdown", &3, NOW);
    assert_eq!(stream.next(), Some(Ok(1)));
    drop(stream);
    heard.recv_timeout(Duration::from_secs(10)).unwrap();
    drop(connection);
    server.join().unwrap();
}
