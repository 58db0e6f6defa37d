//! Cases as the driver tells them, and outcomes as they are told to it: a line of JSON each.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::PathBuf,
    time::Duration,
};

use conformance_client::{CallError, Codec, ConnectOptions, Event, Failure, Notice, Refused, Tick};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// A case, as far as the client is concerned.
#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) socket: PathBuf,
    codec: String,
    options: Options,
    pub(crate) steps: Vec<Step>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    timeout_ms: Option<u64>,
    reconnect: Option<bool>,
    subscription_buffer: Option<usize>,
}

/// One thing to do.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Step {
    /// Makes a call, and waits for its end unless it is only to begin.
    Call {
        #[serde(rename = "as")]
        name: String,
        #[serde(flatten)]
        call: Call,
        #[serde(default)]
        begin: bool,
        /// Under which name the reply is kept, for a call of `take`.
        #[serde(default)]
        keep: Option<String>,
    },
    /// Waits for the end of a call that was begun.
    End { call: String },
    /// Cancels a call that was begun.
    Cancel { call: String },
    /// Makes calls of `echo` at once, each with a text of its own.
    Crowd {
        #[serde(rename = "as")]
        name: String,
        calls: usize,
        #[serde(default)]
        begin: bool,
    },
    /// Has a stream at hand.
    Stream {
        #[serde(rename = "as")]
        name: String,
        #[serde(flatten)]
        call: Call,
    },
    /// Subscribes to ticks.
    Subscribe {
        #[serde(rename = "as")]
        name: String,
    },
    /// Takes so many of a stream or a subscription, or all until its end.
    Next {
        of: String,
        #[serde(default)]
        count: Option<usize>,
    },
    /// Ends a stream or a subscription early.
    Leave { of: String },
    /// Hosts an actor.
    Host {
        #[serde(rename = "as")]
        name: String,
        #[serde(default = "callback")]
        id: String,
        #[serde(default)]
        does: Does,
        /// How many of its calls run at once.
        #[serde(default)]
        concurrency: Option<usize>,
    },
    /// Waits until so much has come to a hosted actor.
    Until {
        of: String,
        #[serde(flatten)]
        wanted: Wanted,
    },
    /// Lets the calls of a hosted actor go on that hang.
    Release { of: String },
    /// Ends a hosted actor.
    Unhost { of: String },
    /// Says a word, and waits for a line.
    Sync { word: String },
    /// Closes the client.
    Close {},
}

/// Which method is called, and how.
#[derive(Clone, Deserialize)]
pub(crate) struct Call {
    pub(crate) method: String,
    #[serde(default = "probe")]
    pub(crate) actor: String,
    #[serde(default)]
    pub(crate) args: Map<String, Value>,
    #[serde(default)]
    timeout_ms: Option<u64>,
}

/// What a hosted actor does otherwise than to answer what it is asked: its streams count first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Does {
    #[default]
    Echo,
    /// Fails with the error that the contract declares, where it does.
    Refuse,
    /// Fails in a way that nobody is told.
    Throw,
    /// Hangs until it is released or given up.
    Hang,
    /// Repeats the text many times.
    Long,
    /// Has the server repeat the text.
    Ask,
}

/// What a hosted actor has come to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reached {
    pub(crate) told: Vec<String>,
    /// So many calls have come to where they hang.
    pub(crate) hanging: usize,
    /// So many of them were given up there.
    pub(crate) left: usize,
    pub(crate) is_released: bool,
}

/// How much of that is waited for.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    told: usize,
    hanging: usize,
    left: usize,
}

impl Reached {
    pub(crate) fn has(&self, wanted: Wanted) -> bool {
        self.told.len() >= wanted.told && self.hanging >= wanted.hanging && self.left >= wanted.left
    }
}

/// What a handler that fails says, which nobody is told.
pub(crate) const SECRET: &str = "a secret";

/// So often a long answer repeats the text that it answers.
pub(crate) const LONG: usize = 10_000;

fn callback() -> String {
    "cb".to_owned()
}

fn probe() -> String {
    "probe".to_owned()
}

impl Case {
    pub(crate) fn options(&self) -> ConnectOptions {
        let codec = match self.codec.as_str() {
            "messagepack" => Codec::MessagePack,
            _ => Codec::Json,
        };
        let mut options = ConnectOptions::new().codec(codec);
        if let Some(limit) = self.options.timeout_ms {
            options = options.timeout(Duration::from_millis(limit));
        }
        if let Some(reconnect) = self.options.reconnect {
            options = options.reconnect(reconnect);
        }
        if let Some(events) = self.options.subscription_buffer {
            options = options.subscription_buffer(events);
        }
        options
    }
}

impl Call {
    pub(crate) fn timeout(&self) -> Option<Duration> {
        self.timeout_ms.map(Duration::from_millis)
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.args.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn number(&self, name: &str) -> u32 {
        let number = self.args.get(name).and_then(Value::as_u64).unwrap_or_default();
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    pub(crate) fn float(&self, name: &str) -> f64 {
        self.args.get(name).and_then(Value::as_f64).unwrap_or_default()
    }
}

/// The outcomes of a case's steps, by their names.
#[derive(Default)]
pub(crate) struct Outcomes(BTreeMap<String, Value>);

impl Outcomes {
    pub(crate) fn set(&mut self, name: &str, outcome: Value) {
        self.0.insert(name.to_owned(), outcome);
    }

    /// Something more came of a stream or a subscription.
    pub(crate) fn more(&mut self, name: &str, next: Next) {
        let outcome = self
            .0
            .entry(name.to_owned())
            .or_insert_with(|| json!({"items": [], "ended": false}));
        match next {
            Next::Item(item) => {
                if let Some(items) = outcome["items"].as_array_mut() {
                    items.push(item);
                }
            }
            Next::Failed(failure) => outcome["failed"] = failure,
            Next::Ended => outcome["ended"] = Value::from(true),
        }
    }

    /// What a hosted actor was told, if anything.
    pub(crate) fn heard(&mut self, name: &str, reached: &Reached) {
        if !reached.told.is_empty() {
            self.set(name, json!({"told": reached.told}));
        }
    }

    pub(crate) fn tell(&self) -> Result<(), String> {
        say(&json!({"outcome": self.0}))
    }
}

/// What the next step of a stream or a subscription was.
pub(crate) enum Next {
    Item(Value),
    Failed(Value),
    Ended,
}

/// Writes a line for the driver.
pub(crate) fn say(line: &Value) -> Result<(), String> {
    let mut output = io::stdout().lock();
    writeln!(output, "{line}")
        .and_then(|()| output.flush())
        .map_err(|error| format!("nobody listens: {error}"))
}

/// The outcome of a call.
pub(crate) fn outcome(ended: Result<Value, Value>) -> Value {
    match ended {
        Ok(value) => json!({"ok": value}),
        Err(failure) => json!({"failed": failure}),
    }
}

/// What became of a crowd: who got a text that was not theirs, and how many failed in which way.
pub(crate) fn tally(ended: impl IntoIterator<Item = (usize, Result<String, Failure>)>) -> Value {
    let (mut ok, mut wrong, mut failed) = (0, 0, BTreeMap::<String, u64>::new());
    for (number, reply) in ended {
        match reply {
            Ok(text) if text == number.to_string() => ok += 1,
            Ok(_) => wrong += 1,
            Err(failure) => {
                let kind = format!("{} {}", failure.code_name(), delivered(&failure));
                *failed.entry(kind).or_default() += 1;
            }
        }
    }
    let ended = ok + wrong + failed.values().sum::<u64>();
    json!({"ended": ended, "ok": ok, "wrong": wrong, "failed": failed})
}

/// What a failure of either kind tells.
pub(crate) trait Told {
    fn told(&self) -> Value;
}

impl Told for Failure {
    fn told(&self) -> Value {
        json!({
            "code": self.code_name(),
            "delivered": delivered(self),
            "retryable": self.is_retryable(),
            "path": self.path(),
            "retry_after_ms": self.retry_after_ms(),
        })
    }
}

impl Told for CallError<Refused> {
    fn told(&self) -> Value {
        match self {
            CallError::Contract(error) => json!({
                "code": "ContractError",
                "delivered": "yes",
                "retryable": false,
                "error": match error {
                    Refused::Changed { found } => format!("Changed: {found}"),
                    other => format!("{other:?}"),
                },
            }),
            CallError::Failure(failure) => failure.told(),
        }
    }
}

fn delivered(failure: &Failure) -> String {
    format!("{:?}", failure.delivered()).to_lowercase()
}

/// An item of a stream.
pub(crate) fn item<F: Told>(item: Option<Result<u32, F>>) -> Next {
    match item {
        None => Next::Ended,
        Some(Ok(item)) => Next::Item(Value::from(item)),
        Some(Err(failure)) => Next::Failed(failure.told()),
    }
}

/// An event, or a gap between events.
pub(crate) fn notice(notice: Option<Result<Notice<Event<Tick>>, Failure>>) -> Next {
    match notice {
        None => Next::Ended,
        Some(Ok(Notice::Event(tick))) => Next::Item(Value::from(tick.n)),
        Some(Ok(Notice::Gap(gap))) => Next::Item(json!({"gap": gap.missed})),
        Some(Err(failure)) => Next::Failed(failure.told()),
    }
}
