//! The items of a stream that comes from outside of the process, until they are read.

use std::{
    collections::VecDeque,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use callsheet_schema::{ContractType, DeclaredError, Returned};
use callsheet_wire::{Codec, DecodeError, Failure, Payload};
use parking_lot::Mutex;
use serde::{Deserialize, Deserializer};

use super::outgoing::unfit;
use crate::transport::{Crossing, crossing};

/// What has come of a stream, and whether more will. Dropping it tells the other side that nobody reads it.
pub struct Arriving {
    inbox: Arc<Inbox>,
    source: Box<dyn Source>,
    /// What its items have crossed, for the mailboxes among them.
    crossed: Arc<Crossing>,
}

/// Where a stream comes from.
pub(crate) trait Source: Send {
    /// An item of so many bytes was read, and more may come.
    fn read(&mut self, bytes: usize);
    /// Nobody reads the stream any more.
    fn abandon(&mut self);
}

/// What an inbox may keep.
pub(crate) trait Room: Send {
    /// Counts that so many bytes are kept from now on.
    ///
    /// # Errors
    ///
    /// If they may not be; never if they are fewer than before.
    fn keep(&mut self, bytes: usize) -> Result<(), Failure>;
}

/// What has come of a stream and is not read yet.
pub(crate) struct Inbox(Mutex<State>);

struct State {
    arrived: VecDeque<Arrived>,
    /// How many bytes the items have that have arrived.
    bytes: usize,
    room: Box<dyn Room>,
    ended: bool,
    reader: Option<Waker>,
}

/// What comes of a stream.
#[derive(Debug)]
pub(crate) enum Arrived {
    Item(Codec, Vec<u8>),
    /// The error that the contract declares, which is the last.
    Declared(Codec, Vec<u8>),
    /// Why it came to an end, which is the last.
    Failed(Failure),
}

impl Inbox {
    pub(crate) fn new(room: Box<dyn Room>) -> Self {
        Inbox(Mutex::new(State {
            arrived: VecDeque::new(),
            bytes: 0,
            room,
            ended: false,
            reader: None,
        }))
    }

    /// Adds what has come, or why it cannot be kept; whether more may come.
    pub(crate) fn put(&self, mut arrived: Arrived) -> bool {
        let (reader, more) = {
            let mut state = self.0.lock();
            if state.ended {
                return false;
            }
            if let Arrived::Item(_, item) = &arrived {
                let bytes = state.bytes + item.len();
                match state.room.keep(bytes) {
                    Ok(()) => state.bytes = bytes,
                    Err(failure) => arrived = Arrived::Failed(failure),
                }
            }
            state.ended = !matches!(arrived, Arrived::Item(..));
            state.arrived.push_back(arrived);
            (state.reader.take(), !state.ended)
        };
        reader.into_iter().for_each(Waker::wake);
        more
    }

    /// How many items wait to be read.
    pub(crate) fn len(&self) -> usize {
        self.0.lock().arrived.len()
    }

    /// Nothing more comes.
    pub(crate) fn end(&self) {
        let reader = {
            let mut state = self.0.lock();
            state.ended = true;
            state.reader.take()
        };
        reader.into_iter().for_each(Waker::wake);
    }
}

impl Arriving {
    pub(crate) fn new(inbox: Arc<Inbox>, source: Box<dyn Source>, crossed: Arc<Crossing>) -> Self {
        Arriving { inbox, source, crossed }
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Arrived>> {
        let mut state = self.inbox.0.lock();
        let Some(arrived) = state.arrived.pop_front() else {
            if state.ended {
                return Poll::Ready(None);
            }
            match &mut state.reader {
                Some(reader) => reader.clone_from(cx.waker()),
                none => *none = Some(cx.waker().clone()),
            }
            return Poll::Pending;
        };
        let more = !state.ended;
        let read = match &arrived {
            Arrived::Item(_, item) => item.len(),
            Arrived::Declared(..) | Arrived::Failed(_) => 0,
        };
        state.bytes -= read;
        let left = state.bytes;
        // Fewer may always be kept.
        let _ = state.room.keep(left);
        drop(state);
        if more {
            self.source.read(read);
        }
        Poll::Ready(Some(arrived))
    }

    /// The next item as the contract has it, or why there are no more.
    pub(crate) fn poll_item<T>(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Failure>>>
    where
        T: Returned<Ok: ContractType>,
    {
        self.poll_next(cx).map(|arrived| {
            let arrived = arrived?;
            Some(crossing(&self.crossed, || match arrived {
                Arrived::Item(codec, bytes) => match Payload::new(codec, &bytes).decode() {
                    Ok(item) => Ok(T::join(Ok(item))),
                    Err(error) => Err(unfit(&error)),
                },
                Arrived::Declared(codec, bytes) => match read_declared(Payload::new(codec, &bytes)) {
                    Ok(error) => Ok(T::join(Err(error))),
                    Err(error) => Err(unfit(&error)),
                },
                Arrived::Failed(failure) => Err(failure),
            }))
        })
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if !self.inbox.0.lock().ended {
            self.source.abandon();
        }
    }
}

impl std::fmt::Debug for Arriving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Arriving")
    }
}

/// Reads a declared error, which says for itself how it is read.
pub(crate) fn read_declared<E: DeclaredError>(payload: Payload<'_>) -> Result<E, DecodeError> {
    struct Declared<E>(E);

    impl<'de, E: DeclaredError> Deserialize<'de> for Declared<E> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            E::deserialize_declared(deserializer).map(Declared)
        }
    }

    payload.decode::<Declared<E>>().map(|Declared(error)| error)
}
