//! The end of a runtime: in order, within its limits, and with every reply.

use std::{sync::Arc, time::Duration};

use callsheet::{Code, Delivered};
use futures_util::FutureExt;
use tokio::{
    sync::Barrier,
    time::{Instant, timeout},
};

use crate::probe::{LONG, Stage, Worker, settle};

#[tokio::test(start_paused = true)]
async fn actors_stop_in_reverse_order_of_their_start() {
    let stage = Stage::new();
    for id in ["a", "b", "c"] {
        stage.start(id).await;
    }
    stage.log.take();
    stage.runtime.shutdown().await;
    let said = [
        "c before_stop",
        "c after_stop",
        "b before_stop",
        "b after_stop",
        "a before_stop",
        "a after_stop",
    ];
    assert_eq!(stage.log.take(), said);
    let refused = stage.probe("d").start().await.expect_err("it is over");
    assert_eq!(
        refused.to_string(),
        "the runtime was shut down; actor `d` cannot be started"
    );
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_waits_for_the_calls_that_run_and_the_replies_that_follow() {
    let stage = Stage::new();
    let (_, a) = stage.start("a").await;
    let (_, b) = stage.start("b").await;
    let alone = a.hold(3_000).into_future();
    let shared = b.share(2_000).into_future();
    let later = b.later(8_000).into_future();
    settle().await;
    let stopping = Instant::now();
    stage.runtime.shutdown().await;
    assert!(stopping.elapsed() >= Duration::from_secs(8));
    assert!(stopping.elapsed() < Duration::from_secs(9), "{:?}", stopping.elapsed());
    let replies = (alone.await, shared.await, later.await);
    assert_eq!(replies, (Ok(1), Ok(1), Ok(1)));
}

#[tokio::test(start_paused = true)]
async fn each_actor_has_its_own_limit() {
    let stage = Stage::new();
    let limited = stage.probe("a").stop_limit(Duration::from_secs(1)).serves(Worker);
    let a = limited.start().await.unwrap().mailbox(Worker);
    let (_, b) = stage.start("b").await;
    let (aborted, finished) = (a.hold(5_000).into_future(), b.hold(5_000).into_future());
    settle().await;
    stage.runtime.shutdown().await;
    assert_eq!(finished.await, Ok(1));
    // It had the five seconds that the other one took, and one.
    let failure = aborted.await;
    assert_eq!(failure, Ok(1), "its turn to stop comes after the other's");
    let stage = Stage::new();
    let limited = stage.probe("a").stop_limit(Duration::from_secs(1)).serves(Worker);
    let a = limited.start().await.unwrap().mailbox(Worker);
    let aborted = a.hold(5_000).into_future();
    settle().await;
    stage.runtime.shutdown().await;
    let failure = aborted.await.expect_err("too long");
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::ActorStopped, Delivered::Yes)
    );
}

#[tokio::test(start_paused = true)]
async fn the_limit_for_all_holds_on_every_level() {
    for levels in 1..4 {
        let stage = Stage::with(|options| options.shutdown_limit(Duration::from_secs(2)).stop_limit(LONG));
        let mut id = "top".to_owned();
        let mut above = stage.start("top").await.0;
        for _ in 1..levels {
            above = above.supervise(stage.probe("below").serves(Worker)).await.unwrap();
            id.push_str("/below");
        }
        let hanging = stage.runtime.to::<dyn Worker>(id.as_str());
        let alone = hanging
            .linger_alone("alone".to_owned(), false)
            .timeout(LONG)
            .into_future();
        settle().await;
        let stopping = Instant::now();
        stage.runtime.shutdown().await;
        assert!(
            stopping.elapsed() < Duration::from_millis(2_900),
            "{:?} for {id}",
            stopping.elapsed()
        );
        let failure = timeout(Duration::from_millis(10), alone)
            .await
            .expect("it is told by then");
        assert_eq!(failure.expect_err("it is aborted").code(), Code::ActorStopped, "{id}");
        assert!(above.has_stopped(), "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_limit_for_all_holds_for_children_that_are_halted() {
    let stage = Stage::with(|options| options.shutdown_limit(Duration::from_secs(2)).stop_limit(LONG));
    let parent = stage.probe("p").child(stage.probe("a").serves(Worker)).serves(Worker);
    let parent = parent.start().await.unwrap();
    let a = stage.runtime.to::<dyn Worker>("p/a");
    let hanging = a.linger_alone("a".to_owned(), false).timeout(LONG).into_future();
    settle().await;
    parent.mailbox(Worker).panic().await.expect_err("it panics");
    settle().await;
    let stopping = Instant::now();
    stage.runtime.shutdown().await;
    assert!(
        stopping.elapsed() < Duration::from_millis(2_900),
        "{:?}",
        stopping.elapsed()
    );
    assert_eq!(hanging.await.expect_err("it is aborted").code(), Code::ActorStopped);
    assert!(parent.has_stopped());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_reply_is_lost_in_a_thousand_shutdowns() {
    for round in 0..1_000u64 {
        let stage = Stage::new();
        let (_, mailbox) = stage.start("a").await;
        // They run when the shutdown begins.
        let running = [
            mailbox.share(1).into_future().boxed(),
            mailbox.beside(1).into_future().boxed(),
        ];
        let deferred = mailbox.later(1).into_future();
        assert!(mailbox.state().await.is_ok(), "the turns before have begun");
        let alone = mailbox.hold(round % 2).into_future();
        // These may or may not be in time.
        let together = Arc::new(Barrier::new(3));
        let callers = [0, 1].map(|caller| {
            let (mailbox, together) = (mailbox.clone(), Arc::clone(&together));
            tokio::spawn(async move {
                together.wait().await;
                for number in 0..20 {
                    let ended = match (number + caller) % 3 {
                        0 => mailbox.state().await,
                        1 => mailbox.say(String::new()).await,
                        _ => mailbox.later(0).await,
                    };
                    if let Err(failure) = ended {
                        let refused = [Code::ActorStopped, Code::ActorNotFound];
                        assert!(refused.contains(&failure.code()), "{failure}");
                        assert_eq!(failure.delivered(), Delivered::No, "{failure}");
                    }
                }
            })
        });
        together.wait().await;
        timeout(Duration::from_secs(20), stage.runtime.shutdown())
            .await
            .expect("it ends");
        for call in running {
            assert_eq!(call.await, Ok(1), "it was running");
        }
        assert_eq!(deferred.await, Ok(1), "it was promised");
        match alone.await {
            Ok(1) => {}
            Err(failure) if failure.delivered() == Delivered::No => {}
            other => panic!("{other:?}"),
        }
        for caller in callers {
            timeout(Duration::from_secs(20), caller)
                .await
                .expect("every call ends")
                .unwrap();
        }
    }
}
