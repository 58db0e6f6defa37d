//! How a runtime is launched.

use std::{sync::Arc, time::Duration};

use tokio::runtime::Handle;

#[cfg(feature = "settings")]
use crate::settings::Settings;
use crate::{
    layer::{Layer, Layers},
    runtime::{ActorDefaults, Runtime, Terms, Timeouts},
    supervision::{Backoff, Parent, Supervision, Supervisor},
};

/// How a runtime is launched. Made by [`Runtime::configure`].
#[derive(Clone, Debug, Default)]
#[must_use = "nothing is launched until `launch` is called"]
pub struct RuntimeOptions {
    default_timeout: Option<Duration>,
    longest_timeout: Option<Duration>,
    capacity: Option<usize>,
    shared_limit: Option<usize>,
    stop_limit: Option<Duration>,
    restarts: Option<(u32, Duration)>,
    backoff: Option<Backoff>,
    shutdown_limit: Option<Duration>,
    calling: Layers,
    serving: Layers,
    allow_panic_abort: bool,
    #[cfg(feature = "settings")]
    settings: Settings,
}

/// Why a runtime was not launched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LaunchError {
    /// There is no tokio runtime here.
    #[error("no tokio runtime here; launch inside one, for example under `#[tokio::main]`")]
    NoTokio,
    /// The program is built with `panic = \"abort\"`, so a panicking handler ends the process.
    #[error(
        "the program is built with `panic = \"abort\"`: a panic in a handler would end the process instead of failing \
         its call; build with `panic = \"unwind\"`, or allow it with `Runtime::configure().allow_panic_abort()`"
    )]
    PanicAbort,
}

impl RuntimeOptions {
    pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
    pub(crate) const LONGEST_TIMEOUT: Duration = Duration::from_secs(600);
    pub(crate) const CAPACITY: usize = 1024;
    pub(crate) const STOP_LIMIT: Duration = Duration::from_secs(10);
    pub(crate) const SHUTDOWN_LIMIT: Duration = Duration::from_secs(30);

    /// How long a call waits for its reply unless it says otherwise; 30 s unless set.
    pub fn default_timeout(mut self, timeout: Duration) -> Self {
        self.default_timeout = Some(timeout);
        self
    }

    /// How long a call may wait at the most, whatever it says; 10 min unless set.
    pub fn longest_timeout(mut self, timeout: Duration) -> Self {
        self.longest_timeout = Some(timeout);
        self
    }

    /// So many messages may wait in an actor's queue unless its builder says otherwise, at least 1; 1024 unless set.
    pub fn capacity(mut self, messages: usize) -> Self {
        self.capacity = Some(messages.max(1));
        self
    }

    /// So many shared calls of an actor may be suspended at once unless its builder says otherwise, at least 1; no limit
    /// unless set.
    pub fn shared_limit(mut self, calls: usize) -> Self {
        self.shared_limit = Some(calls.max(1));
        self
    }

    /// So long the stop of an actor waits for the calls that run, and as long for each hook, unless its builder says
    /// otherwise; 10 s unless set.
    pub fn stop_limit(mut self, limit: Duration) -> Self {
        self.stop_limit = Some(limit);
        self
    }

    /// So often within so long a time an actor that is nobody's child is started again, each by itself; 10 times within a
    /// minute unless set. One more, and it stays stopped. [`u32::MAX`] has no limit. How children are restarted is said by
    /// their parent's [`supervision`](crate::ActorBuilder::supervision).
    pub fn restarts(mut self, most: u32, within: Duration) -> Self {
        self.restarts = Some((most, within));
        self
    }

    /// How long a supervisor waits before it starts an actor again, unless the actor's builder says otherwise;
    /// [`Backoff::default`] unless set.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = Some(backoff);
        self
    }

    /// So long [`Runtime::shutdown`] waits in all before it aborts what still runs; 30 s unless set.
    pub fn shutdown_limit(mut self, limit: Duration) -> Self {
        self.shutdown_limit = Some(limit);
        self
    }

    /// Puts a layer round all calls that mailboxes of the runtime make, within those that were given before.
    pub fn calling(mut self, layer: impl Layer) -> Self {
        self.calling = self.calling.with(layer);
        self
    }

    /// Puts a layer round all calls that actors of the runtime handle, from inside the process and from outside, within those
    /// that were given before.
    pub fn serving(mut self, layer: impl Layer) -> Self {
        self.serving = self.serving.with(layer);
        self
    }

    /// Launches although a panic in a handler ends the process.
    pub fn allow_panic_abort(mut self) -> Self {
        self.allow_panic_abort = true;
        self
    }

    /// What holds for the runtime and its listeners wherever the program itself does not say otherwise, before or after.
    /// Of several settings the last count alone; [`Settings::over`] joins them.
    ///
    /// ```
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use callsheet::{Runtime, Settings};
    ///
    /// let runtime = Runtime::configure().settings(Settings::from_toml("shutdown.limit = '5s'")?).launch()?;
    /// # runtime.shutdown().await;
    /// # Ok(()) }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    #[cfg(feature = "settings")]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Takes from the settings what the program did not say.
    #[cfg(feature = "settings")]
    fn settled(mut self) -> Self {
        let calls = self.settings.calls();
        self.default_timeout = self.default_timeout.or(calls.default_timeout());
        self.longest_timeout = self.longest_timeout.or(calls.longest_timeout());
        let actors = self.settings.actors();
        self.capacity = self.capacity.or(actors.mailbox_capacity());
        self.shared_limit = self.shared_limit.or(actors.shared_limit());
        self.stop_limit = self.stop_limit.or(actors.stop_limit());
        let supervision = self.settings.supervision();
        let (restarts, within) = (supervision.restarts(), supervision.within());
        if self.restarts.is_none() && (restarts.is_some() || within.is_some()) {
            let restarts = restarts.and_then(|restarts| u32::try_from(restarts).ok());
            let (most, time) = (Supervision::RESTARTS, Supervision::WITHIN);
            self.restarts = Some((restarts.unwrap_or(most), within.unwrap_or(time)));
        }
        let (first, cap) = (supervision.backoff_first(), supervision.backoff_cap());
        let healthy_after = supervision.healthy_after();
        if self.backoff.is_none() && (first.is_some() || cap.is_some() || healthy_after.is_some()) {
            let backoff = Backoff::new(first.unwrap_or(Backoff::FIRST), cap.unwrap_or(Backoff::CAP));
            self.backoff = Some(backoff.healthy_after(healthy_after.unwrap_or(Backoff::HEALTHY_AFTER)));
        }
        self.shutdown_limit = self.shutdown_limit.or(self.settings.shutdown().limit());
        self
    }

    /// Launches the runtime in the tokio runtime that is entered here.
    ///
    /// # Errors
    ///
    /// Outside a tokio runtime, and in a program built with `panic = "abort"` unless that was allowed.
    pub fn launch(self) -> Result<Runtime, LaunchError> {
        let tokio = Handle::try_current().map_err(|_| LaunchError::NoTokio)?;
        if cfg!(panic = "abort") && !self.allow_panic_abort {
            return Err(LaunchError::PanicAbort);
        }
        #[cfg(feature = "settings")]
        let this = self.settled();
        #[cfg(not(feature = "settings"))]
        let this = self;
        let (most, within) = this.restarts.unwrap_or((Supervision::RESTARTS, Supervision::WITHIN));
        let (supervisor, supervising) =
            Supervisor::new(Arc::new(Top(Supervision::one_for_one().restarts(most, within))));
        tokio.spawn(supervising);
        let terms = Terms {
            timeouts: Timeouts {
                default: this.default_timeout.unwrap_or(Self::DEFAULT_TIMEOUT),
                longest: this.longest_timeout.unwrap_or(Self::LONGEST_TIMEOUT),
            },
            actors: ActorDefaults {
                capacity: this.capacity.unwrap_or(Self::CAPACITY),
                shared_limit: this.shared_limit.unwrap_or(usize::MAX),
                stop_limit: this.stop_limit.unwrap_or(Self::STOP_LIMIT),
                backoff: this.backoff.unwrap_or_default(),
            },
            shutdown_limit: this.shutdown_limit.unwrap_or(Self::SHUTDOWN_LIMIT),
            calling: this.calling,
            serving: this.serving,
            #[cfg(feature = "settings")]
            settings: this.settings,
        };
        Ok(Runtime::begin(tokio, terms, supervisor))
    }
}

/// The top, where no supervisor is above, and actors have nothing to do with each other.
struct Top(Supervision);

impl Parent for Top {
    fn supervision(&self) -> Option<Supervision> {
        None
    }

    fn restarts(&self) -> Supervision {
        self.0
    }

    fn escalate(&self, _: &str) {}
}
