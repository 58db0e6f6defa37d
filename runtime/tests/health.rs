//! Whoever watches a process is told whether it works, and whether it may be sent calls.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "a test is no library")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use callsheet::{Health, HealthCheck, HealthChecks, ListenerOptions, Readiness, Runtime};
use callsheet_client::{CallOptions, Connection};
use futures_util::StreamExt;

#[tokio::test(start_paused = true)]
async fn every_check_is_run_anew_and_told_of() {
    let runtime = Runtime::launch().unwrap();
    let full = Arc::new(AtomicBool::new(false));
    let disk = Arc::clone(&full);
    let checks = HealthChecks::new()
        .check("disk", move || {
            let is_full = disk.load(Ordering::Relaxed);
            async move {
                if is_full {
                    Err("no room left".to_owned())
                } else {
                    Ok(())
                }
            }
        })
        .check("slow", std::future::pending)
        .check("broken", || async { panic!("as it should") })
        .limit(Duration::from_secs(2));
    let watched = runtime.watch_health(checks).await.unwrap();
    let found = |name: &str, problem: Option<&str>| HealthCheck {
        name: name.to_owned(),
        healthy: problem.is_none(),
        problem: problem.map(str::to_owned),
    };
    let others = [
        found("slow", Some("the check took longer than 2s")),
        found("broken", Some("the check panicked")),
    ];
    let report = Health.at("health").health().await.unwrap();
    assert!(!report.healthy);
    assert_eq!(report.checks, [&[found("disk", None)][..], &others].concat());
    full.store(true, Ordering::Relaxed);
    let report = Health.at("health").health().await.unwrap();
    assert_eq!(
        report.checks,
        [&[found("disk", Some("no room left"))][..], &others].concat()
    );
    // A check that panics is no failure of the actor.
    assert_eq!(watched.actor().generation(), Some(1));
}

#[tokio::test]
async fn readiness_is_what_the_program_says_and_is_watched() {
    let runtime = Runtime::launch().unwrap();
    let watched = runtime.watch_health(HealthChecks::new()).await.unwrap();
    let health = Health.at("health");
    assert!(health.health().await.unwrap().healthy, "it works before it is ready");
    let mut changes = health.watch();
    let unready = |reason: &str| Readiness {
        ready: false,
        reason: Some(reason.to_owned()),
    };
    let ready = Readiness {
        ready: true,
        reason: None,
    };
    assert_eq!(changes.next().await, Some(Ok(unready("the process is starting"))));
    watched.set_ready();
    assert_eq!(changes.next().await, Some(Ok(ready.clone())));
    assert_eq!(health.readiness().await, Ok(ready.clone()));
    watched.set_ready();
    watched.set_unready("draining");
    assert_eq!(
        changes.next().await,
        Some(Ok(unready("draining"))),
        "what does not change is not told"
    );
}

#[tokio::test]
async fn it_is_reached_from_outside() {
    let runtime = Runtime::launch().unwrap();
    runtime.watch_health(HealthChecks::new()).await.unwrap().set_ready();
    let listener = runtime.listen_in_process(ListenerOptions::in_process());
    let connection = Connection::over(listener.connect().unwrap(), Default::default());
    let nothing = std::collections::BTreeMap::<String, u8>::new();
    let ready: Readiness = connection
        .ask("health", "callsheet.Health.Readiness", &nothing, CallOptions::new())
        .await
        .unwrap();
    assert!(ready.ready);
}
