//! A ready-made contract for those who watch a process: whether it works, and whether it may be sent calls.

use std::{fmt, future::Future, panic::AssertUnwindSafe, pin::Pin, sync::Arc, time::Duration};

use callsheet_macros::{actor_contract, contract_type};
use futures_util::{FutureExt, future, stream};
use tokio::{sync::watch, time::timeout};

use crate::{
    Streaming,
    actor::{ActorHandle, StartError},
    runtime::Runtime,
};

/// What whoever watches a process asks.
#[actor_contract(namespace = "callsheet")]
pub trait Health {
    /// Whether the process works. One that does not should be started again.
    async fn health(&self) -> HealthReport;
    /// Whether the process should be sent calls now. One that should not may just be busy with its start, or about to end.
    fn readiness(&self) -> Readiness;
    /// The readiness as it is, and then each time that it changes.
    fn watch(&self) -> Streaming<Readiness>;
}

/// Whether a process works.
#[contract_type(name = "callsheet.HealthReport")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthReport {
    /// Whether every check passed.
    pub healthy: bool,
    /// What was checked, in the order in which the checks were declared.
    pub checks: Vec<HealthCheck>,
}

/// What came of one check.
#[contract_type(name = "callsheet.HealthCheck")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// What was checked.
    pub name: String,
    /// Whether it passed.
    pub healthy: bool,
    /// What is wrong, if something is.
    pub problem: Option<String>,
}

/// Whether a process should be sent calls.
#[contract_type(name = "callsheet.Readiness")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Whether it should.
    pub ready: bool,
    /// Why not, if it should not.
    pub reason: Option<String>,
}

/// What makes a process healthy.
///
/// ```
/// use callsheet::{Health, HealthChecks, Runtime};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let runtime = Runtime::launch()?;
/// let checks = HealthChecks::new().check("disk", || async { Ok(()) });
/// let watched = runtime.watch_health(checks).await?;
/// assert!(Health.at("health").health().await?.healthy);
///
/// // Not before all that calls need is there.
/// assert!(!Health.at("health").readiness().await?.ready);
/// watched.set_ready();
/// assert!(Health.at("health").readiness().await?.ready);
/// # Ok(()) }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Clone, Default)]
pub struct HealthChecks {
    checks: Vec<(String, Check)>,
    limit: Option<Duration>,
}

type Checking = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;
type Check = Arc<dyn Fn() -> Checking + Send + Sync>;

/// The actor that tells of the process, and what it tells of its readiness. Made by [`Runtime::watch_health`].
#[derive(Clone, Debug)]
pub struct HealthHandle {
    actor: ActorHandle,
    readiness: watch::Sender<Readiness>,
}

struct Watched {
    checks: HealthChecks,
    readiness: watch::Receiver<Readiness>,
}

impl HealthChecks {
    /// A process that works as long as it answers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a check, whose error says what is wrong. It is run each time that somebody asks, beside the others.
    #[must_use]
    pub fn check<F>(mut self, name: impl Into<String>, check: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.checks.push((name.into(), Arc::new(move || Box::pin(check()))));
        self
    }

    /// How long a check may take; 5 s unless set. One that takes longer has failed.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    async fn run(&self) -> HealthReport {
        let limit = self.limit.unwrap_or(Duration::from_secs(5));
        let checks = self.checks.iter().map(|(name, check)| async move {
            let checking = AssertUnwindSafe(async { check().await }).catch_unwind();
            let problem = match timeout(limit, checking).await {
                Ok(Ok(outcome)) => outcome.err(),
                Ok(Err(_)) => Some("the check panicked".to_owned()),
                Err(_) => Some(format!("the check took longer than {limit:?}")),
            };
            HealthCheck {
                name: name.clone(),
                healthy: problem.is_none(),
                problem,
            }
        });
        let checks = future::join_all(checks).await;
        HealthReport {
            healthy: checks.iter().all(|check| check.healthy),
            checks,
        }
    }
}

impl Runtime {
    /// Starts the actor `health`, which tells callers here and outside whether the process works and is ready. It is not ready
    /// until that is [said](HealthHandle::set_ready).
    ///
    /// # Errors
    ///
    /// If another actor has that name, or the runtime has been shut down.
    pub async fn watch_health(&self, checks: HealthChecks) -> Result<HealthHandle, StartError> {
        let (readiness, known) = watch::channel(Readiness {
            ready: false,
            reason: Some("the process is starting".to_owned()),
        });
        let make = move || Watched {
            checks: checks.clone(),
            readiness: known.clone(),
        };
        let actor = self.actor("health", make).serves(Health).expose().start().await?;
        Ok(HealthHandle { actor, readiness })
    }
}

impl HealthHandle {
    /// From now on the process should be sent calls.
    pub fn set_ready(&self) {
        self.set(true, None);
    }

    /// From now on it should not, for this reason.
    pub fn set_unready(&self, reason: impl Into<String>) {
        self.set(false, Some(reason.into()));
    }

    /// The actor.
    pub fn actor(&self) -> &ActorHandle {
        &self.actor
    }

    fn set(&self, ready: bool, reason: Option<String>) {
        let next = Readiness { ready, reason };
        self.readiness.send_if_modified(|known| {
            let changes = *known != next;
            *known = next;
            changes
        });
    }
}

impl Health for Watched {
    async fn health(&self) -> HealthReport {
        self.checks.run().await
    }

    fn readiness(&self) -> Readiness {
        self.readiness.borrow().clone()
    }

    fn watch(&self) -> Streaming<Readiness> {
        let mut readiness = self.readiness.clone();
        readiness.mark_changed();
        Streaming::new(stream::unfold(readiness, |mut readiness| async move {
            readiness.changed().await.ok()?;
            let known = readiness.borrow_and_update().clone();
            Some((known, readiness))
        }))
    }
}

impl fmt::Debug for HealthChecks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.checks.iter().map(|(name, _)| name))
            .finish()
    }
}
