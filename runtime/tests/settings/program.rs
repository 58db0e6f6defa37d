//! What the program itself says, beside its settings.

use std::time::Duration;

use callsheet::{ListenerOptions, Runtime, RuntimeOptions, Settings, actor_contract};

#[actor_contract(namespace = "demo")]
pub trait Patience {
    async fn never(&self);
}

struct Patient;

impl Patience for Patient {
    async fn never(&self) {
        std::future::pending().await
    }
}

/// How long a call waits in a runtime with these options, in seconds.
async fn patience(options: RuntimeOptions, timeout: Option<Duration>) -> u64 {
    let runtime = options.launch().unwrap();
    runtime
        .actor("patient", || Patient)
        .serves(Patience)
        .start()
        .await
        .unwrap();
    let patient = runtime.to::<dyn Patience>("patient");
    let started = tokio::time::Instant::now();
    let call = patient.never();
    let failed = match timeout {
        Some(timeout) => call.timeout(timeout).await,
        None => call.await,
    };
    failed.unwrap_err();
    started.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn what_the_program_says_wins_whenever_it_says_it() {
    let settings = Settings::from_toml("[calls]\ndefault_timeout = '5s'\nlongest_timeout = '9s'").unwrap();
    let options = Runtime::configure;
    let (two, hour) = (Duration::from_secs(2), Some(Duration::from_secs(3600)));

    assert_eq!(patience(options(), None).await, 30);
    assert_eq!(patience(options(), hour).await, 600);
    let settled = || options().settings(settings.clone());
    assert_eq!(patience(settled(), None).await, 5);
    assert_eq!(patience(settled(), hour).await, 9);
    assert_eq!(patience(settled().default_timeout(two), None).await, 2);
    assert_eq!(
        patience(options().default_timeout(two).settings(settings.clone()), None).await,
        2
    );
    assert_eq!(patience(settled().longest_timeout(two), hour).await, 2);
    assert_eq!(
        patience(options().longest_timeout(two).settings(settings.clone()), hour).await,
        2
    );
    // The last settings alone count.
    assert_eq!(patience(settled().settings(Settings::default()), None).await, 30);
}

#[tokio::test]
async fn a_listener_that_goes_by_a_name_is_where_the_settings_say() {
    let folder = tempfile::tempdir().unwrap();
    let (said, own) = (folder.path().join("said.sock"), folder.path().join("own.sock"));
    let settings = Settings::from_environment([("CALLSHEET_LISTENER_SOCKET", &said)]).unwrap();
    let runtime = Runtime::configure().settings(settings).launch().unwrap();
    let named = runtime.listen(ListenerOptions::named("shop")).await.unwrap();
    assert_eq!(named.path(), said);
    let at = runtime.listen(ListenerOptions::at(&own)).await.unwrap();
    assert_eq!(at.path(), own);
    named.shutdown().await;
    at.shutdown().await;
}
