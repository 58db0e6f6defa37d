//! What a supervisor is told to do about actors that end.

use std::time::Duration;

/// Whether an actor is started again when it has ended.
///
/// Whatever the policy, an actor that was told to stop stays stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RestartPolicy {
    /// After every end but a stop.
    #[default]
    Permanent,
    /// After a panic, an error, or an end that nobody foresaw; not when it says itself that its work is done.
    Transient,
    /// Never.
    Temporary,
}

/// Which children are started again beside the one that failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Strategy {
    /// None.
    #[default]
    OneForOne,
    /// All: they stop in reverse order of their start, and start in order.
    OneForAll,
    /// Those that were started after it, in the same way.
    RestForOne,
}

/// How an actor supervises its children.
///
/// ```
/// use std::time::Duration;
/// use callsheet::Supervision;
///
/// let options = Supervision::one_for_all().restarts(3, Duration::from_secs(10));
/// # let _ = options;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it says how to supervise, and is given to an actor"]
pub struct Supervision {
    pub(super) strategy: Strategy,
    pub(super) restarts: u32,
    pub(super) within: Duration,
}

/// How long a supervisor waits before it starts a failed actor again.
///
/// The wait doubles with each failure, up to a cap, and what is waited is drawn between half of it and all of it, so that
/// actors which failed together do not start together. An actor that ran well for long enough begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it says how long to wait, and is given to an actor or a runtime"]
pub struct Backoff {
    first: Duration,
    cap: Duration,
    healthy_after: Duration,
}

impl RestartPolicy {
    /// Whether an actor that ended by itself is started again.
    pub(super) fn restarts(self, failed: bool) -> bool {
        match self {
            RestartPolicy::Permanent => true,
            RestartPolicy::Transient => failed,
            RestartPolicy::Temporary => false,
        }
    }
}

impl Supervision {
    pub(crate) const RESTARTS: u32 = 10;
    pub(crate) const WITHIN: Duration = Duration::from_secs(60);

    /// Only the child that failed is started again.
    pub fn one_for_one() -> Self {
        Self::by(Strategy::OneForOne)
    }

    /// All children are started again when one has failed.
    pub fn one_for_all() -> Self {
        Self::by(Strategy::OneForAll)
    }

    /// The child that failed is started again, and those that were started after it.
    pub fn rest_for_one() -> Self {
        Self::by(Strategy::RestForOne)
    }

    /// The strategy, and 10 restarts within a minute.
    pub fn by(strategy: Strategy) -> Self {
        Supervision {
            strategy,
            restarts: Self::RESTARTS,
            within: Self::WITHIN,
        }
    }

    /// So many restarts within so long a time are borne; one more, and the supervisor stops its children, fails, and leaves
    /// the matter to its own supervisor. 10 within a minute unless set. The time is a sliding window, and a restart of
    /// several children counts once. [`u32::MAX`] restarts have no limit.
    pub fn restarts(mut self, most: u32, within: Duration) -> Self {
        (self.restarts, self.within) = (most, within);
        self
    }
}

impl Default for Supervision {
    fn default() -> Self {
        Self::one_for_one()
    }
}

impl Backoff {
    pub(crate) const FIRST: Duration = Duration::from_millis(10);
    pub(crate) const CAP: Duration = Duration::from_secs(10);
    pub(crate) const HEALTHY_AFTER: Duration = Duration::from_secs(10);
    /// Nobody waits longer, and no clock is too small for it.
    const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

    /// Waits `first` after the first failure, twice as long after each further one, and `cap` at the most, which is never
    /// more than a year. 10 ms and 10 s unless set.
    pub fn new(first: Duration, cap: Duration) -> Self {
        Backoff {
            first,
            cap: cap.max(first),
            healthy_after: Self::HEALTHY_AFTER,
        }
    }

    /// Waits for nothing.
    pub fn none() -> Self {
        Self::new(Duration::ZERO, Duration::ZERO)
    }

    /// An actor that ran so long begins with the first wait again; 10 s unless set.
    pub fn healthy_after(mut self, time: Duration) -> Self {
        self.healthy_after = time;
        self
    }

    pub(crate) fn is_healthy(self, ran: Duration) -> bool {
        ran >= self.healthy_after
    }

    /// The wait after `failures` failures before this one, without what chance takes off.
    pub(super) fn longest(self, failures: u32) -> Duration {
        let factor = 1u32.checked_shl(failures).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.cap).min(Self::LONGEST)
    }

    /// What is waited of it.
    pub(crate) fn drawn(self, failures: u32) -> Duration {
        self.longest(failures).mul_f64(0.5 + fastrand::f64() / 2.0)
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new(Self::FIRST, Self::CAP)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Backoff, RestartPolicy};

    #[test]
    fn each_policy_restarts_what_it_says() {
        let restarts = |policy: RestartPolicy| (policy.restarts(true), policy.restarts(false));
        assert_eq!(restarts(RestartPolicy::Permanent), (true, true));
        assert_eq!(restarts(RestartPolicy::Transient), (true, false));
        assert_eq!(restarts(RestartPolicy::Temporary), (false, false));
    }

    #[test]
    fn the_wait_doubles_to_its_cap_and_never_overflows() {
        let backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(1));
        let waits: Vec<_> = (0..6).map(|failures| backoff.longest(failures).as_millis()).collect();
        assert_eq!(waits, [100, 200, 400, 800, 1000, 1000]);
        assert_eq!(backoff.longest(u32::MAX), Duration::from_secs(1));
    }

    #[test]
    fn chance_takes_off_at_most_half_and_not_always_the_same() {
        let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(1));
        let drawn: Vec<_> = (0..100).map(|_| backoff.drawn(0)).collect();
        assert!(drawn.iter().all(|wait| (500..=1000).contains(&wait.as_millis())));
        assert!(drawn.iter().any(|wait| *wait != drawn[0]));
    }
}
