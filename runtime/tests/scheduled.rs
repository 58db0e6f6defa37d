//! Sends that are made later: when, how often, and until when.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{sync::Arc, time::Duration};

use callsheet::{
    Actor, ActorHandle, CallContext, DeadLetter, HookError, Loss, On, Received, Runtime, Scheduled, actor_contract,
};
use parking_lot::Mutex;
use tokio::time::{Instant, sleep};

/// What is scheduled, and when.
#[derive(Clone, Copy, Debug)]
enum Plan {
    After(u64),
    At(u64),
    Every(u64),
    AskAfter(u64),
    PlainAfter(u64),
    PlainEvery(u64),
    ToNobody(u64),
    ToSlowAfter(u64),
    EveryPanics(u64),
}

#[actor_contract(namespace = "scheduled")]
pub trait Clockwork {
    #[tell]
    fn tick(&mut self, from: u32);
    async fn tock(&mut self);
    async fn busy(&mut self, ms: u64);
    async fn fail(&mut self);
}

struct Schedule(Plan);
struct Chime;

/// What outlives the states of an actor.
#[derive(Default)]
struct World {
    /// What came, and when, in milliseconds.
    seen: Mutex<Vec<(String, u128)>>,
    scheduled: Mutex<Vec<Scheduled>>,
    states: Mutex<u32>,
}

struct Clock {
    world: Arc<World>,
    start: Instant,
    state: u32,
    /// What the first state schedules in its start hook, and every state in its stop hook.
    at_start: Option<Plan>,
    at_stop: Option<Plan>,
}

impl Clock {
    fn see(&self, what: impl Into<String>) {
        let at = self.start.elapsed().as_millis();
        self.world.seen.lock().push((what.into(), at));
    }

    fn plan(&self, cx: &CallContext, plan: Plan) {
        let ms = Duration::from_millis;
        let (me, plain, state) = (cx.mailbox(Clockwork), cx.actor_ref::<Clock>(), self.state);
        let scheduled = match plan {
            Plan::After(after) => cx.send_after(ms(after), &me, |me| me.tick(state)),
            Plan::At(at) => cx.send_at(self.start + ms(at), &me, |me| me.tick(state)),
            Plan::Every(period) => cx.send_every(ms(period), &me, move |me| me.tick(state)),
            Plan::AskAfter(after) => cx.send_after(ms(after), &me, |me| me.tock()),
            Plan::PlainAfter(after) => cx.send_after(ms(after), &plain, |me| me.send(Chime)),
            Plan::PlainEvery(period) => cx.send_every(ms(period), &plain, |me| me.send(Chime)),
            Plan::ToNobody(after) => cx.send_after(ms(after), &Clockwork.at("nobody"), |it| it.tick(state)),
            Plan::ToSlowAfter(after) => cx.send_after(ms(after), &Clockwork.at("slow"), |it| {
                it.tick(state).timeout(Duration::from_secs(1))
            }),
            Plan::EveryPanics(period) => cx.send_every(ms(period), &me, move |me| {
                assert!(state == 0, "as it was told to");
                me.tick(state)
            }),
        };
        self.world.scheduled.lock().push(scheduled);
    }
}

impl Clockwork for Clock {
    fn tick(&mut self, from: u32) {
        self.see(format!("{} ticks for {from}", self.state));
    }

    async fn tock(&mut self) {
        self.see("tock");
    }

    async fn busy(&mut self, ms: u64) {
        sleep(Duration::from_millis(ms)).await;
    }

    async fn fail(&mut self) {
        panic!("as it was told to");
    }
}

impl On<Schedule> for Clock {
    type Reply = ();

    async fn on(&mut self, Schedule(plan): Schedule) {
        let cx = CallContext::current().expect("a handler has a context");
        self.plan(&cx, plan);
    }
}

impl On<Chime> for Clock {
    type Reply = ();

    async fn on(&mut self, _: Chime) {
        self.see("chime");
    }
}

impl Actor for Clock {
    async fn after_start(&mut self, cx: &CallContext) -> Result<(), HookError> {
        if let (1, Some(plan)) = (self.state, self.at_start) {
            self.plan(cx, plan);
        }
        Ok(())
    }

    async fn before_stop(&mut self, cx: &CallContext) {
        if let Some(plan) = self.at_stop {
            self.plan(cx, plan);
        }
    }
}

struct Setting {
    runtime: Runtime,
    world: Arc<World>,
    clock: ActorHandle,
}

impl Setting {
    async fn new(at_start: Option<Plan>, at_stop: Option<Plan>) -> Self {
        let runtime = Runtime::launch().expect("inside tokio");
        let (world, start) = (Arc::<World>::default(), Instant::now());
        let builder = runtime.actor("clock", {
            let world = Arc::clone(&world);
            move || {
                let mut states = world.states.lock();
                *states += 1;
                Clock {
                    state: *states,
                    world: Arc::clone(&world),
                    start,
                    at_start,
                    at_stop,
                }
            }
        });
        let builder = builder.hooks().serves(Clockwork).on::<Schedule>().on::<Chime>();
        let clock = builder.capacity(1).start().await.expect("started");
        Setting { runtime, world, clock }
    }

    async fn plan(&self, plan: Plan) {
        let planned = self.clock.actor_ref::<Clock>().ask(Schedule(plan)).await;
        planned.expect("it lives");
    }

    fn seen(&self) -> Vec<(String, u128)> {
        self.world.seen.lock().clone()
    }
}

fn seen(what: &[(&str, u128)]) -> Vec<(String, u128)> {
    what.iter().map(|(text, at)| ((*text).to_owned(), *at)).collect()
}

async fn pass(ms: u64) {
    sleep(Duration::from_millis(ms)).await;
}

#[tokio::test(start_paused = true)]
async fn a_send_is_made_when_its_time_has_come_and_once() {
    let setting = Setting::new(Some(Plan::After(100)), None).await;
    setting.plan(Plan::At(250)).await;
    setting.plan(Plan::AskAfter(300)).await;
    setting.plan(Plan::PlainAfter(350)).await;
    // Handles are dropped, which cancels nothing.
    setting.world.scheduled.lock().clear();
    pass(1000).await;
    let expected = [
        ("1 ticks for 1", 100),
        ("1 ticks for 1", 250),
        ("tock", 300),
        ("chime", 350),
    ];
    assert_eq!(setting.seen(), seen(&expected));
}

#[tokio::test(start_paused = true)]
async fn a_repeated_send_comes_first_after_one_period_and_until_it_is_cancelled() {
    let setting = Setting::new(Some(Plan::Every(100)), None).await;
    pass(350).await;
    let scheduled = setting.world.scheduled.lock().remove(0);
    assert!(!scheduled.is_cancelled());
    scheduled.cancel();
    pass(1000).await;
    let tick = "1 ticks for 1";
    assert_eq!(setting.seen(), seen(&[(tick, 100), (tick, 200), (tick, 300)]));
    assert!(scheduled.is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn what_a_repeated_send_missed_is_skipped() {
    let setting = Setting::new(None, None).await;
    setting.plan(Plan::PlainEvery(100)).await;
    // The queue has room for one; that at 200 waits for room, and those at 300 to 1000 are late.
    setting.clock.mailbox(Clockwork).busy(1050).await.expect("it lives");
    pass(200).await;
    let expected = [("chime", 1050), ("chime", 1050), ("chime", 1100), ("chime", 1200)];
    assert_eq!(setting.seen(), seen(&expected));
    assert_eq!(setting.runtime.dead_letters(), Default::default());
}

#[tokio::test(start_paused = true)]
async fn a_state_that_fails_takes_along_what_it_had_scheduled() {
    let setting = Setting::new(Some(Plan::Every(100)), None).await;
    setting.plan(Plan::After(500)).await;
    pass(250).await;
    let failed = setting.clock.mailbox(Clockwork).fail().await;
    failed.expect_err("it panics");
    setting.plan(Plan::After(1000)).await;
    pass(2000).await;
    let seen: Vec<_> = setting.seen().into_iter().map(|(what, _)| what).collect();
    assert_eq!(seen, ["1 ticks for 1", "1 ticks for 1", "2 ticks for 2"]);
    assert_eq!(setting.world.states.lock().to_owned(), 2);
    let cancelled: Vec<_> = setting
        .world
        .scheduled
        .lock()
        .iter()
        .map(Scheduled::is_cancelled)
        .collect();
    assert_eq!(cancelled, [true, true, false]);
}

#[tokio::test(start_paused = true)]
async fn an_actor_that_stops_sends_nothing_more_and_neither_does_its_stop_hook() {
    let setting = Setting::new(Some(Plan::Every(100)), Some(Plan::ToNobody(10))).await;
    pass(150).await;
    setting.clock.stop().await;
    pass(1000).await;
    assert_eq!(setting.seen(), seen(&[("1 ticks for 1", 100)]));
    let cancelled: Vec<_> = setting
        .world
        .scheduled
        .lock()
        .iter()
        .map(Scheduled::is_cancelled)
        .collect();
    assert_eq!(cancelled, [true, true]);
    assert_eq!(setting.runtime.dead_letters(), Default::default());
}

#[tokio::test(start_paused = true)]
async fn a_scheduled_send_that_fails_is_a_dead_letter() {
    let setting = Setting::new(None, None).await;
    let mut letters = setting.runtime.broker().subscribe::<DeadLetter>();
    setting.plan(Plan::ToNobody(100)).await;
    let slow = setting.runtime.actor("slow", {
        let world = Arc::clone(&setting.world);
        move || Clock {
            world: Arc::clone(&world),
            start: Instant::now(),
            state: 0,
            at_start: None,
            at_stop: None,
        }
    });
    slow.serves(Clockwork).capacity(1).start().await.expect("started");
    let slow = Clockwork.at("slow");
    let busy = tokio::spawn(slow.busy(60_000).into_future());
    tokio::task::yield_now().await;
    slow.tick(0).await.expect("there is room");
    setting.plan(Plan::ToSlowAfter(200)).await;
    for (actor, loss) in [("nobody", Loss::ActorNotFound), ("slow", Loss::QueueFull)] {
        let Some(Received::Event(letter)) = letters.next().await else {
            panic!("there is a dead letter");
        };
        let expected = DeadLetter {
            actor: actor.to_owned(),
            message: "scheduled.Clockwork.Tick".to_owned(),
            loss,
        };
        assert_eq!(*letter, expected);
    }
    let counted = setting.runtime.dead_letters();
    assert_eq!((counted.actor_not_found, counted.queue_full), (1, 1));
    busy.abort();
}

#[tokio::test(start_paused = true)]
async fn a_repeated_send_whose_call_panics_ends_and_costs_nothing_else() {
    let setting = Setting::new(Some(Plan::EveryPanics(100)), None).await;
    pass(1000).await;
    setting.plan(Plan::After(100)).await;
    pass(200).await;
    assert_eq!(setting.seen(), seen(&[("1 ticks for 1", 1100)]));
}

#[tokio::test(start_paused = true)]
async fn a_context_that_was_made_by_hand_sends_where_it_has_a_runtime() {
    let setting = Setting::new(None, None).await;
    let (cx, mailbox) = (CallContext::new("test"), setting.clock.mailbox(Clockwork));
    let nothing = cx.send_after(Duration::from_millis(10), &mailbox, |clock| clock.tick(7));
    assert!(nothing.is_cancelled());
    let cx = cx.in_runtime(&setting.runtime);
    let sent = cx.send_after(Duration::from_millis(20), &mailbox, |clock| clock.tick(8));
    let _never = cx.send_after(Duration::MAX, &mailbox, |clock| clock.tick(9));
    pass(1000).await;
    assert!(!sent.is_cancelled());
    assert_eq!(setting.seen(), seen(&[("1 ticks for 8", 20)]));
}
