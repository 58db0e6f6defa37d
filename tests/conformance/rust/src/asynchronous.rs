//! The client for async programs.

use std::{collections::HashMap, io, pin::Pin, thread};

use conformance_client::{Client, Failure, HostOptions, Hosted, MailboxCallback, services::Probe};
use futures_util::{Stream, StreamExt, future::join_all};
use serde_json::{Value, json};
use tokio::{
    sync::{
        mpsc::{UnboundedReceiver, unbounded_channel},
        watch,
    },
    task::JoinHandle,
};

use crate::{
    async_handler::Handler,
    calls::{Kept, make_call},
    told::{Call, Case, Next, Outcomes, Reached, Step, Told, item, notice, outcome, say, tally},
};

/// A stream or a subscription, as what is told of it.
type Source = Pin<Box<dyn Stream<Item = Next> + Send>>;

/// Plays cases until there are no more.
#[tokio::main(worker_threads = 2)]
pub(crate) async fn play() -> Result<(), String> {
    let (told, mut lines) = unbounded_channel();
    thread::spawn(move || {
        io::stdin()
            .lines()
            .map_while(Result::ok)
            .try_for_each(|line| told.send(line))
    });
    while let Some(line) = lines.recv().await {
        let case: Case = serde_json::from_str(&line).map_err(|error| error.to_string())?;
        let mut outcomes = Outcomes::default();
        match Client::connect_with(&case.socket, case.options()).await {
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
                    player.step(step, &mut lines).await?;
                }
                player.end();
                player.client.close().await;
                outcomes = player.outcomes;
            }
            Err(failure) => outcomes.set("connect", outcome(Err(failure.told()))),
        }
        outcomes.tell()?;
    }
    Ok(())
}

/// An actor that is hosted, until it is closed, and what has come to it.
type Actor = (Option<Hosted<MailboxCallback>>, watch::Sender<Reached>);

struct Player {
    client: Client,
    begun: HashMap<String, JoinHandle<Value>>,
    sources: HashMap<String, Source>,
    kept: HashMap<String, Kept>,
    hosted: HashMap<String, Actor>,
    outcomes: Outcomes,
}

impl Player {
    async fn step(&mut self, step: Step, lines: &mut UnboundedReceiver<String>) -> Result<(), String> {
        match step {
            Step::Call {
                name,
                call,
                begin,
                keep,
            } => {
                let probe = self.probe(&call);
                let taken = self.kept.get(call.text("kept")).cloned();
                let made = async move { make_call!(probe, call, taken.as_ref(), [.await]) };
                if begin {
                    let made = async move { outcome(made.await.map(|(reply, _)| reply)) };
                    self.begun.insert(name, tokio::spawn(made));
                    return Ok(());
                }
                let reply = made.await.map(|(reply, kept)| {
                    self.kept.extend(keep.zip(kept));
                    reply
                });
                self.outcomes.set(&name, outcome(reply));
            }
            Step::End { call } => {
                let begun = self.begun.remove(&call).ok_or("no such call was begun")?;
                let ended = begun.await.unwrap_or_else(|error| json!({"raised": error.to_string()}));
                self.outcomes.set(&call, ended);
            }
            Step::Cancel { call } => {
                let begun = self.begun.remove(&call).ok_or("no such call was begun")?;
                begun.abort();
                let ended = match begun.await {
                    Err(error) if error.is_cancelled() => json!({"cancelled": true}),
                    Err(error) => json!({"raised": error.to_string()}),
                    Ok(ended) => ended,
                };
                self.outcomes.set(&call, ended);
            }
            Step::Crowd { name, calls, begin } => {
                let probe = self.client.probe();
                let made = async move {
                    let made = (0..calls).map(|number| {
                        let probe = &probe;
                        async move { (number, probe.echo(&number.to_string()).await) }
                    });
                    tally(join_all(made).await)
                };
                if begin {
                    self.begun.insert(name, tokio::spawn(made));
                } else {
                    let ended = made.await;
                    self.outcomes.set(&name, ended);
                }
            }
            Step::Stream { name, call } => {
                let source = stream(&self.probe(&call), &call)?;
                self.sources.insert(name, source);
            }
            Step::Subscribe { name } => match self.client.probe().subscribe_tick().await {
                Ok(events) => {
                    let told = events.map(|event| notice(Some(event)));
                    self.sources.insert(name, Box::pin(told));
                }
                Err(failure) => self.outcomes.more(&name, Next::Failed(failure.told())),
            },
            Step::Next { of, count } => {
                let source = self.sources.get_mut(&of).ok_or("no such stream was begun")?;
                let mut taken = 0;
                while count.is_none_or(|count| taken < count) {
                    let next = source.next().await.unwrap_or(Next::Ended);
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
                let reached = watch::Sender::default();
                let handler = Handler {
                    does,
                    client: self.client.clone(),
                    reached: reached.clone(),
                };
                let mut options = HostOptions::new().id(id);
                if let Some(calls) = concurrency {
                    options = options.concurrency(calls);
                }
                let hosted = self.client.host_callback_with(handler, options);
                let hosted = hosted.map_err(|failure| failure.to_string())?;
                self.kept.insert(name.clone(), Kept::Mailbox(hosted.mailbox().clone()));
                self.hosted.insert(name, (Some(hosted), reached));
            }
            Step::Until { of, wanted } => {
                let mut reached = self.actor(&of)?.1.subscribe();
                reached
                    .wait_for(|reached| reached.has(wanted))
                    .await
                    .map_err(|error| error.to_string())?;
            }
            Step::Release { of } => {
                self.actor(&of)?.1.send_modify(|reached| reached.is_released = true);
            }
            Step::Unhost { of } => drop(self.actor(&of)?.0.take()),
            Step::Sync { word } => {
                say(&json!({"sync": word}))?;
                lines.recv().await.ok_or("the driver has gone")?;
            }
            Step::Close {} => self.client.close().await,
        }
        Ok(())
    }

    fn actor(&mut self, name: &str) -> Result<&mut Actor, &'static str> {
        self.hosted.get_mut(name).ok_or("no such actor is hosted")
    }

    /// Leaves whatever is still there.
    fn end(&mut self) {
        for (name, (_, reached)) in &self.hosted {
            reached.send_modify(|reached| reached.is_released = true);
            self.outcomes.heard(name, &reached.borrow());
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
        "count" => told(probe.count(call.number("to"))),
        "endless" => told(probe.endless(call.text("gate"))),
        "failing" => {
            let items = probe.failing(call.number("after"));
            Box::pin(items.map(|reply| item(Some(reply))))
        }
        other => return Err(format!("there is no stream {other}")),
    })
}

fn told(items: impl Stream<Item = Result<u32, Failure>> + Send + 'static) -> Source {
    Box::pin(items.map(|reply| item(Some(reply))))
}
