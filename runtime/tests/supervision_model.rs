//! Supervision against a model of it: what a parent and its children come to after any sequence of ends.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::time::Duration;

use callsheet::{
    ActorHandle, Backoff, CallContext, RestartPolicy, Runtime, Strategy as Siblings, Supervision, actor_contract,
};
use proptest::{collection::vec, prelude::*};

#[actor_contract(namespace = "model")]
pub trait Mortal {
    fn fail(&self, #[context] cx: &CallContext);
    fn finish(&self, #[context] cx: &CallContext);
    fn is_up(&self) -> bool;
}

struct Body;

impl Mortal for Body {
    fn fail(&self, cx: &CallContext) {
        cx.fail("as it should");
    }
    fn finish(&self, cx: &CallContext) {
        cx.finish();
    }
    fn is_up(&self) -> bool {
        true
    }
}

/// How a family is set up.
#[derive(Clone, Debug)]
struct Family {
    policies: Vec<RestartPolicy>,
    siblings: Siblings,
    restarts: u32,
    within: u64,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Fails(usize),
    Finishes(usize),
    IsStopped(usize),
    ParentFails,
    Seconds(u64),
}

/// What is expected of a family. It knows rules alone, and no tasks, queues or time but its own.
struct Model {
    family: Family,
    now: u64,
    parent: u64,
    /// The number of the state of each child; `None` once it has stopped for good.
    children: Vec<Option<u64>>,
    /// When there were restarts that are still held against the children.
    charged: Vec<u64>,
}

impl Model {
    fn new(family: Family) -> Self {
        Model {
            children: vec![Some(1); family.policies.len()],
            family,
            now: 0,
            parent: 1,
            charged: Vec::new(),
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Fails(child) => self.ends(child, true),
            Step::Finishes(child) => self.ends(child, false),
            Step::IsStopped(child) => self.children[child] = None,
            Step::ParentFails => self.parent_restarts(),
            Step::Seconds(seconds) => self.now += seconds,
        }
    }

    fn ends(&mut self, child: usize, failed: bool) {
        if self.children[child].is_none() {
            return;
        }
        let again = match self.family.policies[child] {
            RestartPolicy::Permanent => true,
            RestartPolicy::Transient => failed,
            _ => false,
        };
        if !again {
            self.children[child] = None;
            return;
        }
        let (now, within) = (self.now, self.family.within);
        self.charged.retain(|then| now - then < within);
        if self.charged.len() as u32 == self.family.restarts {
            return self.parent_restarts();
        }
        self.charged.push(now);
        for sibling in 0..self.children.len() {
            let goes_along = match self.family.siblings {
                Siblings::OneForAll => true,
                Siblings::RestForOne => sibling > child,
                _ => false,
            };
            if sibling == child {
                self.next_state(sibling);
            } else if goes_along && self.family.policies[sibling] == RestartPolicy::Temporary {
                self.children[sibling] = None;
            } else if goes_along {
                self.next_state(sibling);
            }
        }
    }

    fn next_state(&mut self, child: usize) {
        if let Some(state) = &mut self.children[child] {
            *state += 1;
        }
    }

    fn parent_restarts(&mut self) {
        self.parent += 1;
        self.charged.clear();
        (0..self.children.len()).for_each(|child| self.next_state(child));
    }
}

struct Real {
    runtime: Runtime,
    parent: ActorHandle,
    children: Vec<ActorHandle>,
}

impl Real {
    async fn new(family: &Family) -> Self {
        let options = Runtime::configure().backoff(Backoff::none());
        let runtime = options
            .restarts(u32::MAX, Duration::from_secs(1))
            .launch()
            .expect("inside tokio");
        let within = Duration::from_secs(family.within);
        let parent = runtime
            .actor("parent", || Body)
            .supervision(Supervision::by(family.siblings).restarts(family.restarts, within))
            .serves(Mortal);
        let parent = parent.start().await.expect("the name is free");
        let mut children = Vec::new();
        for (number, policy) in family.policies.iter().enumerate() {
            let child = runtime
                .actor(format!("child_{number}"), || Body)
                .restart_policy(*policy);
            children.push(parent.supervise(child.serves(Mortal)).await.expect("the name is free"));
        }
        Real {
            runtime,
            parent,
            children,
        }
    }

    async fn step(&self, step: Step) {
        // An actor that has stopped refuses, and that is no end of it.
        let refused = match step {
            Step::Fails(child) => self.children[child].mailbox(Mortal).fail().await,
            Step::Finishes(child) => self.children[child].mailbox(Mortal).finish().await,
            Step::IsStopped(child) => {
                self.children[child].stop().await;
                Ok(())
            }
            Step::ParentFails => self.parent.mailbox(Mortal).fail().await,
            Step::Seconds(seconds) => {
                tokio::time::advance(Duration::from_secs(seconds)).await;
                Ok(())
            }
        };
        let _ = refused;
    }

    /// Waits until everybody is where `model` says, and then some more, to see that it stays so.
    async fn comes_to(&self, model: &Model) -> Result<(), TestCaseError> {
        let expected = (Some(model.parent), model.children.clone());
        let seen = || {
            let children = self.children.iter().map(ActorHandle::generation);
            (self.parent.generation(), children.collect::<Vec<_>>())
        };
        for _ in 0..1_000 {
            if seen() == expected {
                break;
            }
            tokio::task::yield_now().await;
        }
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        prop_assert_eq!(seen(), expected);
        // A generation counts from its start on: that it is up, only its replies say.
        for (child, state) in self.children.iter().zip(&model.children) {
            let answer = child.mailbox(Mortal).is_up().await.is_ok();
            prop_assert_eq!(answer, state.is_some(), "{} answers", child.id());
        }
        prop_assert!(self.parent.mailbox(Mortal).is_up().await.is_ok());
        prop_assert_eq!(seen(), (Some(model.parent), model.children.clone()));
        Ok(())
    }
}

fn families() -> impl Strategy<Value = Family> {
    let policy = prop_oneof![
        2 => Just(RestartPolicy::Permanent),
        2 => Just(RestartPolicy::Transient),
        1 => Just(RestartPolicy::Temporary),
    ];
    let siblings = prop_oneof![
        Just(Siblings::OneForOne),
        Just(Siblings::OneForAll),
        Just(Siblings::RestForOne),
    ];
    (vec(policy, 1..=5), siblings, 0u32..4, 1u64..20).prop_map(|(policies, siblings, restarts, within)| Family {
        policies,
        siblings,
        restarts,
        within,
    })
}

fn cases() -> impl Strategy<Value = (Family, Vec<Step>)> {
    families().prop_flat_map(|family| {
        let child = || 0..family.policies.len();
        let step = prop_oneof![
            5 => child().prop_map(Step::Fails),
            2 => child().prop_map(Step::Finishes),
            1 => child().prop_map(Step::IsStopped),
            1 => Just(Step::ParentFails),
            3 => (0u64..8).prop_map(Step::Seconds),
        ];
        (Just(family.clone()), vec(step, 1..30))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn families_come_to_what_the_rules_say((family, steps) in cases()) {
        let tokio = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        tokio.expect("a runtime can be built").block_on(async {
            let real = Real::new(&family).await;
            let mut model = Model::new(family);
            real.comes_to(&model).await?;
            for step in steps {
                real.step(step).await;
                model.step(step);
                real.comes_to(&model).await?;
            }
            let accepted: Vec<_> = real.children.iter().chain([&real.parent]).map(|actor| actor.books()).collect();
            real.runtime.shutdown().await;
            for books in accepted {
                prop_assert_eq!(books.accepted, books.handled);
            }
            Ok(())
        })?;
    }
}
