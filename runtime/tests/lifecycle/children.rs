//! The names of children, and their end with their parent.

use std::time::Duration;

use callsheet::{Code, StartError};

use crate::probe::{Hook, Stage, Worker, settle};

#[tokio::test(start_paused = true)]
async fn ids_tell_the_way_from_the_top_on_three_levels() {
    let stage = Stage::new();
    let leaf = stage.probe("leaf").serves(Worker);
    let middle = stage.probe("middle").child(leaf);
    let top = stage.probe("top").child(middle).start().await.unwrap();
    let later = top.supervise(stage.probe("later")).await.unwrap();
    let below = later.supervise(stage.probe("below").serves(Worker)).await.unwrap();
    assert_eq!(
        (later.id().as_str(), below.id().as_str()),
        ("top/later", "top/later/below")
    );
    for id in ["top/middle/leaf", "top/later/below"] {
        assert_eq!(stage.runtime.to::<dyn Worker>(id).state().await, Ok(1));
    }
    let taken = later
        .supervise(stage.probe("below"))
        .await
        .expect_err("the name is taken");
    assert_eq!(taken, StartError::NameTaken("top/later/below".into()));
    stage.probe("below").start().await.expect("elsewhere it is free");
}

#[tokio::test(start_paused = true)]
async fn the_stop_of_a_parent_stops_all_below_and_they_are_down_before_its_after_stop() {
    let stage = Stage::new();
    let slow = |id: &str| {
        stage.probe_that(id, |occasion| async move {
            if occasion.hook == Hook::AfterStop {
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
            Ok(())
        })
    };
    let top = slow("top").child(slow("left").child(slow("leaf"))).child(slow("right"));
    let top = top.serves(Worker).start().await.unwrap();
    let later = top.supervise(slow("later")).await.unwrap();
    stage.log.take();
    top.stop().await;
    assert!(later.has_stopped());
    let said = [
        "top before_stop",
        "later before_stop",
        "later after_stop",
        "right before_stop",
        "right after_stop",
        "left before_stop",
        "leaf before_stop",
        "leaf after_stop",
        "left after_stop",
        "top after_stop",
    ];
    assert_eq!(stage.log.take(), said);
    for id in ["top", "top/left", "top/left/leaf", "top/right", "top/later"] {
        stage.probe(id).start().await.expect("every name is free");
    }
}

#[tokio::test(start_paused = true)]
async fn an_actor_that_has_stopped_takes_no_child() {
    let stage = Stage::new();
    for has_children in [false, true] {
        let (parent, _) = stage.start("p").await;
        if has_children {
            parent.supervise(stage.probe("a")).await.unwrap();
        }
        parent.stop().await;
        let error = parent.supervise(stage.probe("b")).await.expect_err("it has stopped");
        assert_eq!(error, StartError::ParentStopped("p/b".into(), "p".into()));
        assert_eq!(
            error.to_string(),
            "actor `p` has stopped; its child `p/b` cannot be started"
        );
        stage.probe("p/b").start().await.expect("the name is free").stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_child_may_be_stopped_alone_and_is_not_started_again() {
    let stage = Stage::new();
    let parent = stage.probe("p").serves(Worker).start().await.unwrap();
    let child = parent.supervise(stage.probe("a").serves(Worker)).await.unwrap();
    child.stop().await;
    let failure = child.mailbox(Worker).state().await.expect_err("it has stopped");
    assert_eq!(failure.code(), Code::ActorNotFound);
    settle().await;
    let again = parent.supervise(stage.probe("a").serves(Worker)).await.unwrap();
    assert_eq!((parent.generation(), again.generation()), (Some(1), Some(1)));
}

#[tokio::test(start_paused = true)]
async fn a_parent_that_finishes_for_good_stops_its_children() {
    let stage = Stage::new();
    let parent = stage.probe("p").restart_policy(callsheet::RestartPolicy::Transient);
    let parent = parent.child(stage.probe("a")).serves(Worker).start().await.unwrap();
    let child = parent.supervise(stage.probe("b")).await.unwrap();
    parent.mailbox(Worker).finish().await.unwrap();
    parent.stopped().await;
    assert!(child.has_stopped());
    stage.probe("p/a").start().await.expect("the name is free");
}
