//! The broker, within one process.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "a test is no library")]

mod flushing;
mod leaving;
mod order;
mod patterns;
mod policies;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use callsheet::{Events, Received, contract_type};
use futures_util::FutureExt;

#[contract_type(name = "test.Tick")]
#[derive(Debug, PartialEq)]
pub struct Tick(pub u32);

#[contract_type(name = "test.Tock")]
#[derive(Debug, PartialEq)]
pub struct Tock(pub u32);

pub fn tick(n: u32) -> Option<Received<Tick>> {
    Some(Received::Event(Arc::new(Tick(n))))
}

pub fn missed<E>(n: u64) -> Option<Received<E>> {
    Some(Received::Missed(n))
}

/// What has come already: nothing is waited for.
pub fn now<E>(events: &mut Events<E>) -> Option<Received<E>> {
    events.next().now_or_never().expect("something is there")
}

pub fn is_empty<E>(events: &mut Events<E>) -> bool {
    events.next().now_or_never().is_none()
}

/// Counts how often it is woken.
#[derive(Default)]
pub struct Woken(AtomicUsize);

impl Woken {
    pub fn times(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Polls with a waker that counts.
pub fn poll_with<F: Future + Unpin>(future: &mut F, woken: &Arc<Woken>) -> Poll<F::Output> {
    future.poll_unpin(&mut Context::from_waker(&Waker::from(Arc::clone(woken))))
}

/// What a test does to count or to meddle when an event is dropped; a copy that came from outside does nothing.
pub type OnDrop = Option<Box<dyn Fn() + Send + Sync>>;

#[contract_type]
pub struct Scripted {
    pub n: u32,
    #[serde(skip)]
    pub on_drop: Script,
}

#[derive(Default)]
pub struct Script(pub OnDrop);

impl Drop for Script {
    fn drop(&mut self) {
        if let Some(on_drop) = &self.0 {
            on_drop();
        }
    }
}

pub fn scripted(n: u32, on_drop: impl Fn() + Send + Sync + 'static) -> Scripted {
    Scripted {
        n,
        on_drop: Script(Some(Box::new(on_drop))),
    }
}
