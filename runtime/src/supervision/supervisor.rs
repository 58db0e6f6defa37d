//! The way to a supervisor: what it is told, and what it tells.

use std::{future::Future, sync::Arc};

use tokio::sync::{mpsc, watch};

use super::{Backoff, Control, End, Happening, RestartPolicy, Supervision, task::Task};

/// What becomes of all actors that a supervisor has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Will {
    /// They run.
    Run,
    /// Their parent begins with a new state: new ones start, and those that are down wait until it wants them to run.
    Begin,
    /// They are down, because their parent has no state; those that the lost state started are stopped for good.
    Halt,
    /// They are stopped for good.
    Stop,
    /// The same, and nothing that still runs is given any more time.
    Cut,
}

/// What is wanted, and how often something else was wanted before: the same may be wanted again before it was done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    pub(super) will: Will,
    pub(super) turn: u64,
}

/// The way to a supervisor. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Supervisor {
    orders: mpsc::UnboundedSender<Order>,
    wish: Arc<watch::Sender<Wish>>,
    /// The turn of the wish that was done last.
    settled: watch::Receiver<u64>,
}

/// Who hears of what a supervisor cannot mend.
pub(crate) trait Parent: Send + Sync {
    /// What a supervisor of the parent's children is to do; `None` at the top, where each actor is on its own.
    fn supervision(&self) -> Option<Supervision>;

    /// How often an actor at the top may be restarted.
    fn restarts(&self) -> Supervision;

    /// The children failed more often than is borne.
    fn escalate(&self, child: &str);
}

/// An actor, as its supervisor sees it.
pub(crate) struct Child {
    /// Greater than that of every child that was started before.
    pub(crate) number: u64,
    pub(crate) name: String,
    pub(crate) control: Arc<Control>,
    pub(crate) policy: RestartPolicy,
    pub(crate) backoff: Backoff,
    /// The parent's state started it, and it goes with that state.
    pub(crate) of_state: bool,
    /// Tells the world what happened to it.
    pub(crate) report: Box<dyn Fn(u64, Happening) + Send + Sync>,
}

#[derive(Debug)]
pub(super) enum Order {
    Adopt(Box<Child>),
    /// The child came down by itself after its state `generation`.
    Ended {
        number: u64,
        generation: u64,
        end: End,
    },
    /// The child has stopped.
    Gone(u64),
}

impl Supervisor {
    /// A supervisor of the children of `parent`, and the task that it is.
    pub(crate) fn new(parent: Arc<dyn Parent>) -> (Self, impl Future<Output = ()> + Send) {
        let (orders, received) = mpsc::unbounded_channel();
        let first = Wish {
            will: Will::Run,
            turn: 0,
        };
        let (wish, wished) = watch::channel(first);
        let (settled, reached) = watch::channel(first.turn);
        let task = Task::new(parent, received, wished, first, settled);
        let supervisor = Supervisor {
            orders,
            wish: Arc::new(wish),
            settled: reached,
        };
        (supervisor, task.run())
    }

    /// Whether no child is taken any more.
    pub(crate) fn is_closing(&self) -> bool {
        self.wish.borrow().will >= Will::Stop
    }

    /// Takes a child, which starts by itself.
    pub(crate) fn adopt(&self, child: Child) {
        // A supervisor that has ended had to stop all its children.
        if let Err(mpsc::error::SendError(Order::Adopt(child))) = self.orders.send(Order::Adopt(Box::new(child))) {
            child.control.stop();
        }
    }

    /// A child comes down by itself. To be said before it is down, so that whoever sees it down finds out why.
    pub(crate) fn ended(&self, number: u64, generation: u64, end: End) {
        let _ = self.orders.send(Order::Ended {
            number,
            generation,
            end,
        });
    }

    /// A child has stopped.
    pub(crate) fn gone(&self, number: u64) {
        let _ = self.orders.send(Order::Gone(number));
    }

    /// Says what is to become of all children. What was said of an end is never taken back.
    pub(crate) fn want(&self, will: Will) {
        self.wish(will);
    }

    /// Waits until what was wanted is true, or more than that.
    pub(crate) async fn settle(&self, will: Will) {
        let turn = self.wish(will);
        let mut settled = self.settled.clone();
        // A supervisor that is gone has no children.
        let _ = settled.wait_for(|reached| *reached >= turn).await;
    }

    /// Gives the turn of what is wanted then.
    fn wish(&self, will: Will) -> u64 {
        let mut turn = 0;
        self.wish.send_if_modified(|wish| {
            let changes = wish.will != will && (wish.will < Will::Stop || will > wish.will);
            if changes {
                wish.will = will;
                wish.turn += 1;
            }
            turn = wish.turn;
            changes
        });
        turn
    }
}

impl std::fmt::Debug for Child {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Child")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
