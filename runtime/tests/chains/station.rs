//! Actors that call each other along a way which the test writes down.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use callsheet::{ActorHandle, Deferred, Failure, Mailbox, Runtime, Sends, Streaming, actor_contract, contract_type};
use futures_util::{FutureExt, StreamExt};
use tokio::{sync::Notify, time::Instant};

/// One call on the way.
#[contract_type]
#[derive(Clone, Debug)]
pub struct Hop {
    to: String,
    by: By,
    kind: Kind,
    /// What its handler does before it goes on.
    first: First,
}

/// How a call is made.
#[contract_type]
#[derive(Clone, Copy, Debug)]
pub enum By {
    Awaiting,
    Detached,
    /// By a task that the handler spawns and waits for.
    Spawning,
    /// By a task that the handler spawns and does not wait for.
    Leaving,
    /// For at most a second.
    Impatiently,
    /// Until [`Gates::leave`] says so.
    Selecting,
    /// The same, detached.
    SelectingDetached,
}

/// Which method is called.
#[contract_type]
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Shared,
    Exclusive,
    /// The turn ends at once; what follows goes on.
    Deferred,
    ExclusiveDeferred,
    Opening,
    Tell,
    /// An ask whose reply is not awaited.
    Sent,
}

#[contract_type]
#[derive(Clone, Copy, Debug)]
pub enum First {
    Nothing,
    Pauses,
    /// Until [`Gates::open`] says so.
    Waits,
    /// Goes on twice at one time, once detached; and then once more.
    Doubles,
}

/// How a way ended: where it arrived, or why it did not.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    pub code: String,
    pub delivered: String,
    pub chain: Vec<String>,
}

#[actor_contract(namespace = "chains")]
pub trait Station {
    async fn shared(&self, first: First, way: Vec<Hop>) -> End;
    async fn exclusive(&mut self, first: First, way: Vec<Hop>) -> End;
    fn deferred(&self, first: First, way: Vec<Hop>) -> Deferred<End>;
    fn exclusive_deferred(&mut self, first: First, way: Vec<Hop>) -> Deferred<End>;
    /// Opens when the way has ended.
    async fn opening(&self, first: First, way: Vec<Hop>) -> Streaming<End>;
    #[tell]
    async fn told(&mut self, first: First, way: Vec<Hop>);
    /// Goes all ways at one time.
    async fn at_once(&mut self, ways: Vec<Vec<Hop>>) -> Vec<End>;
    async fn one_after_another(&mut self, ways: Vec<Vec<Hop>>) -> Vec<End>;
    async fn resting(&mut self);
    fn fail(&self);
    /// Starts a call, and gives its future to the test.
    async fn hand_out(&mut self, way: Vec<Hop>);
}

type Calling = std::pin::Pin<Box<dyn Future<Output = End> + Send>>;

/// What the test and the handlers share.
#[derive(Default)]
pub struct Gates {
    /// A handler waits.
    pub reached: Notify,
    pub open: Notify,
    pub leave: Notify,
    /// What handlers came to, also where nobody waited for it.
    ended: Mutex<Vec<(String, End)>>,
    pub ended_one: Notify,
    /// Those by which actors are reached that are not in the ambient runtime, or whose mailbox is to be an old one.
    mailboxes: Mutex<HashMap<String, Mailbox<dyn Station>>>,
    pub handed_out: Mutex<Option<Calling>>,
}

struct Stop {
    name: String,
    gates: Arc<Gates>,
}

pub struct Line {
    pub runtime: Runtime,
    pub gates: Arc<Gates>,
    started: Instant,
}

/// Waits for a signal; a clock that is paused goes on when nothing else does, so a missing one fails the test.
pub async fn soon(signal: &Notify) {
    let waited = tokio::time::timeout(Duration::from_secs(3600), signal.notified());
    waited.await.expect("it is told");
}

/// The calls that fill a mailbox.
pub struct Full(Vec<Calling>);

impl Full {
    /// They run in the end.
    pub async fn runs(self) {
        for call in self.0 {
            assert_eq!(call.await, arrived());
        }
    }
}

/// `names` are those of actors with nothing set.
pub async fn line(names: &str) -> Line {
    let runtime = Runtime::launch().expect("inside tokio");
    let line = Line {
        runtime,
        gates: Arc::default(),
        started: Instant::now(),
    };
    for name in names.split_whitespace() {
        drop(line.add(name, None, None).await);
    }
    line
}

impl Line {
    pub async fn add(&self, name: &str, shared_limit: Option<usize>, capacity: Option<usize>) -> ActorHandle {
        self.add_in(&self.runtime, name, shared_limit, capacity).await
    }

    /// In another runtime.
    pub async fn add_elsewhere(&self, runtime: &Runtime, name: &str) {
        self.add_elsewhere_as(runtime, name, name).await;
    }

    /// The same for an actor that ways call by another name.
    pub async fn add_elsewhere_as(&self, runtime: &Runtime, name: &str, called: &str) {
        drop(self.add_in(runtime, name, None, None).await);
        self.reach_by(called, runtime.to(name));
    }

    /// Has ways reach an actor by this mailbox.
    pub fn reach_by(&self, called: &str, mailbox: Mailbox<dyn Station>) {
        let mut mailboxes = self.gates.mailboxes.lock().expect("nobody panics here");
        mailboxes.insert(called.to_owned(), mailbox);
    }

    async fn add_in(
        &self,
        runtime: &Runtime,
        name: &str,
        shared_limit: Option<usize>,
        capacity: Option<usize>,
    ) -> ActorHandle {
        let (given, gates) = (name.to_owned(), Arc::clone(&self.gates));
        let stop = runtime.actor(name, move || Stop {
            name: given.clone(),
            gates: Arc::clone(&gates),
        });
        let stop = stop
            .serves(Station)
            .shared_limit(shared_limit.unwrap_or(usize::MAX))
            .capacity(capacity.unwrap_or(16));
        stop.start().await.expect("the name is free")
    }

    /// Goes along a way, from outside of all actors.
    pub async fn go(&self, text: &str) -> End {
        go(Arc::clone(&self.gates), way(text)).await
    }

    /// The same, beside the test.
    pub fn set_off(&self, text: &str) -> tokio::task::JoinHandle<End> {
        tokio::spawn(go(Arc::clone(&self.gates), way(text)))
    }

    /// Sets off, and waits until a handler has reached its gate.
    pub async fn set_off_to_the_gate(&self, text: &str) -> tokio::task::JoinHandle<End> {
        let going = self.set_off(text);
        soon(&self.gates.reached).await;
        going
    }

    pub fn station(&self, name: &str) -> Mailbox<dyn Station> {
        self.runtime.to(name)
    }

    /// Lets everything run that can: there is one thread, and tasks take turns.
    pub async fn settle(&self) {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }

    /// Fills the mailbox of an actor whose capacity is 1, and which has a suspended call, with exclusive calls.
    pub async fn fill(&self, name: &str) -> Full {
        let station = self.station(name);
        let call = || -> Calling {
            let started = station.exclusive(First::Nothing, Vec::new()).into_future();
            Box::pin(async { started.await.unwrap_or_else(End::from) })
        };
        // The actor takes the first one out, and waits with it for the suspended call.
        let received = call();
        self.settle().await;
        let queued = call();
        let more = station.told(First::Nothing, Vec::new()).into_future();
        assert!(more.now_or_never().is_none(), "there is no more room");
        Full(vec![received, queued])
    }

    /// What the handlers of an actor came to so far.
    pub fn ends_of(&self, name: &str) -> Vec<End> {
        let ended = self.gates.ended.lock().expect("nobody panics here");
        ended
            .iter()
            .filter(|(of, _)| of == name)
            .map(|(_, end)| end.clone())
            .collect()
    }

    /// Waits until handlers of an actor have ended `count` times.
    pub async fn ended(&self, name: &str, count: usize) -> Vec<End> {
        loop {
            let ends = self.ends_of(name);
            if ends.len() >= count {
                return ends;
            }
            soon(&self.gates.ended_one).await;
        }
    }

    /// Fails if anything waited for a timer so far.
    #[track_caller]
    pub fn took_no_time(&self) {
        assert_eq!(
            self.started.elapsed(),
            Duration::ZERO,
            "something waited for its deadline"
        );
    }
}

/// A way is a list of actors. Before the name may stand how the call is made: `^` detached, `&` from a spawned task that
/// is waited for, `%` from one that is not, `<` for at most a second, `|` in a `select!`, `/` in one and detached. After it
/// which method: `!` exclusive, `+` deferred, `!+` both, `*` a stream, `~` a tell, `>` an ask that is only sent; none is
/// shared. Then what the handler does first: `.` pauses, `:` waits at the gate, `=` goes on three times.
pub fn way(text: &str) -> Vec<Hop> {
    text.split_whitespace().map(hop).collect()
}

fn hop(text: &str) -> Hop {
    let (by, text) = match text.split_at(1) {
        ("^", rest) => (By::Detached, rest),
        ("&", rest) => (By::Spawning, rest),
        ("%", rest) => (By::Leaving, rest),
        ("<", rest) => (By::Impatiently, rest),
        ("|", rest) => (By::Selecting, rest),
        ("/", rest) => (By::SelectingDetached, rest),
        _ => (By::Awaiting, text),
    };
    let (text, first) = match text.split_at(text.len() - 1) {
        (text, ".") => (text, First::Pauses),
        (text, ":") => (text, First::Waits),
        (text, "=") => (text, First::Doubles),
        _ => (text, First::Nothing),
    };
    let name = text.trim_end_matches(['!', '+', '*', '~', '>']);
    let kind = match &text[name.len()..] {
        "" => Kind::Shared,
        "!" => Kind::Exclusive,
        "+" => Kind::Deferred,
        "!+" => Kind::ExclusiveDeferred,
        "*" => Kind::Opening,
        "~" => Kind::Tell,
        ">" => Kind::Sent,
        other => panic!("`{other}` is no kind of call"),
    };
    Hop {
        to: name.to_owned(),
        by,
        kind,
        first,
    }
}

pub fn arrived() -> End {
    End {
        code: "arrived".to_owned(),
        delivered: String::new(),
        chain: Vec::new(),
    }
}

pub fn gave_up() -> End {
    End {
        code: "gave up".to_owned(),
        ..arrived()
    }
}

pub fn deadlock<const N: usize>(chain: [&str; N]) -> End {
    End {
        code: "Deadlock".to_owned(),
        delivered: "No".to_owned(),
        chain: chain.map(str::to_owned).to_vec(),
    }
}

pub fn timeout(delivered: &str) -> End {
    End {
        code: "Timeout".to_owned(),
        delivered: delivered.to_owned(),
        chain: Vec::new(),
    }
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        End {
            code: failure.code_name().to_owned(),
            delivered: format!("{:?}", failure.delivered()),
            chain: failure.chain().to_vec(),
        }
    }
}

/// Makes the first call of the way, which makes the others.
async fn go(gates: Arc<Gates>, mut way: Vec<Hop>) -> End {
    if way.is_empty() {
        return arrived();
    }
    let Hop { to, by, kind, first } = way.remove(0);
    let known = gates.mailboxes.lock().expect("nobody panics here").get(&to).cloned();
    let station = known.unwrap_or_else(|| Station.at(to));
    match by {
        By::Awaiting => call(station, kind, first, way, false).await,
        By::Detached => call(station, kind, first, way, true).await,
        By::Spawning => {
            let called = tokio::spawn(call(station, kind, first, way, false)).await;
            called.expect("calls do not panic")
        }
        By::Leaving => {
            tokio::spawn(call(station, kind, first, way, false));
            gave_up()
        }
        By::Impatiently => {
            let called = tokio::time::timeout(Duration::from_secs(1), call(station, kind, first, way, false));
            called.await.unwrap_or_else(|_| gave_up())
        }
        By::Selecting | By::SelectingDetached => tokio::select! {
            end = call(station, kind, first, way, matches!(by, By::SelectingDetached)) => end,
            () = gates.leave.notified() => gave_up(),
        },
    }
}

async fn call(station: Mailbox<dyn Station>, kind: Kind, first: First, way: Vec<Hop>, detached: bool) -> End {
    // Each method's call has a type of its own.
    macro_rules! ask {
        ($method:ident) => {{
            let call = station.$method(first, way);
            let call = if detached { call.detached() } else { call };
            call.await.unwrap_or_else(End::from)
        }};
    }
    match kind {
        Kind::Shared => ask!(shared),
        Kind::Exclusive => ask!(exclusive),
        Kind::Deferred => ask!(deferred),
        Kind::ExclusiveDeferred => ask!(exclusive_deferred),
        Kind::Tell => station.told(first, way).await.map_or_else(End::from, |()| arrived()),
        Kind::Sent => {
            let call = station.resting();
            let call = if detached { call.detached() } else { call };
            call.send().await.map_or_else(End::from, |()| arrived())
        }
        Kind::Opening => {
            let stream = station.opening(first, way);
            let mut stream = if detached { stream.detached() } else { stream };
            let first = stream.next().await.expect("there is a first item");
            first.unwrap_or_else(End::from)
        }
    }
}

impl Stop {
    /// What a handler does: something first, then the rest of the way.
    fn run(&self, first: First, way: Vec<Hop>) -> impl Future<Output = End> + Send + use<> {
        let (name, gates) = (self.name.clone(), Arc::clone(&self.gates));
        async move {
            match first {
                First::Nothing => {}
                First::Pauses => tokio::task::yield_now().await,
                First::Waits => {
                    gates.reached.notify_one();
                    gates.open.notified().await;
                }
                First::Doubles => {
                    let mut apart = way.clone();
                    if let Some(hop) = apart.first_mut() {
                        hop.by = By::Detached;
                    }
                    tokio::join!(go(Arc::clone(&gates), way.clone()), go(Arc::clone(&gates), apart));
                }
            }
            let end = go(Arc::clone(&gates), way).await;
            let ended = (name, end.clone());
            gates.ended.lock().expect("nobody panics here").push(ended);
            gates.ended_one.notify_one();
            end
        }
    }
}

impl Station for Stop {
    async fn shared(&self, first: First, way: Vec<Hop>) -> End {
        self.run(first, way).await
    }
    async fn exclusive(&mut self, first: First, way: Vec<Hop>) -> End {
        self.run(first, way).await
    }
    fn deferred(&self, first: First, way: Vec<Hop>) -> Deferred<End> {
        Deferred::new(self.run(first, way))
    }
    fn exclusive_deferred(&mut self, first: First, way: Vec<Hop>) -> Deferred<End> {
        Deferred::new(self.run(first, way))
    }
    async fn opening(&self, first: First, way: Vec<Hop>) -> Streaming<End> {
        Streaming::iter([self.run(first, way).await])
    }
    async fn told(&mut self, first: First, way: Vec<Hop>) {
        self.run(first, way).await;
    }
    async fn at_once(&mut self, ways: Vec<Vec<Hop>>) -> Vec<End> {
        futures_util::future::join_all(ways.into_iter().map(|way| go(Arc::clone(&self.gates), way))).await
    }
    async fn one_after_another(&mut self, ways: Vec<Vec<Hop>>) -> Vec<End> {
        let mut ends = Vec::new();
        for way in ways {
            ends.push(go(Arc::clone(&self.gates), way).await);
        }
        ends
    }
    async fn resting(&mut self) {}
    fn fail(&self) {
        panic!("as it should")
    }
    async fn hand_out(&mut self, mut way: Vec<Hop>) {
        let Hop { to, first, .. } = way.remove(0);
        let started = Station.at(to).shared(first, way).into_future();
        let calling: Calling = Box::pin(async { started.await.unwrap_or_else(End::from) });
        *self.gates.handed_out.lock().expect("nobody panics here") = Some(calling);
    }
}
