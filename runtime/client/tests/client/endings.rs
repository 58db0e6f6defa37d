use std::{os::unix::net::UnixStream as Socket, time::Duration};

use callsheet_client::{CallOptions, Code, ConnectOptions, Connection, Delivered, Failure};
use futures_util::StreamExt;
use tokio::{join, net::UnixStream, runtime::Builder};

use crate::server::{Said, connected, within_time};

const NOW: CallOptions = CallOptions::new();

async fn ask(connection: &Connection) -> Result<u32, Failure> {
    connection.ask("demo", "Ask", &(), NOW).await
}

#[tokio::test]
async fn what_is_in_flight_fails_when_the_server_hangs_up() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new());
        let (subscription, _) = join!(connection.subscribe(&["demo.Event"]), server.accept_subscription());
        let mut subscription = subscription.unwrap();
        let stream = connection.stream::<_, u32>("demo", "Stream", &(), NOW);
        let (outcome, ()) = join!(ask(&connection), async {
            let request = server.request().await;
            server.item(request.id(), 0, false, &1).await;
            server.request().await;
            drop(server);
        });
        let failure = outcome.unwrap_err();
        assert_eq!(
            (failure.code(), failure.delivered()),
            (Code::ConnectionClosed, Delivered::Unknown)
        );
        let items: Vec<_> = stream.collect().await;
        assert_eq!(items[0], Ok(1));
        assert_eq!(items[1].as_ref().unwrap_err().code(), Code::ConnectionClosed);
        assert_eq!(items.len(), 2);
        assert_eq!(
            subscription.next().await.unwrap().unwrap_err().code(),
            Code::ConnectionClosed
        );
        assert!(subscription.next().await.is_none());

        assert!(connection.is_closed());
        let later = ask(&connection).await.unwrap_err();
        assert_eq!(
            (later.code(), later.delivered()),
            (Code::ConnectionClosed, Delivered::No)
        );
        assert!(later.is_retryable());
    })
    .await;
}

#[tokio::test]
async fn the_last_words_of_a_server_that_hangs_up_are_the_reason() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new());
        server
            .refuse(None, &Failure::new(Code::LimitExceeded, "too many connections"))
            .await;
        drop(server);
        assert_eq!(ask(&connection).await.unwrap_err().code(), Code::LimitExceeded);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_breaks_the_protocol_is_left() {
    use tokio::io::AsyncWriteExt;
    for (bytes, said) in [
        (&b"\0\0\0\x04oops"[..], "cannot be read"),
        (&b"\x7f\xff\xff\xff"[..], "more than the 1024"),
        (&b"\0\0\0\x14{\"message_types\":[]} "[..], "only clients send"),
    ] {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let connection = Connection::over(ours, ConnectOptions::new().frame_limit(1024));
        theirs.write_all(bytes).await.unwrap();
        let failure = within_time(ask(&connection)).await.unwrap_err();
        assert_eq!(failure.code(), Code::ConnectionClosed);
        assert!(failure.text().contains(said), "{failure}");
    }
}

#[tokio::test]
async fn it_closes_when_its_last_owner_is_gone() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new());
        let stream = connection.clone().stream::<_, u32>("demo", "Stream", &(), NOW);
        connection.tell("demo", "Tell", &(), NOW).await.unwrap();
        drop(connection);
        let request = server.request().await;
        assert_eq!(server.request().await.message_type, "Tell");
        server.item(request.id(), 0, false, &1).await;
        let mut stream = stream;
        assert_eq!(stream.next().await, Some(Ok(1)), "the stream keeps it open");
        drop(stream);
        assert_eq!(
            server.hear().await,
            Some(Said::Cancel(request.id().into())),
            "written before it closes"
        );
        assert_eq!(server.hear().await, None);
    })
    .await;
}

#[tokio::test]
async fn close_ends_the_calls_of_every_clone() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new());
        let other = connection.clone();
        let (outcome, ()) = join!(ask(&other), async {
            server.request().await;
            connection.tell("demo", "Tell", &(), NOW).await.unwrap();
            connection.close().await;
        });
        assert_eq!(outcome.unwrap_err().code(), Code::ConnectionClosed);
        assert!(other.is_closed());
        assert_eq!(server.request().await.message_type, "Tell");
        assert_eq!(server.hear().await, None);
        connection.close().await;
    })
    .await;
}

#[test]
fn calls_end_when_the_runtime_that_drives_the_connection_does() {
    let (ours, _theirs) = Socket::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    let runtime = || Builder::new_current_thread().enable_all().build().unwrap();
    let drives = runtime();
    let connection =
        drives.block_on(async { Connection::over(UnixStream::from_std(ours).unwrap(), ConnectOptions::new()) });
    let outcome = runtime().block_on(within_time(async {
        join!(ask(&connection), async {
            drives.shutdown_background();
        })
        .0
    }));
    let failure = outcome.unwrap_err();
    assert_eq!(failure.code(), Code::ConnectionClosed);
    assert!(failure.text().contains("runtime"), "{failure}");
}

#[tokio::test]
async fn nobody_listens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nobody.sock");
    let options = ConnectOptions::new().timeout(Duration::from_secs(5));
    let failure = Connection::connect_with(&path, options).await.unwrap_err();
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::ConnectionClosed, Delivered::No)
    );
    assert!(failure.text().contains("nobody.sock"), "{failure}");
}
