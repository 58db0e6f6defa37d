//! What a server answers when it is asked what it has done.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

use crate::Code;

/// What a server counts by name, from its beginning until it was asked.
///
/// Numbers only grow, but for `active_connections` and what is `in_flight`. Names that nothing was counted under are left
/// out. Codes are named as on the wire, because a server of a later version may have more of them; [`count_of`] finds one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(default)]
pub struct DetailedStats {
    /// When the counting began, in milliseconds since 1970.
    pub since_ms: u64,
    /// The connections that are open.
    pub active_connections: u64,
    /// The frames that were acted on.
    pub messages_processed: u64,
    /// All failures: those of calls, and what is `refused`.
    pub errors: u64,
    /// How many of the errors told somebody of a limit.
    pub limited: u64,
    /// The contracts of which a method was called, by their full names.
    pub contracts: BTreeMap<String, ContractStats>,
    /// What never became a call of a method, by the code of the refusal: requests, other frames, and connections.
    pub refused: BTreeMap<String, u64>,
    /// The events that were to be sent to subscribers, by their names.
    pub events: BTreeMap<String, EventStats>,
}

/// What was counted of one contract, for all actors that serve it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(default)]
pub struct ContractStats {
    /// The methods that were called, by the full names of their message types.
    pub methods: BTreeMap<String, MethodStats>,
}

/// What was counted of the calls of one method.
///
/// Every call that was started has ended in one of four ways or is in flight:
/// `started = succeeded + contract_errors + the sum of failed + in_flight`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(default)]
pub struct MethodStats {
    /// The calls that the server took on.
    pub started: u64,
    /// Those that were answered with a reply or the whole of a stream and, of those that nobody waits for, those that were
    /// put into the actor's queue.
    pub succeeded: u64,
    /// Those that were answered with the error which the contract declares.
    pub contract_errors: u64,
    /// Those that failed otherwise, by the code of the failure.
    pub failed: BTreeMap<String, u64>,
    /// Those that are not answered yet, streams among them.
    pub in_flight: u64,
    /// How long calls took; `None` if none was timed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<Latency>,
}

/// How long calls took, from when the server took them on until the last frame of their answer was ready to be written.
///
/// It is about a sample: the first call of a method on each connection, and every 64th after it. `min` and `max` are the
/// shortest and the longest of the sample, so a call that is slower than `max` may well have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Latency {
    /// How many calls were timed.
    pub count: u64,
    /// The shortest. On the wire, like all that follow, whole nanoseconds.
    #[serde(rename = "min_ns", with = "nanoseconds")]
    pub min: Duration,
    /// The mean.
    #[serde(rename = "mean_ns", with = "nanoseconds")]
    pub mean: Duration,
    /// Half of them took no longer; known to 1 %, like the other two.
    #[serde(rename = "p50_ns", with = "nanoseconds")]
    pub p50: Duration,
    /// 90 % of them took no longer.
    #[serde(rename = "p90_ns", with = "nanoseconds")]
    pub p90: Duration,
    /// 99 % of them took no longer.
    #[serde(rename = "p99_ns", with = "nanoseconds")]
    pub p99: Duration,
    /// The longest.
    #[serde(rename = "max_ns", with = "nanoseconds")]
    pub max: Duration,
}

/// What was counted of one event, once for each subscriber outside the process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(default)]
pub struct EventStats {
    /// How many were put into the output of a connection.
    pub pushed: u64,
    /// How many were not: the subscriber does not read, or the event cannot be written or is too long.
    pub dropped: u64,
}

impl DetailedStats {
    /// When the counting began.
    pub fn since(&self) -> SystemTime {
        UNIX_EPOCH
            .checked_add(Duration::from_millis(self.since_ms))
            .unwrap_or(UNIX_EPOCH)
    }

    /// What was counted of the method with this message type, by its full name.
    ///
    /// ```
    /// use callsheet_wire::DetailedStats;
    ///
    /// let text = r#"{"contracts": {"demo.Calculator": {"methods": {"demo.Calculator.Add": {"started": 7}}}}}"#;
    /// let stats: DetailedStats = serde_json::from_str(text)?;
    /// assert_eq!(stats.method("demo.Calculator.Add").map(|method| method.started), Some(7));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn method(&self, message_type: &str) -> Option<&MethodStats> {
        self.contracts
            .values()
            .find_map(|contract| contract.methods.get(message_type))
    }
}

/// How often this code was counted.
///
/// ```
/// use callsheet_wire::{Code, DetailedStats, count_of};
///
/// let stats: DetailedStats = serde_json::from_str(r#"{"refused": {"ActorNotFound": 2}}"#)?;
/// assert_eq!(count_of(&stats.refused, Code::ActorNotFound), 2);
/// assert_eq!(count_of(&stats.refused, Code::Timeout), 0);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn count_of(codes: &BTreeMap<String, u64>, code: Code) -> u64 {
    codes.get(code.as_str()).copied().unwrap_or_default()
}

/// Durations as whole nanoseconds, which last for 584 years.
mod nanoseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_nanos)
    }
}
