//! A connection of the Rust client, which many tasks call over.

use std::{
    future::{Future, poll_fn},
    path::PathBuf,
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    task::Poll,
    time::Duration,
};

use callsheet_client::{
    CallError, CallFailure, CallOptions, Code, Codec, ConnectOptions, Connection, Delivered, Failure, ReplyStream,
};
use futures_util::StreamExt;
use tokio::{sync::RwLock, task::JoinSet, time::timeout};

use crate::{
    book::{Book, Fault, Outcome, check_number},
    plan::{Call, Cancel, Kind, Plan},
    service::{Item, Refused},
};

/// So many tasks call over one connection.
const TASKS: u32 = 16;

/// Before one of so many calls, the connection is closed and opened anew.
const CALLS: u32 = 1000;

/// So long a call may take. The longest that is asked for takes a few hundredths of a second.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection that makes the calls of a plan.
pub struct ByClient {
    plan: Plan,
    place: PathBuf,
    options: ConnectOptions,
    connection: RwLock<Connection>,
    /// Held for reading by every call that is open.
    open: RwLock<()>,
    book: Mutex<Book>,
    /// The next call to be made.
    at: AtomicU32,
    /// How often the connection was closed.
    closed: AtomicU32,
    /// How many calls ended with it.
    lost: AtomicU32,
}

impl ByClient {
    /// Makes all calls of the plan; the books of them.
    ///
    /// # Errors
    ///
    /// The first fault that is seen.
    pub async fn call(plan: Plan, place: PathBuf) -> Result<Book, Fault> {
        let codec = [Codec::Json, Codec::MessagePack][plan.connection as usize % 2];
        let options = ConnectOptions::new().codec(codec).stream_window(4);
        let connection = Connection::connect_with(&place, options.clone()).await;
        let this = Arc::new(ByClient {
            connection: RwLock::new(connection.map_err(|failure| failure.to_string())?),
            open: RwLock::new(()),
            book: Mutex::new(Book::new(&plan, true)),
            plan,
            place,
            options,
            at: AtomicU32::new(0),
            closed: AtomicU32::new(0),
            lost: AtomicU32::new(0),
        });
        let mut tasks = JoinSet::new();
        for _ in 0..TASKS {
            tasks.spawn(Arc::clone(&this).call_in_turn());
        }
        while let Some(task) = tasks.join_next().await {
            let called = task.expect("a caller that finds a fault says so");
            called.map_err(|fault| format!("connection {} by the client, {codec}: {fault}", plan.connection))?;
        }
        let (closed, lost) = (this.closed.load(Ordering::Relaxed), this.lost.load(Ordering::Relaxed));
        if lost > closed * TASKS {
            return Err(format!(
                "connection {} by the client was closed {closed} times by its caller, and {lost} calls were lost with it",
                plan.connection
            ));
        }
        let this = Arc::into_inner(this).expect("its tasks have ended");
        Ok(this.book.into_inner().expect("nobody panicked"))
    }

    async fn call_in_turn(self: Arc<Self>) -> Result<(), Fault> {
        loop {
            let at = self.at.fetch_add(1, Ordering::Relaxed);
            if at >= self.plan.calls {
                return Ok(());
            }
            if at % CALLS == CALLS / 2 {
                self.open_anew().await?;
            }
            let call = self.plan.call(at);
            let _open = self.open.read().await;
            let connection = self.connection.read().await.clone();
            let outcome = timeout(PATIENCE, made(&connection, &call)).await;
            let outcome = outcome.map_err(|_| format!("lost: {call} has no outcome after {PATIENCE:?}"))??;
            if matches!(outcome, Outcome::Closed | Outcome::Unsent) {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
            self.book.lock().expect("nobody panicked").end(&call, outcome)?;
        }
    }

    /// Closes the connection with the calls that are open on it. Those that are made meanwhile wait for the next one.
    async fn open_anew(&self) -> Result<(), Fault> {
        // All calls so far have ended. One whose answer was lost would else be taken for one that ended with its connection.
        drop(self.open.write().await);
        // The other tasks make a few more.
        for _ in 0..TASKS {
            tokio::task::yield_now().await;
        }
        let mut connection = self.connection.write().await;
        connection.close().await;
        self.closed.fetch_add(1, Ordering::Relaxed);
        let opened = Connection::connect_with(&self.place, self.options.clone()).await;
        *connection = opened.map_err(|failure| failure.to_string())?;
        Ok(())
    }
}

/// Makes a call; how it ended.
async fn made(connection: &Connection, call: &Call) -> Result<Outcome, Fault> {
    let mut options = CallOptions::new();
    if let Some(timeout_ms) = call.timeout_ms {
        options = options.timeout(Duration::from_millis(timeout_ms.into()));
    }
    let (target, message_type, arguments) = (call.target(), call.kind.message_type(), call.arguments());
    let (target, arguments) = (&target, &arguments);
    match call.kind {
        Kind::Items => {
            let items = connection.stream(target, message_type, arguments, options);
            unless_given_up(call, read_all::<Failure>(call, items)).await
        }
        Kind::Failing => {
            let items = connection.stream_fallible(target, message_type, arguments, options);
            unless_given_up(call, read_all::<CallError<Refused>>(call, items)).await
        }
        Kind::Note | Kind::FragileNote => {
            let asked = connection.ask::<_, ()>(target, message_type, arguments, options);
            let ended = async {
                Ok(asked
                    .await
                    .map_or_else(|failure| failed(&failure), |()| Outcome::Answered))
            };
            unless_given_up(call, ended).await
        }
        Kind::Refuse => {
            let asked = connection.ask_fallible::<_, u64, Refused>(target, message_type, arguments, options);
            unless_given_up(call, async { number(call, asked.await) }).await
        }
        _ => {
            let asked = connection.ask::<_, u64>(target, message_type, arguments, options);
            unless_given_up(call, async { number(call, asked.await) }).await
        }
    }
}

/// Waits for the end of the call, unless it is one that is to be given up: that is polled a few times, and dropped.
async fn unless_given_up(call: &Call, ended: impl Future<Output = Result<Outcome, Fault>>) -> Result<Outcome, Fault> {
    let mut polls = match call.cancel {
        Cancel::Never => return ended.await,
        // Sent, and given up at once.
        Cancel::AtOnce => 1,
        Cancel::Later => 1 + 16 * call.amount,
    };
    let mut ended = pin!(ended);
    poll_fn(|cx| {
        polls -= 1;
        match ended.as_mut().poll(cx) {
            Poll::Pending if polls == 0 => Poll::Ready(Ok(Outcome::Dropped)),
            Poll::Pending => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            ready => ready,
        }
    })
    .await
}

fn number<F: Ends>(call: &Call, replied: Result<u64, F>) -> Result<Outcome, Fault> {
    match replied {
        Ok(number) => check_number(call, number).map(|()| Outcome::Answered),
        Err(failure) => failure.outcome(call),
    }
}

async fn read_all<F: Ends + CallFailure>(call: &Call, items: ReplyStream<Item, F>) -> Result<Outcome, Fault> {
    let mut items = pin!(items);
    let mut came = 0;
    let outcome = loop {
        match items.next().await {
            None => break Outcome::Answered,
            Some(Err(failure)) => break failure.outcome(call)?,
            Some(Ok(item)) => {
                check_number(call, item.number)?;
                if item.at != came || came >= call.amount {
                    return Err(format!("item {} came after {came} of {call}", item.at));
                }
                came += 1;
            }
        }
    };
    if matches!(outcome, Outcome::Answered | Outcome::Declared) && came != call.amount {
        return Err(format!("{came} items came of {call}"));
    }
    Ok(outcome)
}

/// What a call failed with.
trait Ends {
    /// How the call ended; the contract's error must be its own.
    fn outcome(self, call: &Call) -> Result<Outcome, Fault>;
}

impl Ends for Failure {
    fn outcome(self, _: &Call) -> Result<Outcome, Fault> {
        Ok(failed(&self))
    }
}

impl Ends for CallError<Refused> {
    fn outcome(self, call: &Call) -> Result<Outcome, Fault> {
        match self {
            CallError::Contract(refused) => check_number(call, refused.number).map(|()| Outcome::Declared),
            CallError::Failure(failure) => Ok(failed(&failure)),
        }
    }
}

fn failed(failure: &Failure) -> Outcome {
    match (failure.code(), failure.delivered()) {
        // The server never says so: it was closed here.
        (Code::ConnectionClosed, Delivered::No) => Outcome::Unsent,
        (Code::ConnectionClosed, _) => Outcome::Closed,
        (code, delivered) => Outcome::Failed(code, delivered),
    }
}
