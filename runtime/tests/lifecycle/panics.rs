//! What may panic, and takes nobody with it.

use callsheet::{Code, Happening};

use crate::probe::{Bomb, Hook, Stage, Worker, settle};

#[tokio::test(start_paused = true)]
async fn a_stop_hook_that_panics_ends_there_and_the_others_still_run() {
    for (hook, name) in [(Hook::BeforeStop, "before_stop"), (Hook::AfterStop, "after_stop")] {
        let mut stage = Stage::new();
        let builder = stage.probe_that("p", move |occasion| async move {
            assert!(occasion.hook != hook, "as it should");
            Ok(())
        });
        let handle = builder.child(stage.probe("a")).serves(Worker).start().await.unwrap();
        stage.log.take();
        handle.stop().await;
        let said = ["p before_stop", "a before_stop", "a after_stop", "p after_stop"];
        assert_eq!(stage.log.take(), said);
        let events = stage
            .events
            .until("p", |happening| *happening == Happening::Stopped)
            .await;
        assert!(events.contains(&format!("p 1 failed: `{name}` panicked")), "{events:?}");
        stage.start("p").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_state_that_panics_when_it_is_dropped_stops_and_restarts_like_others() {
    let mut stage = Stage::new();
    let handle = stage.probe_with_bomb("a").serves(Worker).start().await.unwrap();
    let mailbox = handle.mailbox(Worker);
    mailbox.panic().await.expect_err("it panics");
    stage.events.up("a", 2).await;
    let lingering = mailbox.share(60_000).into_future();
    settle().await;
    mailbox
        .panic()
        .await
        .expect_err("it panics, and the state goes with a call that shared it");
    stage.events.up("a", 3).await;
    lingering.await.expect_err("its state is gone");
    assert_eq!(mailbox.state().await, Ok(3));
    handle.stop().await;
    assert_eq!(handle.books().waiting, 0);
    stage.start("a").await;
}

#[tokio::test(start_paused = true)]
async fn a_state_of_a_start_that_failed_may_panic_when_it_is_dropped() {
    let stage = Stage::new();
    let bomb = || -> Unstartable { Unstartable(Bomb { armed: true }) };
    let error = stage
        .runtime
        .actor("a", bomb)
        .hooks()
        .start()
        .await
        .expect_err("it fails");
    assert_eq!(error.to_string(), "`before_start` of actor `a` failed: as it should");
    stage.start("a").await;
}

struct Unstartable(Bomb);

impl callsheet::Actor for Unstartable {
    async fn before_start(&mut self, _: &callsheet::CallContext) -> Result<(), callsheet::HookError> {
        assert!(self.0.armed);
        Err("as it should".into())
    }
}

#[tokio::test(start_paused = true)]
async fn an_argument_may_panic_when_it_is_dropped_in_the_queue_or_in_its_call() {
    let mut stage = Stage::new();
    let (handle, mailbox) = stage.start("a").await;
    let failure = mailbox
        .take(Bomb { armed: true })
        .await
        .expect_err("its handler dropped it");
    assert_eq!(failure.code(), Code::ActorFailed);
    stage.events.up("a", 2).await;
    let running = mailbox.hold(1_000).into_future();
    let waiting = [(); 3].map(|()| mailbox.take(Bomb { armed: true }).into_future());
    settle().await;
    handle.stop().await;
    assert_eq!(running.await, Ok(2));
    for call in waiting {
        assert_eq!(call.await.expect_err("it never ran").code(), Code::ActorStopped);
    }
    assert_eq!(handle.books().waiting, 0);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_cancelled_and_panics_then_is_a_failure_of_the_actor() {
    let mut stage = Stage::new();
    let (_, mailbox) = stage.start("a").await;
    let call = mailbox.linger("a call".to_owned(), true).into_future();
    settle().await;
    drop(call);
    let events = stage.events.up("a", 2).await;
    assert!(
        events.contains(&"a 1 failed: a handler panicked".to_owned()),
        "{events:?}"
    );
    assert!(stage.log.take().contains(&"a call dropped".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn calls_that_a_stop_or_a_failure_aborts_may_panic() {
    let mut stage = Stage::new();
    let (handle, mailbox) = stage.start("a").await;
    let shared = mailbox.linger("shared".to_owned(), true).into_future();
    settle().await;
    mailbox.panic().await.expect_err("it panics");
    assert_eq!(shared.await.expect_err("its state is gone").code(), Code::ActorFailed);
    stage.events.up("a", 2).await;
    let shared = mailbox.linger("shared".to_owned(), true).into_future();
    settle().await;
    handle.stop().await;
    assert_eq!(shared.await.expect_err("it is aborted").code(), Code::ActorStopped);
    let (handle, mailbox) = stage.start("a").await;
    let alone = mailbox.linger_alone("alone".to_owned(), true).into_future();
    settle().await;
    handle.stop().await;
    assert_eq!(alone.await.expect_err("it is aborted").code(), Code::ActorStopped);
    assert_eq!(handle.books().waiting, 0);
    let (_, mailbox) = stage.start("a").await;
    assert_eq!(mailbox.state().await, Ok(1), "the runtime goes on");
}
