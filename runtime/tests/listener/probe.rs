//! The actor that these tests call.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use callsheet::{Listener, ListenerOptions, Runtime, RuntimeOptions, Streaming, actor_contract, contract_type};
use futures_util::{StreamExt, stream};
use tempfile::TempDir;

use crate::{gates::Gates, peer::Peer};

#[contract_type]
#[derive(Clone)]
pub struct Price {
    pub symbol: String,
    pub price: f64,
}

#[contract_type]
#[derive(Clone)]
pub struct Trade {
    pub quantity: u32,
}

#[contract_type]
#[derive(Clone)]
pub enum DivideError {
    ByZero { dividend: i32 },
}

#[actor_contract(namespace = "test", events(Price, Trade))]
pub trait Probe {
    async fn add(&self, a: i32, b: i32) -> i32;
    async fn divide(&self, a: i32, b: i32) -> Result<i32, DivideError>;
    /// Suspended until the gate is open; others run beside it.
    async fn wait(&self, gate: String) -> String;
    /// The same, with the state alone.
    async fn hold(&mut self, gate: String) -> String;
    fn count(&self, to: u32) -> Streaming<u32>;
    fn nulls(&self, count: u32) -> Streaming<Option<u32>>;
    /// Its first item comes when the gate is open, the others at once.
    fn gated(&self, gate: String, to: u32) -> Streaming<u32>;
    /// Its first items come at once, the last one when the gate is open.
    fn lagging(&self, gate: String, to: u32) -> Streaming<u32>;
    fn failing(&self, after: u32) -> Streaming<Result<u32, DivideError>>;
    fn breaking(&self) -> Streaming<u32>;
    fn unfit(&self) -> Streaming<f64>;
    /// Always ready, never ends.
    fn endless(&self, bytes: u32) -> Streaming<String>;
    fn not_a_number(&self) -> Vec<f64>;
    fn long(&self, bytes: u32) -> String;
    fn explode(&self) -> u32;
    fn nothing(&self);
    #[tell]
    fn note(&mut self, text: String);
    fn notes(&self) -> Vec<String>;
}

/// A second contract, one of whose short names the first has too.
#[actor_contract(namespace = "other")]
pub trait Adder {
    fn add(&self, a: i32) -> i32;
}

#[derive(Default)]
pub struct State {
    gates: Gates,
    polled: Arc<AtomicU32>,
    notes: Vec<String>,
}

impl Probe for State {
    async fn add(&self, a: i32, b: i32) -> i32 {
        a + b
    }

    async fn divide(&self, a: i32, b: i32) -> Result<i32, DivideError> {
        a.checked_div(b).ok_or(DivideError::ByZero { dividend: a })
    }

    async fn wait(&self, gate: String) -> String {
        self.gates.pass(&gate).await;
        gate
    }

    async fn hold(&mut self, gate: String) -> String {
        self.gates.pass(&gate).await;
        self.notes.push(gate.clone());
        gate
    }

    fn count(&self, to: u32) -> Streaming<u32> {
        Streaming::iter(1..=to)
    }

    fn nulls(&self, count: u32) -> Streaming<Option<u32>> {
        Streaming::iter((0..count).map(|_| None))
    }

    fn gated(&self, gate: String, to: u32) -> Streaming<u32> {
        let gates = self.gates.clone();
        let first = stream::once(async move {
            gates.pass(&gate).await;
            1
        });
        Streaming::new(first.chain(stream::iter(2..=to)))
    }

    fn lagging(&self, gate: String, to: u32) -> Streaming<u32> {
        let gates = self.gates.clone();
        let last = stream::once(async move {
            gates.pass(&gate).await;
            to
        });
        Streaming::new(stream::iter(1..to).chain(last))
    }

    fn failing(&self, after: u32) -> Streaming<Result<u32, DivideError>> {
        let items = stream::iter((1..=after).map(Ok));
        Streaming::new(items.chain(stream::iter([Err(DivideError::ByZero { dividend: 7 }), Ok(99)])))
    }

    fn breaking(&self) -> Streaming<u32> {
        Streaming::new(stream::iter(1..).map(|n| if n > 2 { panic!("as it should") } else { n }))
    }

    fn unfit(&self) -> Streaming<f64> {
        Streaming::iter([1.0, 2.0, f64::NAN, 4.0])
    }

    fn endless(&self, bytes: u32) -> Streaming<String> {
        let polled = Arc::clone(&self.polled);
        Streaming::new(stream::repeat_with(move || {
            polled.fetch_add(1, Ordering::Relaxed);
            "x".repeat(bytes as usize)
        }))
    }

    fn not_a_number(&self) -> Vec<f64> {
        vec![1.0, f64::INFINITY]
    }

    fn long(&self, bytes: u32) -> String {
        "x".repeat(bytes as usize)
    }

    fn explode(&self) -> u32 {
        panic!("as it should")
    }

    fn nothing(&self) {}

    fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }
}

impl Adder for State {
    fn add(&self, a: i32) -> i32 {
        a
    }
}

/// A runtime with the actor, served on a socket in a folder of its own.
pub struct Server {
    pub runtime: Runtime,
    pub listener: Listener,
    pub gates: Gates,
    /// How many items of endless streams were asked for.
    pub polled: Arc<AtomicU32>,
    pub folder: TempDir,
}

pub struct Setup {
    runtime: RuntimeOptions,
    capacity: usize,
    listener: fn(ListenerOptions) -> ListenerOptions,
}

impl Server {
    pub async fn start() -> Self {
        Self::setup().start().await
    }

    pub fn setup() -> Setup {
        Setup {
            runtime: Runtime::configure(),
            capacity: 1024,
            listener: |options| options,
        }
    }

    pub fn path(&self) -> PathBuf {
        self.listener.path().to_owned()
    }

    pub async fn peer(&self) -> Peer {
        Peer::connect(self.listener.path()).await
    }
}

impl Setup {
    pub fn runtime(mut self, options: RuntimeOptions) -> Self {
        self.runtime = options;
        self
    }

    pub fn capacity(mut self, messages: usize) -> Self {
        self.capacity = messages;
        self
    }

    pub fn listener(mut self, change: fn(ListenerOptions) -> ListenerOptions) -> Self {
        self.listener = change;
        self
    }

    pub async fn start(self) -> Server {
        let folder = tempfile::tempdir().unwrap();
        let runtime = self.runtime.launch().unwrap();
        let (gates, polled) = (Gates::default(), Arc::new(AtomicU32::new(0)));
        let make = {
            let (gates, polled) = (gates.clone(), Arc::clone(&polled));
            move || State {
                gates: gates.clone(),
                polled: Arc::clone(&polled),
                notes: Vec::new(),
            }
        };
        let probe = runtime
            .actor("probe", make.clone())
            .serves(Probe)
            .capacity(self.capacity);
        probe.expose().start().await.unwrap();
        let both = runtime.actor("both", make.clone()).serves(Probe).serves(Adder);
        both.expose().start().await.unwrap();
        runtime.actor("hidden", make).serves(Probe).start().await.unwrap();
        let options = (self.listener)(ListenerOptions::at(folder.path().join("s")));
        let listener = runtime.listen(options).await.unwrap();
        Server {
            runtime,
            listener,
            gates,
            polled,
            folder,
        }
    }
}
