//! The client for programs without async. What is begun has a thread of its own.

use std::{
    collections::HashMap,
    io,
    sync::Arc,
    thread::{self, JoinHandle},
};

use conformance_client::{
    HostOptions, Hosted, MailboxCallback,
    blocking::{Client, services::Probe},
};
use serde_json::{Value, json};

use crate::{
    blocking_handler::{Handler, Log},
    calls::{Kept, make_call},
    told::{Call, Case, Next, Outcomes, Step, Told, item, notice, outcome, say, tally},
};

/// A stream or a subscription, as what is told of it.
type Source = Box<dyn Iterator<Item = Next>>;

/// Plays cases until there are no more.
pub(crate) fn play() -> Result<(), String> {
    let mut lines = io::stdin().lines().map_while(Result::ok);
    while let Some(line) = lines.next() {
        let case: Case = serde_json::from_str(&line).map_err(|error| error.to_string())?;
        let mut outcomes = Outcomes::default();
        match Client::connect_with(&case.socket, case.options()) {
            Ok(client) => {
                let mut player = Player {
                    client,
                    begun: HashMap::new(),
                    sources: HashMap::new(),
                    kept: HashMap::new(),
                    hosted: HashMap::new(),
                    outcomes,
                };
                for step in case.steps {
                    player.step(step, &mut lines)?;
                }
                player.end();
                player.client.close().map_err(|failure| failure.to_string())?;
                outcomes = player.outcomes;
            }
            Err(failure) => outcomes.set("connect", outcome(Err(failure.told()))),
        }
        outcomes.tell()?;
    }
    Ok(())
}

/// An actor that is hosted, until it is closed, and what has come to it.
type Actor = (Option<Hosted<MailboxCallback>>, Arc<Log>);

struct Player {
    client: Client,
    begun: HashMap<String, JoinHandle<Value>>,
    sources: HashMap<String, Source>,
    kept: HashMap<String, Kept>,
    hosted: HashMap<String, Actor>,
    outcomes: Outcomes,
}

impl Player {
    fn step(&mut self, step: Step, lines: &mut impl Iterator<Item = String>) -> Result<(), String> {
        match step {
            Step::Call {
                name,
                call,
                begin,
                keep,
            } => {
                let probe = self.probe(&call);
                let taken = self.kept.get(call.text("kept")).cloned();
                let make = move || make_call!(probe, call, taken.as_ref(), []);
                if begin {
                    let make = move || outcome(make().map(|(reply, _)| reply));
                    self.begun.insert(name, thread::spawn(make));
                    return Ok(());
                }
                let reply = make().map(|(reply, kept)| {
                    self.kept.extend(keep.zip(kept));
                    reply
                });
                self.outcomes.set(&name, outcome(reply));
            }
            Step::End { call } => {
                let begun = self.begun.remove(&call).ok_or("no such call was begun")?;
                let ended = begun.join().unwrap_or_else(|_| json!({"raised": "a panic"}));
                self.outcomes.set(&call, ended);
            }
            Step::Cancel { .. } => return Err("a blocking call is not cancelled".to_owned()),
            Step::Crowd { name, calls, begin } => {
                let client = self.client.clone();
                let make = move || {
                    thread::scope(|scope| {
                        let made: Vec<_> = (0..calls)
                            .map(|number| {
                                let client = &client;
                                scope.spawn(move || (number, client.probe().echo(&number.to_string())))
                            })
                            .collect();
                        tally(made.into_iter().filter_map(|call| call.join().ok()))
                    })
                };
                if begin {
                    self.begun.insert(name, thread::spawn(make));
                } else {
                    self.outcomes.set(&name, make());
                }
            }
            Step::Stream { name, call } => {
                let source = stream(&self.probe(&call), &call)?;
                self.sources.insert(name, source);
            }
            Step::Subscribe { name } => match self.client.probe().subscribe_tick() {
                Ok(events) => {
                    self.sources
                        .insert(name, Box::new(events.map(|event| notice(Some(event)))));
                }
                Err(failure) => self.outcomes.more(&name, Next::Failed(failure.told())),
            },
            Step::Next { of, count } => {
                let source = self.sources.get_mut(&of).ok_or("no such stream was begun")?;
                let mut taken = 0;
                while count.is_none_or(|count| taken < count) {
                    let next = source.next().unwrap_or(Next::Ended);
                    let is_over = !matches!(next, Next::Item(_));
                    self.outcomes.more(&of, next);
                    if is_over {
                        break;
                    }
                    taken += 1;
                }
            }
            Step::Leave { of } => {
                self.sources.remove(&of);
            }
            Step::Host {
                name,
                id,
                does,
                concurrency,
            } => {
                let log = Arc::<Log>::default();
                let handler = Handler {
                    does,
                    client: self.client.clone(),
                    log: Arc::clone(&log),
                };
                let mut options = HostOptions::new().id(id);
                if let Some(calls) = concurrency {
                    options = options.concurrency(calls);
                }
                let hosted = self.client.host_callback_with(handler, options);
                let hosted = hosted.map_err(|failure| failure.to_string())?;
                self.kept.insert(name.clone(), Kept::Mailbox(hosted.mailbox().clone()));
                self.hosted.insert(name, (Some(hosted), log));
            }
            Step::Until { of, wanted } => {
                self.actor(&of)?.1.until(wanted);
            }
            Step::Release { of } => {
                self.actor(&of)?.1.change(|reached| reached.is_released = true);
            }
            Step::Unhost { of } => drop(self.actor(&of)?.0.take()),
            Step::Sync { word } => {
                say(&json!({"sync": word}))?;
                lines.next().ok_or("the driver has gone")?;
            }
            Step::Close {} => self.client.close().map_err(|failure| failure.to_string())?,
        }
        Ok(())
    }

    fn actor(&mut self, name: &str) -> Result<&mut Actor, &'static str> {
        self.hosted.get_mut(name).ok_or("no such actor is hosted")
    }

    /// Leaves whatever is still there.
    fn end(&mut self) {
        for (name, (_, reached)) in &self.hosted {
            let reached = reached.change(|reached| reached.is_released = true);
            self.outcomes.heard(name, &reached);
        }
        self.sources.clear();
    }

    fn probe(&self, call: &Call) -> Probe {
        let probe = self.client.probe_at(&call.actor);
        match call.timeout() {
            Some(limit) => probe.with_timeout(limit),
            None => probe,
        }
    }
}

fn stream(probe: &Probe, call: &Call) -> Result<Source, String> {
    Ok(match call.method.as_str() {
        "count" => Box::new(probe.count(call.number("to")).map(|reply| item(Some(reply)))),
        "endless" => Box::new(probe.endless(call.text("gate")).map(|reply| item(Some(reply)))),
        "failing" => Box::new(probe.failing(call.number("after")).map(|reply| item(Some(reply)))),
        other => return Err(format!("there is no stream {other}")),
    })
}
