//! Which turns wait for a call, so that no call waits for itself.
//!
//! A call that a handler awaits is a link: it says which turn waits for it, and that turn says which call it serves, and so on
//! to a caller outside of all actors. Before a call is put into a queue, the links are walked from its own turn outwards. An
//! actor that is met on the way waits for this very call: a further exclusive call of it could never run, and neither could
//! any call while it runs an exclusive one. A further shared call beside a shared turn can always run, if it waits for
//! nothing else.
//!
//! A link holds only while its call is awaited and its turn lives. What is beyond a broken link waits for nothing here.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use callsheet_wire::{Code, Delivered, Failure, Hop, Shortened};

use crate::id::ActorId;

/// One turn of an actor that has made a call.
#[derive(Debug)]
pub(crate) struct Turn {
    /// The actor's number; none if the turn itself has ended and only its deferred reply is still to come.
    actor: Option<u64>,
    id: ActorId,
    exclusive: bool,
    live: AtomicBool,
    /// The call that it serves.
    serves: Option<Arc<Link>>,
    /// The calls that wait for this one in other processes, the innermost first. Such a turn is no actor's here: it stands
    /// for all those on the way of a call that came from there.
    elsewhere: Vec<Hop>,
}

/// A call that a turn awaits.
#[derive(Debug)]
pub(crate) struct Link {
    turn: Arc<Turn>,
    awaited: AtomicBool,
}

/// How a call stands to the turns that wait for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// None of them is one of its target.
    Free,
    /// A shared turn of its target waits for this shared call, which is to be let past everything that waits.
    Admitted,
    /// It could never run.
    Deadlock,
}

impl Turn {
    /// A turn of the actor with the number `actor`.
    pub(crate) fn new(actor: Option<u64>, id: ActorId, exclusive: bool, serves: Option<Arc<Link>>) -> Arc<Self> {
        Arc::new(Turn {
            actor,
            id,
            exclusive,
            live: AtomicBool::new(true),
            serves,
            elsewhere: Vec::new(),
        })
    }

    /// The turn has ended.
    pub(crate) fn end(&self) {
        self.live.store(false, Ordering::Release);
    }

    /// How a call of the actor `target` that is made in this turn stands.
    pub(crate) fn standing(&self, target: u64, exclusive: bool) -> Standing {
        let mut met = Standing::Free;
        for turn in self.waiting() {
            if turn.actor == Some(target) {
                if turn.exclusive || exclusive {
                    return Standing::Deadlock;
                }
                met = Standing::Admitted;
            }
        }
        met
    }

    /// This turn, and those that wait for it.
    fn waiting(&self) -> impl Iterator<Item = &Turn> {
        std::iter::successors(Some(self), |turn| turn.serves.as_ref()?.awaiting())
    }

    /// Why a call of `target` in this turn is refused.
    pub(crate) fn deadlock(&self, target: &ActorId) -> Failure {
        let mut chain: Vec<String> = self
            .waiting()
            .filter(|turn| turn.actor.is_some() || !turn.elsewhere.is_empty())
            .map(|turn| {
                let how = match (turn.elsewhere.is_empty(), turn.exclusive) {
                    (false, _) => "elsewhere",
                    (true, true) => "exclusive",
                    (true, false) => "shared",
                };
                format!("{} ({how})", turn.id)
            })
            .collect();
        chain.reverse();
        let text = format!(
            "actor `{target}` waits for this very call, so it could never answer; the calls go {} -> {target}. Make the methods \
             shared, send instead of asking, or use `.detached()` if something else ends the wait",
            chain.join(" -> ")
        );
        Failure::new(Code::Deadlock, text)
            .with_delivered(Delivered::No)
            .with_chain(chain)
    }
}

/// One after the other: a chain may be longer than a stack bears drops within drops.
impl Drop for Turn {
    fn drop(&mut self) {
        let mut served = self.serves.take();
        while let Some(link) = served {
            let outer = Arc::into_inner(link).and_then(|link| Arc::into_inner(link.turn));
            served = outer.and_then(|mut turn| turn.serves.take());
        }
    }
}

impl Link {
    /// A call that `turn` awaits.
    pub(crate) fn new(turn: Arc<Turn>) -> Arc<Self> {
        Arc::new(Link {
            turn,
            awaited: AtomicBool::new(true),
        })
    }

    /// The call that waits for one which came from another process, with those in other processes that wait for that in
    /// turn, the innermost first, and the innermost one of this process.
    pub(crate) fn arrived(elsewhere: Vec<Hop>, here: Option<Arc<Link>>) -> Arc<Self> {
        // It is only shown, and was made up by whoever sent it.
        let id = elsewhere
            .first()
            .map_or_else(String::new, |hop| Shortened(&hop.actor).to_string())
            .into();
        Link::new(Arc::new(Turn {
            actor: None,
            id,
            exclusive: false,
            live: AtomicBool::new(true),
            serves: here,
            elsewhere,
        }))
    }

    /// The turn that awaits the call, if it still does.
    pub(crate) fn awaiting(&self) -> Option<&Turn> {
        let holds = self.awaited.load(Ordering::Acquire) && self.turn.live.load(Ordering::Acquire);
        holds.then_some(&*self.turn)
    }

    /// What other processes are told of the calls that wait for this one, where it has the number `link`.
    pub(crate) fn hops(&self, runtime: &str, link: u64) -> Vec<Hop> {
        let Some(turn) = self.awaiting() else { return Vec::new() };
        let own = Hop {
            runtime: runtime.to_owned(),
            link,
            actor: turn.id.to_string(),
        };
        // What came with a call tells of all that is beyond it.
        let elsewhere = turn.waiting().find(|turn| !turn.elsewhere.is_empty());
        let elsewhere = elsewhere.map_or(&[][..], |turn| &turn.elsewhere);
        std::iter::once(own).chain(elsewhere.iter().cloned()).collect()
    }

    /// Nobody awaits the call any more.
    pub(crate) fn release(&self) {
        self.awaited.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Link, Standing, Turn};

    fn turn(actor: u64, exclusive: bool, serves: Option<&Arc<Link>>) -> Arc<Turn> {
        Turn::new(Some(actor), format!("actor-{actor}").into(), exclusive, serves.cloned())
    }

    #[test]
    fn an_exclusive_turn_waits_for_every_call_of_its_actor() {
        let link = Link::new(turn(1, true, None));
        let inner = turn(2, false, Some(&link));
        assert_eq!(inner.standing(1, false), Standing::Deadlock);
        assert_eq!(inner.standing(1, true), Standing::Deadlock);
        assert_eq!(inner.standing(3, true), Standing::Free);
    }

    #[test]
    fn beside_a_shared_turn_a_shared_call_is_admitted() {
        let link = Link::new(turn(1, false, None));
        let inner = turn(2, true, Some(&link));
        assert_eq!(inner.standing(1, false), Standing::Admitted);
        assert_eq!(inner.standing(1, true), Standing::Deadlock);
        assert_eq!(inner.standing(2, false), Standing::Deadlock, "its own exclusive turn");
    }

    #[test]
    fn a_broken_link_hides_what_is_beyond_it() {
        let outer = Link::new(turn(1, true, None));
        let middle = Link::new(turn(2, true, Some(&outer)));
        let inner = turn(3, true, Some(&middle));
        assert_eq!(inner.standing(1, false), Standing::Deadlock);
        middle.release();
        assert_eq!(inner.standing(1, false), Standing::Free);
        assert_eq!(inner.standing(2, false), Standing::Free);
        assert_eq!(inner.standing(3, false), Standing::Deadlock);
    }

    #[test]
    fn a_turn_that_has_ended_waits_for_nothing() {
        let ended = turn(1, true, None);
        let link = Link::new(Arc::clone(&ended));
        let inner = turn(2, true, Some(&link));
        ended.end();
        assert_eq!(inner.standing(1, true), Standing::Free);
    }

    #[test]
    fn a_chain_may_be_longer_than_a_stack_is_deep() {
        let first = turn(1, false, None);
        let links = (2..200_000).map(|actor| move |outer: Arc<Turn>| turn(actor, false, Some(&Link::new(outer))));
        let last = links.fold(first, |outer, inner| inner(outer));
        assert_eq!(last.standing(1, false), Standing::Admitted);
        drop(last);
    }

    #[test]
    fn the_refusal_tells_the_way_from_the_outside_in() {
        let outer = Link::new(turn(1, true, None));
        let inner = turn(2, false, Some(&outer));
        let failure = inner.deadlock(&"actor-1".into());
        assert_eq!(failure.chain(), ["actor-1 (exclusive)", "actor-2 (shared)"]);
    }
}
