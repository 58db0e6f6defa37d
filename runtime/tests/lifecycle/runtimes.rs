//! Several runtimes in one process.

use callsheet::Happening;

use crate::probe::{Stage, Worker, settle};

#[tokio::test(start_paused = true)]
async fn four_runtimes_with_the_same_ids_do_not_mix() {
    let owners = ["north", "east", "south", "west"];
    let mut stages = owners.map(|owner| Stage::owned(owner, |options| options));
    for stage in &stages {
        stage.start("a").await;
        let (parent, _) = stage.start("b").await;
        parent.supervise(stage.probe("c").serves(Worker)).await.unwrap();
    }
    for (stage, owner) in stages.iter().zip(owners) {
        for id in ["a", "b", "b/c"] {
            let mailbox = stage.runtime.to::<dyn Worker>(id);
            assert_eq!(mailbox.whose().await.unwrap(), owner);
            for asked in ["a", "b", "b/c"] {
                let answer = mailbox.ask_about(asked.to_owned()).await.unwrap();
                assert_eq!(answer, owner, "{id} asks about {asked}");
            }
        }
    }
    let ambiguous = Worker.at("a").whose().await.expect_err("which?");
    assert!(ambiguous.text().contains("several runtimes"), "{ambiguous}");
    {
        let _guard = stages[2].runtime.enter();
        assert_eq!(Worker.at("a").whose().await.unwrap(), "south");
    }
    stages[0]
        .runtime
        .to::<dyn Worker>("a")
        .panic()
        .await
        .expect_err("it panics");
    stages[0].events.up("a", 2).await;
    stages[1].runtime.shutdown().await;
    stages[1]
        .events
        .until("a", |happening| *happening == Happening::Stopped)
        .await;
    settle().await;
    for (stage, owner) in [(&stages[2], "south"), (&stages[3], "west")] {
        let mailbox = stage.runtime.to::<dyn Worker>("a");
        assert_eq!(
            (mailbox.whose().await.unwrap().as_str(), mailbox.state().await),
            (owner, Ok(1))
        );
    }
    for stage in &mut stages[2..] {
        stage.events.up("b/c", 1).await;
    }
}
