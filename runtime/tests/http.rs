//! HTTP services whose state is actors.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::State, routing::get};
use callsheet::{
    ActorBuilder, ActorExtension, Addressed, Configured, Extensions, On, Runtime, actor_contract,
    http::{Actor, AppState, HttpFailure, MailboxOf, ServeError, Service, ServiceBuilder},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, oneshot},
    task::JoinHandle,
};

#[derive(Default)]
struct Turnstile(u64);

struct Pass;
struct Fail;
struct Hang;

impl On<Pass> for Turnstile {
    type Reply = u64;
    async fn on(&mut self, _: Pass) -> u64 {
        self.0 += 1;
        self.0
    }
}

impl On<Fail> for Turnstile {
    type Reply = ();
    async fn on(&mut self, _: Fail) {
        panic!("as it was told to");
    }
}

impl On<Hang> for Turnstile {
    type Reply = ();
    async fn on(&mut self, _: Hang) {
        std::future::pending().await
    }
}

#[actor_contract(namespace = "http")]
pub trait Gate {
    fn passed(&self) -> u64;
}

impl Gate for Turnstile {
    fn passed(&self) -> u64 {
        self.0
    }
}

impl Addressed for Turnstile {
    type Contract = dyn Gate;
}

impl ActorExtension for Turnstile {
    fn configure(actor: ActorBuilder<Self>) -> impl Configured<Self> {
        let actor = actor.stop_limit(Duration::from_millis(50));
        actor.serves(Gate).on::<Pass>().on::<Fail>().on::<Hang>()
    }
}

#[derive(Default)]
struct Missing;

impl Gate for Missing {
    fn passed(&self) -> u64 {
        0
    }
}

impl Addressed for Missing {
    type Contract = dyn Gate;
}

impl ActorExtension for Missing {
    fn configure(actor: ActorBuilder<Self>) -> impl Configured<Self> {
        actor.serves(Gate)
    }
}

async fn pass(Actor(turnstile): Actor<Turnstile>) -> Result<String, HttpFailure> {
    Ok(turnstile.ask(Pass).await?.to_string())
}

async fn passed(MailboxOf(gate): MailboxOf<Turnstile>) -> Result<String, HttpFailure> {
    Ok(gate.passed().await?.to_string())
}

async fn by_id(State(state): State<AppState>) -> Result<String, HttpFailure> {
    let passed = state.mailbox::<dyn Gate>("extensions/turnstile").passed().await?;
    Ok(passed.to_string())
}

async fn fail(Actor(turnstile): Actor<Turnstile>) -> Result<(), HttpFailure> {
    Ok(turnstile.ask(Fail).await?)
}

async fn hang(Actor(turnstile): Actor<Turnstile>) -> Result<(), HttpFailure> {
    Ok(turnstile.ask(Hang).await?)
}

async fn missing(_: Actor<Missing>) {}

async fn missing_mailbox(_: MailboxOf<Missing>) {}

fn routes() -> Router<AppState> {
    Router::new()
        .route("/pass", get(pass))
        .route("/passed", get(passed))
        .route("/by-id", get(by_id))
        .route("/fail", get(fail))
        .route("/hang", get(hang))
        .route("/missing", get(missing))
        .route("/missing-mailbox", get(missing_mailbox))
}

fn service() -> ServiceBuilder {
    ServiceBuilder::new()
        .with_actor::<Turnstile>()
        .bind(([127, 0, 0, 1], 0))
}

struct Server {
    address: SocketAddr,
    runtime: Runtime,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), ServeError>>,
}

impl Server {
    async fn start(builder: ServiceBuilder) -> Self {
        let (stop, stopped) = oneshot::channel();
        let service: Service = builder
            .shutdown_on(async {
                let _ = stopped.await;
            })
            .build();
        let listening = service.listen().await.expect("the port is free");
        Server {
            address: listening.address(),
            runtime: listening.state().runtime().clone(),
            stop,
            served: tokio::spawn(listening.run()),
        }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        get_from(self.address, path).await
    }

    async fn stop(self) {
        self.stop.send(()).expect("it serves");
        self.served.await.expect("it does not panic").expect("it ends well");
    }
}

/// What a server answers on a connection of its own.
async fn get_from(address: SocketAddr, path: &str) -> (u16, String) {
    let mut connection = TcpStream::connect(address).await.expect("it listens");
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.expect("it is read");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.expect("it is answered");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).expect("a status").parse().expect("a number");
    (status, body.to_owned())
}

fn text(status: u16, body: &str) -> (u16, String) {
    (status, body.to_owned())
}

#[tokio::test]
async fn handlers_reach_extensions_by_type_by_contract_and_by_id() {
    let server = Server::start(service().with_routes(routes())).await;
    assert_eq!(server.get("/pass").await, text(200, "1"));
    assert_eq!(server.get("/pass").await, text(200, "2"));
    assert_eq!(server.get("/passed").await, text(200, "2"));
    assert_eq!(server.get("/by-id").await, text(200, "2"));
    server.stop().await;
}

#[tokio::test]
async fn an_extension_that_the_service_does_not_have_is_a_503_that_says_what_to_do() {
    let server = Server::start(service().with_routes(routes())).await;
    let expected = "this service has no actor `Missing`; its builder has to say `.with_actor::<Missing>()`";
    assert_eq!(server.get("/missing").await, text(503, expected));
    assert_eq!(server.get("/missing-mailbox").await, text(503, expected));
    server.stop().await;
}

#[tokio::test]
async fn a_failed_call_is_a_status_and_the_next_request_is_answered() {
    let server = Server::start(service().with_routes(routes())).await;
    let (status, body) = server.get("/fail").await;
    assert_eq!((status, body.starts_with("ActorFailed: ")), (500, true), "{body}");
    assert_eq!(server.get("/pass").await, text(200, "1"));
    server.stop().await;
}

#[tokio::test]
async fn the_end_finishes_requests_takes_no_more_and_then_stops_the_actors() {
    let (arrived, leave) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let slow = {
        let (arrived, leave) = (Arc::clone(&arrived), Arc::clone(&leave));
        move |Actor(turnstile): Actor<Turnstile>| async move {
            arrived.add_permits(1);
            leave.acquire().await.expect("it is never closed").forget();
            Ok::<_, HttpFailure>(turnstile.ask(Pass).await?.to_string())
        }
    };
    let builder = service().with_routes(Router::new().route("/slow", get(slow)));
    let server = Server::start(builder).await;
    let address = server.address;
    let request = tokio::spawn(get_from(address, "/slow"));
    arrived.acquire().await.expect("it is never closed").forget();
    server.stop.send(()).expect("it serves");
    // The listener goes first.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!server.served.is_finished(), "a request is still being answered");
    leave.add_permits(1);
    assert_eq!(request.await.expect("it does not panic"), text(200, "1"));
    server.served.await.expect("it does not panic").expect("it ends well");
    let started = server.runtime.actor("late", || ()).start().await;
    started.expect_err("the runtime was shut down");
}

#[tokio::test]
async fn what_takes_longer_than_the_end_waits_finds_its_actor_stopped() {
    let builder = service().with_routes(routes()).drain_limit(Duration::from_millis(50));
    let server = Server::start(builder).await;
    let request = tokio::spawn(get_from(server.address, "/hang"));
    let turnstile = server.runtime.to::<dyn Gate>("extensions/turnstile");
    // It is handled once a call behind it is not.
    while turnstile.passed().timeout(Duration::from_millis(20)).await.is_ok() {
        tokio::task::yield_now().await;
    }
    server.stop().await;
    let (status, body) = request.await.expect("it does not panic");
    assert_eq!((status, body.starts_with("ActorStopped: ")), (503, true), "{body}");
}

#[tokio::test]
async fn a_runtime_that_was_given_has_other_actors_and_ends_with_the_service() {
    let runtime = Runtime::launch().expect("inside tokio");
    let guest = runtime.actor("guest", Turnstile::default).serves(Gate).start().await;
    let guest = guest.expect("started");
    let passed = |State(state): State<AppState>| async move {
        let passed = state.mailbox::<dyn Gate>("guest").passed().await?;
        Ok::<_, HttpFailure>(passed.to_string())
    };
    let builder = service().with_runtime(&runtime);
    let server = Server::start(builder.with_routes(Router::new().route("/guest", get(passed)))).await;
    assert_eq!(server.get("/guest").await, text(200, "0"));
    server.stop().await;
    assert!(guest.has_stopped());
}

#[tokio::test]
async fn a_service_that_cannot_begin_says_why_and_leaves_nothing() {
    let taken = TcpListener::bind("127.0.0.1:0").await.expect("any port");
    let address = taken.local_addr().expect("it is bound");
    let error = service()
        .bind(address)
        .build()
        .serve()
        .await
        .expect_err("the port is taken");
    assert!(error.to_string().contains(&address.to_string()), "{error}");

    let runtime = Runtime::launch().expect("inside tokio");
    Extensions::new(&runtime).start().await.expect("they start");
    let error = service().with_runtime(&runtime).build().serve().await;
    assert!(matches!(error, Err(ServeError::Extensions(_))), "{error:?}");
    runtime
        .actor("other", || ())
        .start()
        .await
        .expect("the runtime goes on");
}
