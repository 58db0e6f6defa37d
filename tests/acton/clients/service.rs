//! What the clients call.

use std::time::Duration;

use callsheet::{Listener, Runtime, Streaming, actor_contract, contract_type};
use futures_util::{StreamExt, stream};
use tempfile::TempDir;

/// The price of something has changed.
#[contract_type]
#[derive(Clone)]
pub struct PriceUpdate {
    pub symbol: String,
    pub price: f64,
}

/// Something was sold.
#[contract_type]
#[derive(Clone)]
pub struct TradeExecuted {
    pub quantity: u32,
}

/// Why there is no quotient.
#[contract_type]
#[derive(Clone)]
pub enum MathError {
    DivisionByZero { dividend: i64 },
}

/// The seeds' calculator, with a little of everything.
#[actor_contract(namespace = "demo", events(PriceUpdate, TradeExecuted))]
pub trait Calculator {
    fn add(&self, a: i64, b: i64) -> i64;
    fn divide(&self, dividend: i64, divisor: i64) -> Result<i64, MathError>;
    fn clear(&mut self);
    async fn hang(&self);
    fn countdown(&self, from: u32) -> Streaming<u32>;
    fn broken(&self, after: u32) -> Streaming<Result<u32, MathError>>;
    #[tell]
    fn note(&mut self, text: String);
    fn notes(&self) -> Vec<String>;
}

#[derive(Default)]
pub struct Desk {
    notes: Vec<String>,
}

impl Calculator for Desk {
    fn add(&self, a: i64, b: i64) -> i64 {
        a + b
    }

    fn divide(&self, dividend: i64, divisor: i64) -> Result<i64, MathError> {
        dividend
            .checked_div(divisor)
            .ok_or(MathError::DivisionByZero { dividend })
    }

    fn clear(&mut self) {
        self.notes.clear();
    }

    async fn hang(&self) {
        std::future::pending().await
    }

    fn countdown(&self, from: u32) -> Streaming<u32> {
        Streaming::iter((1..=from).rev())
    }

    fn broken(&self, after: u32) -> Streaming<Result<u32, MathError>> {
        let failed = stream::iter([Err(MathError::DivisionByZero { dividend: 1 })]);
        Streaming::new(stream::iter((0..after).map(Ok)).chain(failed))
    }

    fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }
}

/// A running service, with its socket in a folder of its own.
pub struct Service {
    pub runtime: Runtime,
    pub listener: Listener,
    _folder: TempDir,
}

impl Service {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let runtime = Runtime::launch().expect("the defaults fit");
        let desk = runtime.actor("calculator", Desk::default).serves(Calculator);
        desk.expose().start().await.expect("it starts");
        let options = callsheet::ListenerOptions::at(folder.path().join("calls.sock")).drain(Duration::from_secs(1));
        let listener = runtime.listen(options).await.expect("nobody listens there");
        Service {
            runtime,
            listener,
            _folder: folder,
        }
    }
}
