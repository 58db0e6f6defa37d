//! The task that starts actors again, and stops them in order.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};

use super::{
    Control, End, Happening, Phase, RestartPolicy, Strategy, Supervision,
    supervisor::{Child, Order, Parent, Will, Wish},
    window::{Exceeded, Window},
};

/// What a supervisor knows of a child.
struct Known {
    child: Child,
    generation: u64,
    /// How many times it failed without having run well in between.
    failures: u32,
    /// At the top, where each has its own.
    window: Option<Window>,
    /// When it is to be started again.
    due: Option<Instant>,
}

pub(super) struct Task {
    parent: Arc<dyn Parent>,
    strategy: Strategy,
    /// Among siblings, who share it.
    window: Option<Window>,
    children: BTreeMap<u64, Known>,
    due: BTreeSet<(Instant, u64)>,
    orders: mpsc::UnboundedReceiver<Order>,
    /// Orders that were received before their time.
    heard: VecDeque<Order>,
    wish: watch::Receiver<Wish>,
    /// What was done last, or is being done.
    followed: Will,
    settled: watch::Sender<u64>,
}

/// The parent wants something else of all children, so what is under way is left as it is.
struct Interrupted;

fn window(supervision: Supervision) -> Window {
    Window::new(supervision.restarts, supervision.within)
}

impl Task {
    pub(super) fn new(
        parent: Arc<dyn Parent>,
        orders: mpsc::UnboundedReceiver<Order>,
        wish: watch::Receiver<Wish>,
        first: Wish,
        settled: watch::Sender<u64>,
    ) -> Self {
        let supervision = parent.supervision();
        Task {
            strategy: supervision.map_or(Strategy::OneForOne, |supervision| supervision.strategy),
            window: supervision.map(window),
            parent,
            children: BTreeMap::new(),
            due: BTreeSet::new(),
            orders,
            heard: VecDeque::new(),
            wish,
            followed: first.will,
            settled,
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            let due = self.due.first().map(|(due, _)| *due);
            tokio::select! {
                biased;
                changed = self.wish.changed() => {
                    let Wish { will, turn } = *self.wish.borrow_and_update();
                    // Without a runtime and a parent nobody wants anything any more.
                    let will = if changed.is_ok() { will } else { Will::Stop };
                    let followed = self.follow(will).await;
                    if will >= Will::Stop {
                        let turn = self.wish.borrow().turn;
                        self.settled.send_replace(turn);
                        return;
                    }
                    if followed.is_ok() {
                        self.settled.send_replace(turn);
                    }
                }
                order = next(&mut self.heard, &mut self.orders) => match order {
                    Some(order) => self.obey(order).await,
                    None => return,
                },
                () = until(due) => self.raise_due(),
            }
        }
    }

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Adopt(child) => self.adopt(*child),
            Order::Gone(number) => {
                if let Some(Known { due: Some(due), .. }) = self.children.remove(&number) {
                    self.due.remove(&(due, number));
                }
            }
            Order::Ended {
                number,
                generation,
                end,
            } => {
                // What others' restarts have overtaken was counted with them.
                if self
                    .children
                    .get(&number)
                    .is_some_and(|known| known.generation == generation)
                {
                    self.ended(number, &end).await;
                }
            }
        }
    }

    fn adopt(&mut self, child: Child) {
        match self.followed {
            Will::Run | Will::Begin => {}
            // It comes up with the parent's next state, which knows nothing of what a lost one wanted.
            Will::Halt if !child.of_state => child.control.halt(),
            Will::Halt | Will::Stop | Will::Cut => child.control.stop(),
        }
        let each = self.parent.supervision().is_none();
        let known = Known {
            generation: 1,
            failures: 0,
            window: each.then(|| window(self.parent.restarts())),
            due: None,
            child,
        };
        self.children.insert(known.child.number, known);
    }

    /// Takes note of who came and of who is done for good, up to now: before all children are brought to something, since
    /// it would miss the ones and start the others again. The rest is kept for its time.
    fn hear(&mut self) {
        while let Ok(order) = self.orders.try_recv() {
            match order {
                Order::Adopt(child) => self.adopt(*child),
                Order::Ended {
                    number,
                    generation,
                    end,
                } => match self.children.get(&number) {
                    Some(known) if known.generation == generation && !known.child.policy.restarts(end.is_failure()) => {
                        known.child.control.stop();
                    }
                    _ => self.heard.push_back(Order::Ended {
                        number,
                        generation,
                        end,
                    }),
                },
                Order::Gone(_) => self.heard.push_back(order),
            }
        }
    }

    /// A child came down by itself.
    async fn ended(&mut self, number: u64, end: &End) {
        let now = Instant::now();
        let Some(known) = self.children.get_mut(&number) else {
            return;
        };
        if !known.child.policy.restarts(end.is_failure()) {
            return known.child.control.stop();
        }
        if known.child.control.is_stopping() {
            // It was told to stop. How that went is nothing to its siblings.
            return;
        }
        if self.followed != Will::Run {
            // It is started again with the others, or not at all.
            return;
        }
        let charged = match (&mut known.window, &mut self.window) {
            (Some(own), _) | (None, Some(own)) => own.charge(now),
            (None, None) => Ok(()),
        };
        if charged == Err(Exceeded) {
            (known.child.report)(known.generation, Happening::GivenUp);
            return self.give_up(number).await;
        }
        let backoff = known.child.backoff;
        if known.child.control.ran().is_some_and(|ran| backoff.is_healthy(ran)) {
            known.failures = 0;
        }
        let delay = backoff.drawn(known.failures);
        known.failures = known.failures.saturating_add(1);
        (known.child.report)(known.generation, Happening::restarting(delay));
        match self.strategy {
            Strategy::OneForOne => {
                let due = now + delay;
                known.due = Some(due);
                self.due.insert((due, number));
            }
            Strategy::OneForAll => {
                let group = self.children.keys().copied().collect();
                // Whoever interrupts sees to all children.
                let _ = self.restart(group, number, now + delay).await;
            }
            Strategy::RestForOne => {
                let group = self.children.range(number..).map(|(number, _)| *number).collect();
                let _ = self.restart(group, number, now + delay).await;
            }
        }
    }

    /// Stops the children in reverse order, and starts them again in order.
    async fn restart(&mut self, group: Vec<u64>, failed: u64, due: Instant) -> Result<(), Interrupted> {
        for number in group.iter().rev() {
            let Some(known) = self.children.get(number) else {
                continue;
            };
            let control = Arc::clone(&known.child.control);
            if known.child.policy == RestartPolicy::Temporary && *number != failed {
                control.stop();
                self.wait(&control, |phase| phase == Phase::Stopped).await?;
            } else {
                control.halt();
                self.wait(&control, is_down).await?;
            }
        }
        tokio::select! {
            () = until(Some(due)) => {}
            _ = self.wish.changed() => {
                self.wish.mark_changed();
                return Err(Interrupted);
            }
        }
        self.hear();
        for number in &group {
            let Some(known) = self.children.get_mut(number) else {
                continue;
            };
            let control = Arc::clone(&known.child.control);
            if control.is_stopping() {
                continue;
            }
            known.generation += 1;
            let generation = known.generation;
            control.raise(generation);
            let reached = self.wait(&control, |phase| has_tried(phase, generation)).await?;
            if matches!(reached, Phase::Down(_)) {
                // It ended at once. If it is to be started again, that counts by itself and takes those behind it along;
                // else they need not wait for it.
                self.hear();
                if !control.is_stopping() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Starts those again whose time has come.
    fn raise_due(&mut self) {
        let now = Instant::now();
        while let Some((due, number)) = self.due.first().copied()
            && due <= now
        {
            self.due.pop_first();
            if let Some(known) = self.children.get_mut(&number) {
                known.due = None;
                known.generation += 1;
                known.child.control.raise(known.generation);
            }
        }
    }

    /// More restarts than are borne.
    async fn give_up(&mut self, number: u64) {
        let Some(known) = self.children.get(&number) else {
            return;
        };
        if known.window.is_some() {
            return known.child.control.stop();
        }
        let name = known.child.name.clone();
        // Whoever interrupts leaves the state of the parent anyway.
        if self.follow(Will::Halt).await.is_ok() {
            self.parent.escalate(&name);
        }
    }

    /// Brings all children to what is wanted of them: down in reverse order, up in order.
    async fn follow(&mut self, will: Will) -> Result<(), Interrupted> {
        if will >= Will::Stop {
            self.orders.close();
        }
        self.hear();
        self.followed = will;
        for (due, number) in std::mem::take(&mut self.due) {
            if let Some(known) = self.children.get_mut(&number) {
                debug_assert_eq!(known.due, Some(due), "each child is due once");
                known.due = None;
            }
        }
        match will {
            Will::Run => self.raise_all().await,
            Will::Begin => Ok(()),
            Will::Halt => self.halt_all().await,
            Will::Stop | Will::Cut => {
                self.stop_all(will).await;
                Ok(())
            }
        }
    }

    async fn halt_all(&mut self) -> Result<(), Interrupted> {
        let numbers: Vec<_> = self.children.keys().rev().copied().collect();
        for number in numbers {
            let Some(known) = self.children.get(&number) else {
                continue;
            };
            let control = Arc::clone(&known.child.control);
            if known.child.of_state {
                control.stop();
                self.wait(&control, |phase| phase == Phase::Stopped).await?;
            } else {
                control.halt();
                self.wait(&control, is_down).await?;
            }
        }
        Ok(())
    }

    async fn raise_all(&mut self) -> Result<(), Interrupted> {
        self.window = self.parent.supervision().map(window);
        let numbers: Vec<_> = self.children.keys().copied().collect();
        for number in numbers {
            // Who is done for good may have said so while others came up.
            self.hear();
            let Some(known) = self.children.get_mut(&number) else {
                continue;
            };
            let control = Arc::clone(&known.child.control);
            let is_down = control.is_halted() || matches!(control.phase(), Phase::Down(_));
            if control.is_stopping() || !is_down {
                continue;
            }
            known.failures = 0;
            known.generation += 1;
            let generation = known.generation;
            control.raise(generation);
            // What fails at once is heard of afterwards.
            self.wait(&control, |phase| has_tried(phase, generation)).await?;
        }
        Ok(())
    }

    async fn stop_all(&mut self, mut will: Will) {
        let cut = |children: &BTreeMap<u64, Known>| children.values().for_each(|known| known.child.control.cut());
        if will == Will::Cut {
            cut(&self.children);
        }
        while let Some((_, known)) = self.children.last_key_value() {
            let control = Arc::clone(&known.child.control);
            control.stop();
            tokio::select! {
                biased;
                _ = control.reached(|phase| phase == Phase::Stopped) => {
                    self.children.pop_last();
                }
                Ok(()) = self.wish.changed(), if will != Will::Cut => {
                    will = self.wish.borrow_and_update().will;
                    cut(&self.children);
                }
            }
        }
    }

    async fn wait(&mut self, control: &Control, is: impl Fn(Phase) -> bool) -> Result<Phase, Interrupted> {
        tokio::select! {
            phase = control.reached(is) => Ok(phase),
            _ = self.wish.changed() => {
                self.wish.mark_changed();
                Err(Interrupted)
            }
        }
    }
}

fn is_down(phase: Phase) -> bool {
    matches!(phase, Phase::Down(_) | Phase::Stopped)
}

/// Whether the state `generation` is up, or came to nothing.
fn has_tried(phase: Phase, generation: u64) -> bool {
    match phase {
        Phase::Stopped => true,
        Phase::Up(reached) | Phase::Down(reached) => reached >= generation,
        Phase::Starting(_) => false,
    }
}

async fn next(heard: &mut VecDeque<Order>, orders: &mut mpsc::UnboundedReceiver<Order>) -> Option<Order> {
    match heard.pop_front() {
        Some(order) => Some(order),
        None => orders.recv().await,
    }
}

async fn until(due: Option<Instant>) {
    match due {
        // Timers tick in milliseconds, and who waits for nothing is not to wait for the next tick.
        Some(due) if due <= Instant::now() => {}
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}
