//! Every setting there is. A line in the table at the end is all that a further one takes.

use std::{path::PathBuf, time::Duration};

use super::{
    duration::Time,
    kind::{AbsolutePath, Count, Given, Kind, OrWord},
    size::Bytes,
};
use crate::{Backoff, ListenerLimits, ListenerOptions, RuntimeOptions, Supervision};

/// A setting, whatever its kind.
pub(super) struct Key {
    pub(super) table: &'static str,
    pub(super) name: &'static str,
    /// What it says, in one sentence.
    pub(super) doc: &'static str,
    /// Puts what is given into the settings. False if it is no value for this key.
    pub(super) read: fn(Given<'_>, &mut Settings) -> bool,
    /// The values that it can have, for somebody who gave another; texts are in the quotes given.
    pub(super) expected: fn(&str) -> String,
    /// The values that it can have, in few words.
    pub(super) values: fn() -> String,
    /// What holds where no setting says otherwise, as it would stand in the file.
    pub(super) default: fn() -> Option<String>,
}

impl Key {
    /// Its name in the file.
    pub(super) fn dotted(&self) -> String {
        format!("{}.{}", self.table, self.name)
    }
}

macro_rules! keys {
    ($($table:ident: $group:ident { $(#[doc = $doc:literal] $name:ident: $value:ty = $kind:expr, $default:expr;)+ })+) => {
        /// What is said about a runtime from outside the program; see [`load`](Settings::load).
        ///
        /// Whatever is not said is `None`, and [`Default`] says nothing at all. [`RuntimeOptions::settings`] takes them.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Settings {
            $($table: $group,)+
        }

        impl Settings {
            $(
                #[doc = concat!("What is said in the table `[", stringify!($table), "]`.")]
                pub fn $table(&self) -> &$group {
                    &self.$table
                }
            )+

            /// These settings, and those of `below` where these do not say anything.
            #[must_use]
            pub fn over(self, below: Settings) -> Settings {
                Settings {
                    $($table: $group {
                        $($name: self.$table.$name.or(below.$table.$name),)+
                    },)+
                }
            }
        }

        $(
            #[doc = concat!("The [`Settings`] in the table `[", stringify!($table), "]`. `None` is what is not said.")]
            #[derive(Clone, Debug, Default, PartialEq, Eq)]
            pub struct $group {
                $($name: Option<$value>,)+
            }

            impl $group {
                $(
                    #[doc = $doc]
                    pub fn $name(&self) -> Option<$value> {
                        Clone::clone(&self.$name)
                    }
                )+
            }
        )+

        /// Every setting, table by table.
        pub(super) static KEYS: &[Key] = &[$($(
            Key {
                table: stringify!($table),
                name: stringify!($name),
                doc: $doc,
                read: |given, settings| {
                    let value = Kind::read(&$kind, given);
                    let is_value = value.is_some();
                    settings.$table.$name = value;
                    is_value
                },
                expected: |quote| Kind::expected(&$kind, quote),
                values: || Kind::values(&$kind),
                default: || Kind::default(&$kind, $default),
            },
        )+)+];
    };
}

const INSTANT: Duration = Duration::ZERO;
const MILLISECOND: Duration = Duration::from_millis(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

const KIB: usize = 1 << 10;
const GIB: usize = 1 << 30;
const TIB: usize = GIB.saturating_mul(1024);

const MILLION: usize = 1_000_000;
const THOUSAND_MILLIONS: usize = 1_000_000_000;

/// What listeners allow unless they are told otherwise.
fn allowed() -> ListenerLimits {
    ListenerLimits::default()
}

keys! {
    calls: CallSettings {
        /// How long a call waits for its reply unless it says otherwise.
        default_timeout: Duration = Time(MILLISECOND..=DAY), Some(RuntimeOptions::DEFAULT_TIMEOUT);
        /// How long a call may wait at the most, whatever it says.
        longest_timeout: Duration = Time(MILLISECOND..=DAY), Some(RuntimeOptions::LONGEST_TIMEOUT);
    }
    actors: ActorSettings {
        /// How many messages may wait in an actor's queue.
        mailbox_capacity: usize = Count(1..=MILLION), Some(RuntimeOptions::CAPACITY);
        /// How long the stop of an actor waits for the calls that run, and for each hook.
        stop_limit: Duration = Time(INSTANT..=DAY), Some(RuntimeOptions::STOP_LIMIT);
        /// How many shared calls of an actor may be suspended at once.
        shared_limit: usize = Count(1..=MILLION), None;
    }
    supervision: SupervisionSettings {
        /// How many restarts of an actor that is nobody's child are borne within the time of `within`.
        restarts: usize = Count(0..=MILLION), Some(Supervision::RESTARTS as usize);
        /// The time in which restarts are counted.
        within: Duration = Time(MILLISECOND..=DAY), Some(Supervision::WITHIN);
        /// How long the first restart is put off; each further one twice as long.
        backoff_first: Duration = Time(INSTANT..=DAY), Some(Backoff::FIRST);
        /// How long a restart is put off at the most.
        backoff_cap: Duration = Time(INSTANT..=DAY), Some(Backoff::CAP);
        /// After how long without a failure the next restart counts as the first.
        healthy_after: Duration = Time(MILLISECOND..=DAY), Some(Backoff::HEALTHY_AFTER);
    }
    shutdown: ShutdownSettings {
        /// How long the end of a runtime may take.
        limit: Duration = Time(INSTANT..=DAY), Some(RuntimeOptions::SHUTDOWN_LIMIT);
    }
    listener: ListenerSettings {
        /// Where a listener listens that is not given a path of its own.
        socket: PathBuf = AbsolutePath, None;
        /// How many connections may be open.
        max_connections: usize = Count(1..=MILLION), Some(allowed().max_connections);
        /// How many connections of one user of the system may be open.
        max_connections_per_user: Option<usize> = OrWord(Count(1..=MILLION), "none"), Some(allowed().max_connections_per_user);
        /// The most bytes that a frame's payload may have, either way.
        max_frame: usize = Bytes(KIB..=GIB), Some(allowed().max_frame);
        /// How many values a payload may hold.
        max_values: usize = Count(1..=THOUSAND_MILLIONS), Some(allowed().max_values);
        /// How many calls may be in flight on one connection, streams included.
        max_in_flight: usize = Count(1..=ListenerOptions::MOST_IN_FLIGHT), Some(allowed().max_in_flight);
        /// How many streams may be open on one connection.
        max_streams: usize = Count(0..=ListenerOptions::MOST_IN_FLIGHT), Some(allowed().max_streams);
        /// How many names and patterns of events one connection may be subscribed to.
        max_subscriptions: usize = Count(0..=MILLION), Some(allowed().max_subscriptions);
        /// From how many bytes on that a peer has not read its connection counts as slow.
        high_water: usize = Bytes(KIB..=GIB), Some(allowed().high_water);
        /// How many bytes all connections together may keep; three of the longest frames at least.
        memory: usize = Bytes(KIB..=TIB), Some(allowed().memory);
        /// How many requests, subscriptions and controls one connection may send in a second.
        rate: Option<usize> = OrWord(Count(1..=MILLION), "none"), Some(allowed().rate);
        /// How many of them may come at once; `none` is as many as in a second.
        burst: Option<usize> = OrWord(Count(1..=MILLION), "none"), Some(allowed().burst);
        /// How many requests, subscriptions and controls all connections of one user of the system may send in a second.
        user_rate: Option<usize> = OrWord(Count(1..=MILLION), "none"), Some(allowed().user_rate);
        /// How many of those may come at once; `none` is as many as in a second.
        user_burst: Option<usize> = OrWord(Count(1..=MILLION), "none"), Some(allowed().user_burst);
        /// After how long without a call in flight, a stream or a subscription a connection is closed.
        idle: Option<Duration> = OrWord(Time(MILLISECOND..=DAY), "never"), Some(allowed().idle);
        /// How long a new connection may take until its first whole frame.
        start_time: Option<Duration> = OrWord(Time(MILLISECOND..=DAY), "never"), Some(allowed().start_time);
        /// How long a frame may take from its first byte to its last.
        frame_time: Duration = Time(MILLISECOND..=DAY), Some(allowed().frame_time);
        /// How long a peer may leave what it was sent unread.
        unread_time: Option<Duration> = OrWord(Time(MILLISECOND..=DAY), "never"), Some(allowed().unread_time);
        /// How long the end of a listener waits for the calls that are in flight.
        drain: Duration = Time(INSTANT..=DAY), Some(allowed().drain);
    }
}
