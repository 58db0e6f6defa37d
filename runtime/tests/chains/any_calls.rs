//! Any calls of any actors, held against the rules.

use callsheet::{Code, Runtime, actor_contract, contract_type};
use proptest::prelude::*;
use tokio::time::{Duration, Instant};

const ACTORS: usize = 4;

/// A call, and the calls that its handler makes, one after the other.
#[contract_type]
#[derive(Clone, Debug)]
pub struct Planned {
    actor: usize,
    exclusive: bool,
    /// The handler is suspended before it calls.
    pauses: bool,
    then: Vec<Planned>,
}

#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub enum Came {
    Through,
    Deadlock,
    Otherwise(String),
}

#[actor_contract(namespace = "chains")]
pub trait Node {
    /// What the calls came to, each before those that its handler made.
    async fn shared(&self, pauses: bool, then: Vec<Planned>) -> Vec<Came>;
    async fn exclusive(&mut self, pauses: bool, then: Vec<Planned>) -> Vec<Came>;
}

struct Any;

async fn run(pauses: bool, then: Vec<Planned>) -> Vec<Came> {
    if pauses {
        tokio::task::yield_now().await;
    }
    let mut came = Vec::new();
    for next in then {
        came.extend(make(next).await);
    }
    came
}

async fn make(call: Planned) -> Vec<Came> {
    let Planned {
        actor,
        exclusive,
        pauses,
        then,
    } = call;
    let node = Node.at(format!("n{actor}"));
    let ended = if exclusive {
        node.exclusive(pauses, then).await
    } else {
        node.shared(pauses, then).await
    };
    match ended {
        Ok(mut inner) => {
            inner.insert(0, Came::Through);
            inner
        }
        Err(failure) if failure.code() == Code::Deadlock => vec![Came::Deadlock],
        Err(failure) => vec![Came::Otherwise(failure.to_string())],
    }
}

impl Node for Any {
    async fn shared(&self, pauses: bool, then: Vec<Planned>) -> Vec<Came> {
        run(pauses, then).await
    }
    async fn exclusive(&mut self, pauses: bool, then: Vec<Planned>) -> Vec<Came> {
        run(pauses, then).await
    }
}

/// The rules: `turns` are those that wait, with their actors and whether they are exclusive.
fn predicted(call: &Planned, turns: &mut Vec<(usize, bool)>, came: &mut Vec<Came>) {
    let waits_for_itself = |(actor, exclusive): &(usize, bool)| *actor == call.actor && (*exclusive || call.exclusive);
    if turns.iter().any(waits_for_itself) {
        return came.push(Came::Deadlock);
    }
    came.push(Came::Through);
    turns.push((call.actor, call.exclusive));
    for next in &call.then {
        predicted(next, turns, came);
    }
    turns.pop();
}

fn plans() -> impl Strategy<Value = Planned> {
    let call = (0..ACTORS, any::<bool>(), any::<bool>());
    let last = call.clone().prop_map(|(actor, exclusive, pauses)| Planned {
        actor,
        exclusive,
        pauses,
        then: Vec::new(),
    });
    last.prop_recursive(5, 24, 3, move |inner| {
        let then = prop::collection::vec(inner, 0..4);
        (call.clone(), then).prop_map(|((actor, exclusive, pauses), then)| Planned {
            actor,
            exclusive,
            pauses,
            then,
        })
    })
}

/// What the limits of an actor are: none of them matters to calls of one chain.
#[derive(Clone, Copy, Debug)]
struct Limits {
    capacity: usize,
    shared: usize,
}

fn limits() -> impl Strategy<Value = [Limits; ACTORS]> {
    let one = (1..3_usize, 1..3_usize).prop_map(|(capacity, shared)| Limits { capacity, shared });
    prop::array::uniform4(one)
}

async fn held(plan: Planned, limits: [Limits; ACTORS]) -> (Vec<Came>, Duration) {
    let runtime = Runtime::launch().expect("inside tokio");
    for (number, Limits { capacity, shared }) in limits.into_iter().enumerate() {
        let node = runtime.actor(format!("n{number}"), || Any).serves(Node);
        let node = node.capacity(capacity).shared_limit(shared).start().await;
        drop(node.expect("the name is free"));
    }
    let started = Instant::now();
    let came = make(plan).await;
    let took = started.elapsed();
    runtime.shutdown().await;
    (came, took)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_call_of_a_chain_goes_through_or_is_refused_at_once_as_the_rules_say(
        plan in plans(),
        limits in limits(),
    ) {
        let mut expected = Vec::new();
        predicted(&plan, &mut Vec::new(), &mut expected);
        let tokio = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        let (came, took) = tokio.expect("it can be built").block_on(held(plan, limits));
        prop_assert_eq!(came, expected);
        prop_assert_eq!(took, Duration::ZERO, "nothing waits for a deadline");
    }
}
