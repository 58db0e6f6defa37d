//! Calls of the client's own actors, by a server that means well and by one that does not.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use callsheet_client::{
    CallOptions, Code, Codec, ConnectOptions, Connection, Delivered, Failure,
    hosting::{Accepted, Actor, Argument, Call, HostError, HostOptions, Hosted, Undeclared, taken},
};
use callsheet_wire::{
    Incoming, Refusal, frame, read,
    write::{self, RequestHead},
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    sync::{Notify, Semaphore},
};

use crate::server::{CODECS, Place, within_time};

/// What the tests call.
#[derive(Default)]
struct Tester {
    connection: Option<Connection>,
    /// Calls of `Wait` that have begun, and those whose futures were dropped.
    begun: AtomicUsize,
    dropped: AtomicUsize,
    change: Notify,
    told: AtomicUsize,
    /// Items of `Count` that were made.
    made: AtomicUsize,
    gate: Option<Semaphore>,
}

struct Tested(Arc<Tester>);

struct Dropped(Arc<Tester>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Ordering::SeqCst);
        self.0.change.notify_waiters();
    }
}

impl Tester {
    async fn until(&self, is_so: impl Fn(&Self) -> bool) {
        loop {
            let change = self.change.notified();
            if is_so(self) {
                return;
            }
            change.await;
        }
    }

    fn has_dropped(&self) -> usize {
        self.dropped.load(Ordering::SeqCst)
    }

    fn has_begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }
}

impl Actor for Tested {
    fn accept(self: Arc<Self>, call: Call<'_>) -> Result<Accepted, Failure> {
        let tester = Arc::clone(&self.0);
        match call.message_type() {
            "demo.Tester.Double" => {
                let mut number = Argument::<u32>::new();
                call.arguments(&["number"], &mut [number.place()])?;
                let number = taken(number)?;
                call.ask(async move { number.checked_mul(2).ok_or(HostError::Contract("too large")) })
            }
            "demo.Tester.Wait" => call.ask(async move {
                let _dropped = Dropped(Arc::clone(&tester));
                tester.begun.fetch_add(1, Ordering::SeqCst);
                tester.change.notify_waiters();
                if let Some(gate) = &tester.gate {
                    gate.acquire().await.map_err(HostError::failed)?.forget();
                    return Ok::<_, HostError>(1);
                }
                std::future::pending().await
            }),
            "demo.Tester.Panic" => call.ask(async { Err::<(), HostError>(panicking()) }),
            "demo.Tester.Fail" => call.ask(async { Err::<(), HostError>(HostError::failed("a secret")) }),
            "demo.Tester.Busy" => {
                let busy = Failure::new(Code::TargetBusy, "later");
                call.ask(async { Err::<(), HostError>(HostError::Failure(busy)) })
            }
            "demo.Tester.Nan" => call.ask(async { Ok::<_, HostError>(f64::NAN) }),
            "demo.Tester.Long" => call.ask(async { Ok::<_, HostError>("x".repeat(5000)) }),
            "demo.Tester.Tell" => call.tell(async move {
                tester.told.fetch_add(1, Ordering::SeqCst);
                tester.change.notify_waiters();
            }),
            "demo.Tester.Back" => call.ask(async move {
                let connection = tester.connection.as_ref().ok_or_else(|| HostError::failed("none"))?;
                let answer = connection.ask::<_, u32>("demo", "demo.Far", &(), CallOptions::new());
                answer.await.map_err(HostError::<Undeclared>::failed)
            }),
            "demo.Tester.Count" => call.stream(move |items| async move {
                let _dropped = Dropped(Arc::clone(&tester));
                let counting = Arc::clone(&tester);
                let counted = stream::iter(0..5_u32).map(move |item| {
                    counting.made.fetch_add(1, Ordering::SeqCst);
                    Ok::<_, HostError>(item)
                });
                items.all(counted).await
            }),
            "demo.Tester.Nulls" => call.stream(|items| items.all(stream::iter([Ok::<_, HostError>(()), Ok(())]))),
            "demo.Tester.Break" => {
                call.stream(|items| items.all(stream::iter([Ok(1), Err(HostError::Contract("broken"))])))
            }
            "demo.Tester.Endless" => call.stream(move |items| async move {
                let _dropped = Dropped(Arc::clone(&tester));
                items.all(stream::pending::<Result<u32, HostError>>()).await
            }),
            _ => Err(call.unknown()),
        }
    }
}

fn panicking() -> HostError {
    panic!("it is meant to")
}

/// The server's end, which says and hears what a well-behaved client never does.
struct Caller {
    socket: UnixStream,
    read: Vec<u8>,
    codec: Codec,
}

/// What the client answered.
#[derive(Debug, PartialEq)]
enum Heard {
    Reply(String, Value),
    Declared(String, Value),
    Failed(String, Code, Delivered, Option<String>),
    Item(String, u64, bool, Value),
    ItemDeclared(String, u64, Value),
    ItemFailed(String, u64, Code, Delivered),
    /// A call of the client's own.
    Request(String),
}

impl Caller {
    async fn say(&mut self, write: impl FnOnce(&mut Vec<u8>, Codec)) {
        let mut out = Vec::new();
        write(&mut out, self.codec);
        self.socket.write_all(&out).await.unwrap();
    }

    async fn call(&mut self, id: &str, method: &str, payload: &Value, change: impl FnOnce(&mut RequestHead<'_>)) {
        let message_type = format!("demo.Tester.{method}");
        let mut head = RequestHead {
            request_id: Some(id),
            expects_reply: true,
            ..RequestHead::new("tester", &message_type)
        };
        change(&mut head);
        self.say(|out, codec| write::request(out, codec, &head, payload).unwrap())
            .await;
    }

    async fn ask(&mut self, id: &str, method: &str, payload: &Value) -> Heard {
        self.call(id, method, payload, |_| {}).await;
        self.hear().await
    }

    async fn stream(&mut self, id: &str, method: &str, credit: Option<u64>) {
        self.call(id, method, &json!({}), |head| {
            (head.expects_reply, head.expects_stream, head.credit) = (false, true, credit);
        })
        .await;
    }

    async fn cancel(&mut self, id: &str) {
        self.say(|out, codec| write::cancel(out, codec, id)).await;
    }

    async fn credit(&mut self, id: &str, items: u64) {
        self.say(|out, codec| write::credit(out, codec, id, items)).await;
    }

    async fn hear(&mut self) -> Heard {
        loop {
            if let frame::Next::Frame { payload, consumed } = frame::next(&self.read, usize::MAX) {
                let (codec, incoming) = read(&self.read[payload]).expect("the client sends what can be read");
                assert_eq!(codec, self.codec);
                let heard = heard(incoming);
                self.read.drain(..consumed);
                return heard;
            }
            assert_ne!(
                self.socket.read_buf(&mut self.read).await.unwrap(),
                0,
                "the client hung up"
            );
        }
    }

    async fn still_works(&mut self) {
        let heard = self.ask("still", "Double", &json!({ "number": 4 })).await;
        assert_eq!(heard, Heard::Reply("still".to_owned(), json!(8)));
    }
}

fn heard(incoming: Incoming<'_>) -> Heard {
    match incoming {
        Incoming::Response(response) => {
            let id = response.request_id.clone().unwrap_or_default().into_owned();
            match response.outcome() {
                Ok(payload) => Heard::Reply(id, payload.decode().unwrap()),
                Err(Refusal::Contract(details, _)) => Heard::Declared(id, details.decode().unwrap()),
                Err(Refusal::Failure(failure)) => {
                    assert!(!failure.text().contains("secret"));
                    let path = failure.path().map(str::to_owned);
                    Heard::Failed(id, failure.code(), failure.delivered(), path)
                }
            }
        }
        Incoming::StreamFrame(item) => {
            let (id, sequence) = (item.stream_id.clone().into_owned(), item.sequence);
            match item.failure {
                None => Heard::Item(id, sequence, item.is_final, item.payload.decode().unwrap()),
                Some(Refusal::Contract(details, _)) => Heard::ItemDeclared(id, sequence, details.decode().unwrap()),
                Some(Refusal::Failure(failure)) => Heard::ItemFailed(id, sequence, failure.code(), failure.delivered()),
            }
        }
        Incoming::Request(request) => Heard::Request(request.request_id.unwrap_or_default().into_owned()),
        other => panic!("expected an answer, heard {other:?}"),
    }
}

fn failed(id: &str, code: Code, delivered: Delivered) -> Heard {
    Heard::Failed(id.to_owned(), code, delivered, None)
}

fn hosted(
    codec: Codec,
    options: HostOptions,
    change: impl FnOnce(&mut Tester),
) -> (Hosted<String>, Arc<Tester>, Caller) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let connection = Connection::over(ours, ConnectOptions::new().codec(codec).frame_limit(4096));
    let mut tester = Tester::default();
    change(&mut tester);
    let tester = Arc::new(tester);
    let hosted = connection
        .host_with(Tested(Arc::clone(&tester)), options.id("tester"), |id| id)
        .unwrap();
    let caller = Caller {
        socket: theirs,
        read: Vec::new(),
        codec,
    };
    (hosted, tester, caller)
}

fn simply(codec: Codec) -> (Hosted<String>, Arc<Tester>, Caller) {
    hosted(codec, HostOptions::new(), |_| {})
}

#[tokio::test]
async fn asks_are_answered_as_a_server_answers_them() {
    for codec in CODECS {
        let (_hosted, _, mut caller) = simply(codec);
        within_time(async {
            caller.still_works().await;
            let large = caller.ask("2", "Double", &json!({ "number": u32::MAX })).await;
            assert_eq!(large, Heard::Declared("2".to_owned(), json!("too large")));
            let heard = caller.ask("3", "Double", &json!({ "number": "four" })).await;
            let path = Some("payload.number".to_owned());
            let unread = Heard::Failed("3".to_owned(), Code::SerializationError, Delivered::No, path);
            assert_eq!(heard, unread);
            let heard = caller.ask("4", "Missing", &json!({})).await;
            assert_eq!(heard, failed("4", Code::UnknownMessageType, Delivered::No));
            let heard = caller.ask("5", "Panic", &json!({})).await;
            assert_eq!(heard, failed("5", Code::ActorFailed, Delivered::Yes));
            let heard = caller.ask("6", "Fail", &json!({})).await;
            assert_eq!(heard, failed("6", Code::ActorFailed, Delivered::Yes));
            let heard = caller.ask("7", "Busy", &json!({})).await;
            assert_eq!(heard, failed("7", Code::TargetBusy, Delivered::No));
            let heard = caller.ask("8", "Long", &json!({})).await;
            assert_eq!(heard, failed("8", Code::SerializationError, Delivered::Yes));
            caller
                .call("9", "Double", &json!({}), |head| head.target = "nobody")
                .await;
            assert_eq!(caller.hear().await, failed("9", Code::ActorNotFound, Delivered::No));
            caller.still_works().await;
        })
        .await;
    }
}

#[tokio::test]
async fn what_cannot_be_encoded_is_told() {
    let (_hosted, _, mut caller) = simply(Codec::Json);
    let heard = within_time(caller.ask("1", "Nan", &json!({}))).await;
    let unwritten = Heard::Failed(
        "1".to_owned(),
        Code::SerializationError,
        Delivered::Yes,
        Some("payload".to_owned()),
    );
    assert_eq!(heard, unwritten);
}

#[tokio::test]
async fn flags_that_do_not_fit_are_refused() {
    let (_hosted, tester, mut caller) = simply(Codec::Json);
    within_time(async {
        caller.stream("1", "Double", None).await;
        let heard = caller.hear().await;
        assert!(
            matches!(heard, Heard::ItemFailed(_, 0, Code::SerializationError, _)),
            "{heard:?}"
        );
        caller.stream("2", "Tell", None).await;
        let refused = Heard::ItemFailed("2".to_owned(), 0, Code::ProtocolError, Delivered::No);
        assert_eq!(caller.hear().await, refused);
        let heard = caller.ask("3", "Count", &json!({})).await;
        assert_eq!(heard, failed("3", Code::ProtocolError, Delivered::No));
        caller
            .call("4", "Wait", &json!({}), |head| head.expects_stream = true)
            .await;
        let refused = Heard::ItemFailed("4".to_owned(), 0, Code::ProtocolError, Delivered::No);
        assert_eq!(caller.hear().await, refused);
        // An ask as a stream of one.
        caller
            .call("5", "Double", &json!({ "number": 3 }), |head| {
                (head.expects_reply, head.expects_stream) = (false, true);
            })
            .await;
        assert_eq!(caller.hear().await, Heard::Item("5".to_owned(), 0, true, json!(6)));
        // Without an id nobody is answered, but a tell is done.
        caller
            .call("6", "Double", &json!({ "number": 3 }), |head| head.request_id = None)
            .await;
        caller
            .call("7", "Tell", &json!({}), |head| {
                (head.request_id, head.expects_reply) = (None, false)
            })
            .await;
        tester.until(|tester| tester.told.load(Ordering::SeqCst) == 1).await;
        assert_eq!(
            caller.ask("8", "Tell", &json!({})).await,
            Heard::Reply("8".to_owned(), Value::Null)
        );
        tester.until(|tester| tester.told.load(Ordering::SeqCst) == 2).await;
    })
    .await;
}

#[tokio::test]
async fn an_id_in_use_is_refused_and_the_call_goes_on() {
    let (_hosted, tester, mut caller) = hosted(Codec::Json, HostOptions::new(), |tester| {
        tester.gate = Some(Semaphore::new(0));
    });
    within_time(async {
        caller.call("1", "Wait", &json!({}), |_| {}).await;
        tester.until(|tester| tester.has_begun() == 1).await;
        let heard = caller.ask("1", "Wait", &json!({})).await;
        assert_eq!(heard, failed("1", Code::ProtocolError, Delivered::No));
        tester.gate.as_ref().unwrap().add_permits(1);
        assert_eq!(caller.hear().await, Heard::Reply("1".to_owned(), json!(1)));
    })
    .await;
}

#[tokio::test]
async fn calls_are_dropped_when_cancelled_or_out_of_time() {
    let (_hosted, tester, mut caller) = simply(Codec::Json);
    within_time(async {
        caller.call("1", "Wait", &json!({}), |_| {}).await;
        tester.until(|tester| tester.has_begun() == 1).await;
        caller.cancel("1").await;
        caller.cancel("1").await;
        caller.cancel("nobody").await;
        assert_eq!(caller.hear().await, failed("1", Code::Cancelled, Delivered::Unknown));
        tester.until(|tester| tester.has_dropped() == 1).await;
        caller
            .call("2", "Wait", &json!({}), |head| head.timeout_ms = Some(1))
            .await;
        let heard = caller.hear().await;
        assert!(matches!(heard, Heard::Failed(_, Code::Timeout, _, None)), "{heard:?}");
        caller
            .call("3", "Endless", &json!({}), |head| {
                (head.expects_reply, head.expects_stream, head.timeout_ms) = (false, true, Some(1));
            })
            .await;
        let heard = caller.hear().await;
        assert!(matches!(heard, Heard::ItemFailed(_, 0, Code::Timeout, _)), "{heard:?}");
        caller
            .call("4", "Double", &json!({ "number": 1 }), |head| {
                head.timeout_ms = Some(u64::MAX)
            })
            .await;
        assert_eq!(caller.hear().await, Heard::Reply("4".to_owned(), json!(2)));
    })
    .await;
}

#[tokio::test]
async fn a_stream_sends_no_more_than_there_is_credit_for() {
    for codec in CODECS {
        let (_hosted, tester, mut caller) = simply(codec);
        within_time(async {
            let item = |sequence, is_final| Heard::Item("s".to_owned(), sequence, is_final, json!(sequence));
            caller.stream("s", "Count", Some(0)).await;
            caller.still_works().await;
            assert_eq!(tester.made.load(Ordering::SeqCst), 0);
            caller.credit("s", 2).await;
            assert_eq!(caller.hear().await, item(0, false));
            assert_eq!(caller.hear().await, item(1, false));
            caller.credit("other", 9).await;
            caller.still_works().await;
            caller.credit("s", u64::MAX).await;
            caller.credit("s", u64::MAX).await;
            assert_eq!(caller.hear().await, item(2, false));
            assert_eq!(caller.hear().await, item(3, false));
            assert_eq!(caller.hear().await, item(4, true));
            caller.credit("s", 1).await;
            caller.stream("n", "Nulls", None).await;
            for (sequence, is_final) in [(0, false), (1, false), (2, true)] {
                let heard = Heard::Item("n".to_owned(), sequence, is_final, Value::Null);
                assert_eq!(caller.hear().await, heard);
            }
            caller.stream("b", "Break", None).await;
            assert_eq!(caller.hear().await, Heard::Item("b".to_owned(), 0, false, json!(1)));
            assert_eq!(
                caller.hear().await,
                Heard::ItemDeclared("b".to_owned(), 1, json!("broken"))
            );
            caller.stream("e", "Count", Some(1)).await;
            assert_eq!(caller.hear().await, Heard::Item("e".to_owned(), 0, false, json!(0)));
            caller.cancel("e").await;
            let cancelled = Heard::ItemFailed("e".to_owned(), 1, Code::Cancelled, Delivered::Unknown);
            assert_eq!(caller.hear().await, cancelled);
            tester.until(|tester| tester.has_dropped() == 2).await;
        })
        .await;
    }
}

#[tokio::test]
async fn so_many_run_so_many_wait_and_the_rest_is_refused() {
    let (_hosted, tester, mut caller) = hosted(Codec::Json, HostOptions::new().concurrency(2), |tester| {
        tester.gate = Some(Semaphore::new(0));
    });
    within_time(async {
        for id in 0..1002 {
            caller.call(&id.to_string(), "Wait", &json!({}), |_| {}).await;
        }
        let heard = caller.ask("one more", "Wait", &json!({})).await;
        assert_eq!(heard, failed("one more", Code::TargetBusy, Delivered::No));
        tester.until(|tester| tester.has_begun() == 2).await;
        // One that waits gives its place to another, and was never begun.
        caller.cancel("1001").await;
        assert_eq!(caller.hear().await, failed("1001", Code::Cancelled, Delivered::No));
        caller.call("another", "Wait", &json!({}), |_| {}).await;
        tester.gate.as_ref().unwrap().add_permits(1002);
        for _ in 0..1002 {
            let heard = caller.hear().await;
            assert!(matches!(heard, Heard::Reply(_, _)), "{heard:?}");
        }
        assert_eq!(tester.has_begun(), 1002);
    })
    .await;
}

#[tokio::test]
async fn a_handler_may_call_the_server() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let connection = Connection::over(ours, ConnectOptions::new());
    let tester = Arc::new(Tester {
        connection: Some(connection.clone()),
        ..Tester::default()
    });
    let _hosted = connection
        .host_with(Tested(tester), HostOptions::new().id("tester"), |id| id)
        .unwrap();
    let mut caller = Caller {
        socket: theirs,
        read: Vec::new(),
        codec: Codec::Json,
    };
    within_time(async {
        let Heard::Request(id) = caller.ask("1", "Back", &json!({})).await else {
            panic!("expected the call within the call")
        };
        // Both sides may have a call of the same id in flight.
        caller.still_works().await;
        caller
            .say(|out, codec| write::response(out, codec, Some(&id), &7).unwrap())
            .await;
        assert_eq!(caller.hear().await, Heard::Reply("1".to_owned(), json!(7)));
    })
    .await;
}

#[tokio::test]
async fn an_actor_that_is_closed_ends_its_calls() {
    let (hosted, tester, mut caller) = simply(Codec::Json);
    within_time(async {
        caller.call("1", "Wait", &json!({}), |_| {}).await;
        tester.until(|tester| tester.has_begun() == 1).await;
        hosted.close();
        // The connection has no other owner here, and closes.
        tester.until(|tester| tester.has_dropped() == 1).await;
    })
    .await;
    let (ours, theirs) = UnixStream::pair().unwrap();
    let connection = Connection::over(ours, ConnectOptions::new());
    let (first, second) = (Arc::new(Tester::default()), Arc::new(Tester::default()));
    let host = |tester: &Arc<Tester>| {
        let options = HostOptions::new().id("tester");
        connection.host_with(Tested(Arc::clone(tester)), options, |id| id)
    };
    let hosted = host(&first).unwrap();
    assert_eq!(host(&second).unwrap_err().code(), Code::ProtocolError);
    let mut caller = Caller {
        socket: theirs,
        read: Vec::new(),
        codec: Codec::Json,
    };
    within_time(async {
        caller.call("1", "Wait", &json!({}), |_| {}).await;
        first.until(|tester| tester.has_begun() == 1).await;
        drop(hosted);
        assert_eq!(caller.hear().await, failed("1", Code::ActorStopped, Delivered::Yes));
        let heard = caller.ask("2", "Wait", &json!({})).await;
        assert_eq!(heard, failed("2", Code::ActorNotFound, Delivered::No));
        let _again = host(&second).unwrap();
        caller.still_works().await;
        connection.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_came_over_a_lost_socket_is_not_answered_over_the_next() {
    let mut place = Place::open();
    let options =
        ConnectOptions::new().backoff(std::time::Duration::from_millis(1), std::time::Duration::from_millis(1));
    within_time(async {
        let connection = Connection::connect_with(place.path(), options).await.unwrap();
        let tester = Arc::new(Tester::default());
        let _hosted = connection
            .host_with(Tested(Arc::clone(&tester)), HostOptions::new().id("tester"), |id| id)
            .unwrap();
        let caller = |socket| Caller {
            socket,
            read: Vec::new(),
            codec: Codec::Json,
        };
        let mut first = caller(place.accept_socket().await);
        first.call("1", "Wait", &json!({}), |_| {}).await;
        tester.until(|tester| tester.has_begun() == 1).await;
        drop(first);
        tester.until(|tester| tester.has_dropped() == 1).await;
        let mut second = caller(place.accept_socket().await);
        second.still_works().await;
        place.close();
    })
    .await;
}
