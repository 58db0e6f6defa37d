//! A connection whose frames are written and read here.

use std::{path::PathBuf, time::Duration};

use callsheet_wire::{
    Codec, Incoming, Refusal, Response, StreamFrame, frame, read,
    write::{self, RequestHead},
};
use fastrand::Rng;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    time::timeout,
};

use crate::{
    book::{Book, Fault, Outcome, check_number},
    open::{Calls, Open},
    plan::{Call, Cancel, Plan},
    service::{Item, Refused},
};

/// So long nothing at all may come while calls are open. The longest that is asked for takes a few hundredths of a second.
const PATIENCE: Duration = Duration::from_secs(60);

/// No answer is longer.
const LONGEST: usize = 1 << 16;

/// So many calls may be open at once.
const MOST_OPEN: u32 = 64;

/// One of so many batches is the last of its socket.
const BATCHES: u32 = 300;

/// What is done with a socket.
enum Next {
    Write,
    /// It is dropped when a part of the batch is written.
    Drop,
    /// Nothing more is sent, and all answers are read.
    Finish,
}

/// A connection that makes the calls of a plan, over one socket after another.
pub struct ByHand {
    plan: Plan,
    chance: Rng,
    codec: Codec,
    place: PathBuf,
    socket: UnixStream,
    book: Book,
    calls: Calls,
    /// The next call to be made.
    at: u32,
    /// What is written next, and where each call in it ends.
    output: Vec<u8>,
    batch: Vec<(Call, usize)>,
    /// Whose cancel is sent with the next batch.
    to_cancel: Vec<Call>,
    input: Vec<u8>,
}

impl ByHand {
    /// Makes all calls of the plan; the books of them.
    ///
    /// # Errors
    ///
    /// The first fault that is seen.
    pub async fn call(plan: Plan, place: PathBuf) -> Result<Book, Fault> {
        // Half of the connections for each codec, and of those, half for each way to choose ids.
        let codec = [Codec::Json, Codec::MessagePack][plan.connection as usize % 2];
        let uses_ids_again = (plan.connection / 2).is_multiple_of(2);
        let socket = UnixStream::connect(&place).await.map_err(|error| error.to_string())?;
        let mut this = ByHand {
            chance: plan.chance(),
            book: Book::new(&plan, false),
            calls: Calls::new(uses_ids_again),
            plan,
            codec,
            place,
            socket,
            at: 0,
            output: Vec::new(),
            batch: Vec::new(),
            to_cancel: Vec::new(),
            input: Vec::new(),
        };
        let called = this.call_all().await;
        called.map_err(|fault| format!("connection {} by hand, {codec}: {fault}", this.plan.connection))?;
        Ok(this.book)
    }

    async fn call_all(&mut self) -> Result<(), Fault> {
        loop {
            self.cancel();
            self.fill()?;
            match self.next() {
                Next::Write => self.exchange().await?,
                Next::Drop => {
                    self.settle().await?;
                    self.fill()?;
                    if self.chance.bool() {
                        self.exchange().await?;
                        self.cancel();
                        self.fill()?;
                    }
                    self.drop_socket().await?;
                    self.reconnect().await?;
                }
                Next::Finish => {
                    self.finish().await?;
                    if self.at == self.plan.calls {
                        return Ok(());
                    }
                    self.reconnect().await?;
                }
            }
        }
    }

    fn next(&mut self) -> Next {
        if self.at == self.plan.calls && self.calls.len() == 0 {
            return Next::Finish;
        }
        match self.chance.u32(..2 * BATCHES) {
            0 => Next::Drop,
            // A stream that waits for credit which it is not sent has no end.
            1 if !self.calls.any_out_of_reach() => Next::Finish,
            _ => Next::Write,
        }
    }

    /// Cancels what was to be cancelled later and is still open.
    fn cancel(&mut self) {
        for call in std::mem::take(&mut self.to_cancel) {
            if let Some(id) = self.calls.id_of(&call) {
                write::cancel(&mut self.output, self.codec, &id);
            }
        }
    }

    /// Makes calls until so many are open as chance wants.
    fn fill(&mut self) -> Result<(), Fault> {
        let window = self.chance.u32(1..=MOST_OPEN);
        while self.calls.len() < window as usize && self.at < self.plan.calls {
            let call = self.plan.call(self.at);
            self.at += 1;
            self.begin(call)?;
        }
        Ok(())
    }

    async fn exchange(&mut self) -> Result<(), Fault> {
        self.write().await?;
        self.read().await
    }

    /// Reads until no call is open. One whose answer was lost would else be taken for one that ended with its socket.
    async fn settle(&mut self) -> Result<(), Fault> {
        while self.calls.len() > 0 {
            self.exchange().await?;
            self.cancel();
        }
        Ok(())
    }

    fn begin(&mut self, call: Call) -> Result<(), Fault> {
        let id = self.calls.open(call);
        let head = RequestHead {
            request_id: id.as_deref(),
            expects_reply: !call.kind.is_stream(),
            expects_stream: call.kind.is_stream(),
            timeout_ms: call.timeout_ms.map(u64::from),
            credit: call.credit.map(u64::from),
            ..RequestHead::new(call.target(), call.kind.message_type())
        };
        let written = write::request(&mut self.output, self.codec, &head, &call.arguments());
        written.map_err(|error| error.to_string())?;
        self.batch.push((call, self.output.len()));
        match (call.cancel, id) {
            (Cancel::AtOnce, Some(id)) => write::cancel(&mut self.output, self.codec, &id),
            (Cancel::Later, Some(_)) => self.to_cancel.push(call),
            _ => {}
        }
        Ok(())
    }

    async fn write(&mut self) -> Result<(), Fault> {
        let written = timeout(PATIENCE, self.socket.write_all(&self.output)).await;
        let written = written.map_err(|_| format!("nothing more is taken; {}", self.calls))?;
        written.map_err(|error| format!("the server is gone: {error}; {}", self.calls))?;
        self.output.clear();
        self.batch.clear();
        Ok(())
    }

    /// Waits until something has come, if anything is to come, and acts on all that has.
    async fn read(&mut self) -> Result<(), Fault> {
        // What is about to be cancelled may have no other end.
        if self.calls.len() <= self.to_cancel.len() {
            return Ok(());
        }
        if self.read_some().await? == 0 {
            return Err(format!("the server closed the connection; {}", self.calls));
        }
        Ok(())
    }

    async fn read_some(&mut self) -> Result<usize, Fault> {
        let read = timeout(PATIENCE, self.socket.read_buf(&mut self.input)).await;
        let read = read.map_err(|_| format!("lost: for {PATIENCE:?} nothing came; {}", self.calls))?;
        let read = read.map_err(|error| format!("the server is gone: {error}; {}", self.calls))?;
        let input = std::mem::take(&mut self.input);
        let mut rest = &input[..];
        loop {
            match frame::next(rest, LONGEST) {
                frame::Next::Frame { payload, consumed } => {
                    self.handle(&rest[payload])?;
                    rest = &rest[consumed..];
                }
                frame::Next::Incomplete { .. } => break,
                frame::Next::TooLarge { length } => return Err(format!("a frame of {length} bytes")),
            }
        }
        let used = input.len() - rest.len();
        self.input = input;
        self.input.drain(..used);
        Ok(read)
    }

    fn handle(&mut self, payload: &[u8]) -> Result<(), Fault> {
        let (codec, incoming) = read(payload).map_err(|unreadable| format!("unreadable: {}", unreadable.failure))?;
        if codec != self.codec {
            return Err(format!("a frame in {codec}: {incoming:?}"));
        }
        match incoming {
            Incoming::Response(response) => self.response(&response),
            Incoming::StreamFrame(frame) => self.stream_frame(&frame),
            other => Err(format!("nobody asked for {other:?}")),
        }
    }

    fn response(&mut self, response: &Response<'_>) -> Result<(), Fault> {
        let Open { call, .. } = self.calls.close(response.request_id.as_deref())?;
        if call.kind.is_stream() {
            return Err(format!("a response ended {call}"));
        }
        let outcome = match response.outcome() {
            Ok(payload) if call.kind.is_tell() => {
                if !payload.is_null() {
                    return Err(format!("a receipt that is not null: {payload:?} of {call}"));
                }
                Outcome::Answered
            }
            Ok(payload) => {
                check_number(&call, payload.decode().map_err(|error| format!("{error} of {call}"))?)?;
                Outcome::Answered
            }
            Err(refusal) => refused(&call, refusal)?,
        };
        self.book.end(&call, outcome)
    }

    fn stream_frame(&mut self, frame: &StreamFrame<'_>) -> Result<(), Fault> {
        let open = self.calls.stream(&frame.stream_id)?;
        let call = open.call;
        if !call.kind.is_stream() {
            return Err(format!("a stream's frame came for {call}"));
        }
        if frame.sequence != u64::from(open.items) {
            return Err(format!(
                "frame {} follows {} items of {call}",
                frame.sequence, open.items
            ));
        }
        if let Some(payload) = frame.item() {
            let item: Item = payload.decode().map_err(|error| format!("{error} of {call}"))?;
            check_number(&call, item.number)?;
            if item.at != open.items || item.at >= call.amount {
                return Err(format!("item {} came after {} of {call}", item.at, open.items));
            }
            open.items += 1;
        }
        if !frame.is_final {
            if open.granted == Some(open.items) {
                let more = self.chance.u32(1..8);
                open.granted = Some(open.items + more);
                write::credit(&mut self.output, self.codec, &frame.stream_id, more.into());
            }
            return Ok(());
        }
        let items = open.items;
        self.calls.close_stream(&frame.stream_id)?;
        let outcome = match &frame.failure {
            Some(Refusal::Contract(details, text)) => refused(&call, Refusal::Contract(*details, text.clone()))?,
            Some(Refusal::Failure(failure)) => refused(&call, Refusal::Failure(failure.clone()))?,
            None => Outcome::Answered,
        };
        if matches!(outcome, Outcome::Answered | Outcome::Declared) && items != call.amount {
            return Err(format!("{items} items came of {call}"));
        }
        self.book.end(&call, outcome)
    }

    /// Closes the socket in the middle of what is to be written, and of what is to be read.
    async fn drop_socket(&mut self) -> Result<(), Fault> {
        let written = self.chance.usize(..=self.output.len());
        self.output.truncate(written);
        let unsent: Vec<_> = self.batch.iter().filter(|(_, end)| *end > written).collect();
        for (call, _) in &unsent {
            self.book.end(call, Outcome::Unsent)?;
        }
        let sent = self.calls.take_all().into_iter().map(|open| open.call);
        for call in sent.filter(|call| !unsent.iter().any(|(unsent, _)| unsent.number == call.number)) {
            self.book.end(&call, Outcome::Closed)?;
        }
        self.write().await
    }

    /// Says that nothing more is sent, and reads until the server has nothing more to say.
    async fn finish(&mut self) -> Result<(), Fault> {
        self.cancel();
        self.calls
            .grant_all(|id, items| write::credit(&mut self.output, self.codec, id, items));
        self.write().await?;
        self.socket.shutdown().await.map_err(|error| error.to_string())?;
        while self.read_some().await? > 0 {
            // Credit cannot be sent any more, and need not be.
            self.output.clear();
        }
        if self.calls.len() > 0 || !self.input.is_empty() {
            return Err(format!("lost: the server closed the connection; {}", self.calls));
        }
        Ok(())
    }

    async fn reconnect(&mut self) -> Result<(), Fault> {
        let socket = timeout(PATIENCE, UnixStream::connect(&self.place)).await;
        let socket = socket.map_err(|_| "nobody accepts a connection".to_owned())?;
        self.socket = socket.map_err(|error| format!("no connection: {error}"))?;
        self.input.clear();
        self.to_cancel.clear();
        Ok(())
    }
}

fn refused(call: &Call, refusal: Refusal<'_>) -> Result<Outcome, Fault> {
    match refusal {
        Refusal::Contract(details, _) => {
            let refused: Refused = details.decode().map_err(|error| format!("{error} of {call}"))?;
            check_number(call, refused.number)?;
            Ok(Outcome::Declared)
        }
        Refusal::Failure(failure) => Ok(Outcome::Failed(failure.code(), failure.delivered())),
    }
}
