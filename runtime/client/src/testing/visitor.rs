//! One client of a fake server, and what is to be written to it.

use std::{
    future::poll_fn,
    io, mem,
    net::Shutdown,
    os::{fd::AsFd, unix::net},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use callsheet_wire::Codec;
use tokio::{
    io::AsyncWriteExt,
    net::{UnixStream, unix::OwnedWriteHalf},
};

use super::scene::FRAME_LIMIT;
use crate::hosting::Outlet;

/// So many bytes wait to be written before streams are held up.
const HIGH_WATER: usize = 1 << 20;

/// One client of a fake server.
#[derive(Debug)]
pub(super) struct Visitor {
    state: Mutex<State>,
    /// To end the connection by.
    socket: net::UnixStream,
}

#[derive(Debug, Default)]
struct State {
    codec: Option<Codec>,
    outgoing: Vec<u8>,
    has_left: bool,
    /// Wakes what writes.
    writer: Option<Waker>,
    /// Wakes those that wait for less to be written.
    waiting: Vec<Waker>,
}

impl Visitor {
    pub(super) fn over(socket: &UnixStream) -> io::Result<Self> {
        let socket = socket.as_fd().try_clone_to_owned()?;
        Ok(Self {
            state: Mutex::default(),
            socket: socket.into(),
        })
    }

    /// The codec of what it sent last.
    pub(super) fn codec(&self) -> Codec {
        self.state().codec.unwrap_or(Codec::Json)
    }

    pub(super) fn set_codec(&self, codec: Codec) {
        self.state().codec = Some(codec);
    }

    /// Has these frames written.
    pub(super) fn put(&self, frames: &[u8]) {
        let waker = {
            let mut state = self.state();
            state.outgoing.extend_from_slice(frames);
            state.writer.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }

    /// Ends its connection: nothing that it sends from now on arrives.
    pub(super) fn leave(&self) {
        let waiting = {
            let mut state = self.state();
            state.has_left = true;
            mem::take(&mut state.waiting)
        };
        // It fails only where the connection has ended.
        let _ = self.socket.shutdown(Shutdown::Both);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Writes what is put, until that fails.
    pub(super) async fn write_to(&self, mut socket: OwnedWriteHalf) {
        loop {
            let frames = poll_fn(|cx| self.poll_outgoing(cx)).await;
            if socket.write_all(&frames).await.is_err() {
                return;
            }
        }
    }

    fn poll_outgoing(&self, cx: &mut Context<'_>) -> Poll<Vec<u8>> {
        let (outgoing, waiting) = {
            let mut state = self.state();
            if state.outgoing.is_empty() {
                state.writer = Some(cx.waker().clone());
                return Poll::Pending;
            }
            (mem::take(&mut state.outgoing), mem::take(&mut state.waiting))
        };
        waiting.into_iter().for_each(Waker::wake);
        Poll::Ready(outgoing)
    }

    /// Nothing that panics runs under this lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The way out of answers to it.
pub(super) struct Answers(pub(super) Arc<Visitor>);

impl Outlet for Answers {
    fn put(&self, frames: &[u8]) {
        self.0.put(frames);
    }

    fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.state();
        if state.has_left || state.outgoing.len() < HIGH_WATER {
            return Poll::Ready(());
        }
        state.waiting.push(cx.waker().clone());
        Poll::Pending
    }

    fn is_flooded(&self) -> bool {
        // The clients of a test read what they ask for.
        false
    }

    fn frame_limit(&self) -> usize {
        FRAME_LIMIT
    }
}
