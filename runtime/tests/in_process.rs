//! Clients in the process itself, over a pair of sockets.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{future::Future, io::ErrorKind, sync::Arc, thread, time::Duration};

use callsheet::{
    CallError, Code, Failure, InProcessListener, ListenError, ListenerOptions, Runtime, Streaming, actor_contract,
    contract_type,
};
use callsheet_client::{CallOptions, Codec, ConnectOptions, Connection, ReplyStream};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    runtime::Builder,
    sync::Notify,
    time::{Instant, sleep, timeout},
};

#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    Full,
}

#[actor_contract(namespace = "test")]
pub trait Shelf {
    fn count(&self, to: u32) -> Streaming<u32>;
    fn put(&mut self, text: String) -> Result<u64, Trouble>;
    /// Waits until it is let on.
    async fn hold(&self) -> u64;
    /// Takes a while.
    async fn rest(&self, ms: u64);
}

#[derive(Default)]
struct Crate {
    texts: Vec<String>,
    entered: Arc<Notify>,
    on: Arc<Notify>,
}

impl Shelf for Crate {
    fn count(&self, to: u32) -> Streaming<u32> {
        Streaming::iter(0..to)
    }
    fn put(&mut self, text: String) -> Result<u64, Trouble> {
        if self.texts.len() == 2 {
            return Err(Trouble::Full);
        }
        self.texts.push(text);
        Ok(self.texts.len() as u64)
    }
    async fn hold(&self) -> u64 {
        self.entered.notify_one();
        self.on.notified().await;
        7
    }
    async fn rest(&self, ms: u64) {
        sleep(Duration::from_millis(ms)).await;
    }
}

/// A runtime with an exposed box and a hidden one, served in the process.
struct Server {
    runtime: Runtime,
    listener: InProcessListener,
    entered: Arc<Notify>,
    on: Arc<Notify>,
}

impl Server {
    async fn start(options: ListenerOptions) -> Self {
        let runtime = Runtime::launch().expect("inside tokio");
        let (entered, on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let made = (Arc::clone(&entered), Arc::clone(&on));
        let make = move || Crate {
            texts: Vec::new(),
            entered: Arc::clone(&made.0),
            on: Arc::clone(&made.1),
        };
        let shown = runtime.actor("box", make).serves(Shelf).expose();
        shown.start().await.expect("the name is free");
        let hidden = runtime.actor("hidden", Crate::default).serves(Shelf);
        hidden.start().await.expect("the name is free");
        let listener = runtime.listen_in_process(options);
        Server {
            runtime,
            listener,
            entered,
            on,
        }
    }

    fn connect(&self) -> Connection {
        self.connect_with(ConnectOptions::new())
    }

    fn connect_with(&self, options: ConnectOptions) -> Connection {
        Connection::over(self.listener.connect().expect("it listens"), options)
    }
}

async fn ask(connection: &Connection, target: &str, method: &str, payload: Value) -> Result<Value, Failure> {
    let name = format!("test.Shelf.{method}");
    connection.ask(target, &name, &payload, CallOptions::new()).await
}

async fn hold(connection: &Connection) -> Result<Value, Failure> {
    ask(connection, "box", "Hold", json!({})).await
}

/// So long anything in these tests may take.
async fn within<T>(future: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(10), future)
        .await
        .expect("it is done in time")
}

/// The next frame that a peer gets which has sent none, or one in JSON.
async fn received(socket: &mut UnixStream) -> Value {
    let length = within(socket.read_u32()).await.expect("a frame follows");
    let mut frame = vec![0; length as usize];
    within(socket.read_exact(&mut frame))
        .await
        .expect("the whole frame follows");
    serde_json::from_slice(&frame).expect("a frame in JSON")
}

fn code(ended: Result<Value, Failure>) -> Code {
    ended.expect_err("it fails").code()
}

#[tokio::test]
async fn clients_ask_and_stream_in_both_codecs() {
    let server = Server::start(ListenerOptions::in_process()).await;
    for codec in [Codec::Json, Codec::MessagePack] {
        let connection = server.connect_with(ConnectOptions::new().codec(codec));
        assert!(ask(&connection, "box", "Put", json!({"text": "a"})).await.is_ok());
        let items: ReplyStream<u32> =
            connection.stream("box", "test.Shelf.Count", &json!({"to": 3}), CallOptions::new());
        let items: Vec<_> = items.map(|item| item.expect("it opens")).collect().await;
        assert_eq!(items, [0, 1, 2]);
    }
    let connection = server.connect();
    let full: Result<u64, CallError<Trouble>> = connection
        .ask_fallible("box", "test.Shelf.Put", &json!({"text": "c"}), CallOptions::new())
        .await;
    assert_eq!(full, Err(CallError::Contract(Trouble::Full)));
}

#[tokio::test]
async fn only_what_is_exposed_is_reached() {
    let server = Server::start(ListenerOptions::in_process()).await;
    let connection = server.connect();
    assert_eq!(
        code(ask(&connection, "hidden", "Rest", json!({"ms": 0})).await),
        Code::ActorNotFound
    );
}

#[tokio::test]
async fn a_connection_has_the_limits_of_the_options() {
    let options = ListenerOptions::in_process().max_frame(200).max_in_flight(1);
    let server = Server::start(options).await;
    let mut socket = server.listener.connect().expect("it listens");
    let mut long = 300_u32.to_be_bytes().to_vec();
    long.resize(4 + 300, b'{');
    within(socket.write_all(&long)).await.expect("it is read");
    let answer = received(&mut socket).await;
    assert_eq!(answer["error_code"], "FrameTooLarge");

    let connection = server.connect();
    let second = async {
        server.entered.notified().await;
        let refused = ask(&connection, "box", "Rest", json!({"ms": 0})).await;
        server.on.notify_one();
        refused
    };
    let (held, refused) = within(async { tokio::join!(hold(&connection), second) }).await;
    assert_eq!((held, code(refused)), (Ok(json!(7)), Code::LimitExceeded));
    assert_eq!(server.listener.stats().errors, 2);
}

#[tokio::test]
async fn so_many_connections_may_be_open_and_no_more() {
    let server = Server::start(ListenerOptions::in_process().max_connections(1)).await;
    let first = server.connect();
    assert!(ask(&first, "box", "Rest", json!({"ms": 0})).await.is_ok());
    let known = server.listener.detailed_stats();
    assert_eq!(known.method("test.Shelf.Rest").map(|rest| rest.succeeded), Some(1));
    assert_eq!(first.stats().await, Ok(known));
    let mut second = server.listener.connect().expect("it listens");
    assert_eq!(received(&mut second).await["error_code"], "LimitExceeded");
    assert_eq!(server.listener.stats().active_connections, 1);
    first.close().await;
    within(async {
        while server.listener.stats().active_connections > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(ask(&server.connect(), "box", "Rest", json!({"ms": 0})).await.is_ok());
}

#[tokio::test]
async fn connections_that_wait_to_be_accepted_are_bounded() {
    let server = Server::start(ListenerOptions::in_process().max_connections(1000)).await;
    // Nothing is accepted until this task waits for something.
    let waiting: Vec<_> = (0..128)
        .map(|_| server.listener.connect().expect("there is room"))
        .collect();
    let refused = server.listener.connect().expect_err("there is no room");
    assert_eq!(refused.kind(), ErrorKind::WouldBlock);
    for socket in waiting {
        let connection = Connection::over(socket, ConnectOptions::new());
        assert!(ask(&connection, "box", "Rest", json!({"ms": 0})).await.is_ok());
    }
    assert!(server.listener.connect().is_ok());
}

#[tokio::test]
async fn at_a_shutdown_what_is_in_flight_is_answered_and_what_is_new_is_refused() {
    let server = Server::start(ListenerOptions::in_process()).await;
    let connection = server.connect();
    let ends = async {
        server.entered.notified().await;
        let late = async {
            // The shutdown has begun by now: it was polled first.
            let refused = ask(&connection, "box", "Rest", json!({"ms": 0})).await;
            let unconnected = server.listener.connect().expect_err("it has ended");
            server.on.notify_one();
            (code(refused), unconnected.kind())
        };
        tokio::join!(biased; server.listener.shutdown(), late).1
    };
    let (held, late) = within(async { tokio::join!(hold(&connection), ends) }).await;
    assert_eq!(held, Ok(json!(7)));
    assert_eq!(late, (Code::ShuttingDown, ErrorKind::ConnectionRefused));
    assert_eq!(server.listener.stats().active_connections, 0);
    within(server.listener.shutdown()).await;
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_waits_no_longer_than_its_limit() {
    let drain = Duration::from_secs(3);
    let server = Server::start(ListenerOptions::in_process().drain(drain)).await;
    let connection = server.connect();
    let ends = async {
        server.entered.notified().await;
        let began = Instant::now();
        server.listener.shutdown().await;
        began.elapsed()
    };
    let (held, took) = tokio::join!(hold(&connection), ends);
    assert_eq!(code(held), Code::ShuttingDown);
    assert!(took >= drain && took < 2 * drain, "{took:?}");
}

#[tokio::test]
async fn a_listener_that_is_dropped_ends_at_once() {
    let server = Server::start(ListenerOptions::in_process()).await;
    let connection = server.connect();
    let entered = Arc::clone(&server.entered);
    let dropped = async {
        entered.notified().await;
        drop(server);
    };
    let (held, ()) = within(async { tokio::join!(hold(&connection), dropped) }).await;
    assert_eq!(code(held), Code::ShuttingDown);
}

#[tokio::test]
async fn the_place_that_options_name_is_of_no_account() {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("s");
    let server = Server::start(ListenerOptions::at(&path).max_connections(3)).await;
    assert!(ask(&server.connect(), "box", "Rest", json!({"ms": 0})).await.is_ok());
    assert!(!path.exists());
}

#[tokio::test]
async fn options_for_the_process_itself_name_no_place_to_listen_at() {
    let runtime = Runtime::launch().expect("inside tokio");
    let refused = runtime
        .listen(ListenerOptions::in_process())
        .await
        .expect_err("there is no path");
    assert!(matches!(refused, ListenError::NoPlace), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_outlives_the_tokio_runtime_that_it_was_made_in() {
    let server = Server::start(ListenerOptions::in_process()).await;
    let socket = thread::scope(|scope| {
        let made = scope.spawn(|| {
            let own = Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("it can be made");
            own.block_on(async { server.listener.connect().expect("it listens").into_std() })
        });
        made.join().expect("it does not panic").expect("it is let go")
    });
    let socket = UnixStream::from_std(socket).expect("this runtime has I/O");
    let connection = Connection::over(socket, ConnectOptions::new());
    let answered = within(ask(&connection, "box", "Rest", json!({"ms": 0}))).await;
    assert_eq!(answered, Ok(Value::Null));
    server.runtime.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn calls_of_an_hour_take_no_time_on_the_paused_clock() {
    let server = Server::start(ListenerOptions::in_process()).await;
    let connection = server.connect();
    let began = Instant::now();
    let hour = Duration::from_secs(3600);
    let options = CallOptions::new().timeout(Duration::from_secs(590));
    let payload = json!({"ms": 580_000});
    let rested: Result<Value, Failure> = connection.ask("box", "test.Shelf.Rest", &payload, options).await;
    assert_eq!(rested, Ok(Value::Null));
    let took = began.elapsed();
    assert!(took >= Duration::from_secs(580) && took < hour, "{took:?}");
    for _ in 0..100 {
        assert!(ask(&connection, "box", "Rest", json!({"ms": 0})).await.is_ok());
    }
    let more = began.elapsed() - took;
    assert!(more < Duration::from_secs(1), "{more:?}");
}
