//! Actors that take mailboxes, and replies to calls of others.

use callsheet::{CallError, Failure, Mailbox, Sends, Streaming, actor_contract, contract_type};
use futures_util::{StreamExt, future, stream};

use crate::{contract::DivideError, gates::Gates};

/// What a peer may host.
#[actor_contract(namespace = "hostile")]
pub(crate) trait Host {
    /// Any number.
    async fn step(&self, n: u32) -> Result<u32, DivideError>;
    /// Is put into the queue.
    #[tell]
    fn hint(&self, n: u32);
    /// Any numbers.
    fn items(&self, to: u32) -> Streaming<u32>;
}

/// Why a host gave no number.
#[contract_type]
#[derive(Clone)]
pub(crate) struct Lost {
    /// The code of the failure; `ContractError` for the host's own error.
    pub code: String,
    /// Whether the host was reached: `no`, `yes` or `unknown`.
    pub delivered: String,
}

impl From<Failure> for Lost {
    fn from(failure: Failure) -> Self {
        Lost {
            code: failure.code().to_string(),
            delivered: failure.delivered().to_string(),
        }
    }
}

impl From<CallError<DivideError>> for Lost {
    fn from(error: CallError<DivideError>) -> Self {
        match error {
            CallError::Failure(failure) => failure.into(),
            CallError::Contract(_) => Lost {
                code: "ContractError".to_owned(),
                delivered: "yes".to_owned(),
            },
        }
    }
}

/// Calls whatever mailboxes it is given.
#[actor_contract(namespace = "hostile")]
pub(crate) trait Desk {
    /// The sum of what the host answers to so many calls, one after the other.
    async fn ask(&self, host: Mailbox<dyn Host>, times: u32) -> Result<u32, Lost>;
    /// The same, with the state alone.
    async fn ask_alone(&mut self, host: Mailbox<dyn Host>, times: u32) -> Result<u32, Lost>;
    /// The same, all of them at once.
    async fn ask_at_once(&self, host: Mailbox<dyn Host>, times: u32) -> Result<u32, Lost>;
    /// The same for many hosts.
    async fn ask_all(&self, hosts: Vec<Mailbox<dyn Host>>) -> Result<u32, Lost>;
    /// Sends what has no reply.
    async fn hint(&self, host: Mailbox<dyn Host>) -> Result<(), Lost>;
    /// What the host streams.
    async fn read(&self, host: Mailbox<dyn Host>, to: u32) -> Result<Vec<u32>, Lost>;
    /// The first item of what the host streams, the rest of which is not read.
    async fn read_one(&self, host: Mailbox<dyn Host>) -> Result<u32, Lost>;
    /// What the host streams, all but the first item of which is read only when the gate is open.
    async fn read_late(&self, host: Mailbox<dyn Host>, gate: String) -> Result<Vec<u32>, Lost>;
    /// Remembers the host for later.
    fn keep(&mut self, host: Mailbox<dyn Host>);
    /// Asks the one that it remembers.
    async fn ask_kept(&self) -> Result<u32, Lost>;
    /// The one that it remembers.
    fn kept(&self) -> Mailbox<dyn Host>;
    /// An actor of the server.
    fn colleague(&self, id: String) -> Mailbox<dyn Desk>;
    /// How many mailboxes it was given.
    fn count(&self, hosts: Vec<Mailbox<dyn Host>>) -> u32;
    /// Takes nothing but time.
    fn look(&self) -> u32;
    /// The same, with the state alone.
    fn change(&mut self) -> u32;
    /// The same, for nobody.
    #[tell]
    fn nudge(&mut self);
}

/// Remembers one host.
#[derive(Clone)]
pub(crate) struct Clerk {
    gates: Gates,
    kept: Option<Mailbox<dyn Host>>,
}

impl Clerk {
    pub(crate) fn new(gates: Gates) -> Self {
        Clerk { gates, kept: None }
    }
}

async fn sum(host: &Mailbox<dyn Host>, times: u32) -> Result<u32, Lost> {
    let mut sum = 0_u32;
    for n in 0..times {
        sum = sum.wrapping_add(host.step(n).await?);
    }
    Ok(sum)
}

impl Desk for Clerk {
    async fn ask(&self, host: Mailbox<dyn Host>, times: u32) -> Result<u32, Lost> {
        sum(&host, times).await
    }

    async fn ask_alone(&mut self, host: Mailbox<dyn Host>, times: u32) -> Result<u32, Lost> {
        sum(&host, times).await
    }

    async fn ask_at_once(&self, host: Mailbox<dyn Host>, times: u32) -> Result<u32, Lost> {
        let host = &host;
        let calls = (0..times).map(|n| async move { Ok::<_, Lost>(host.step(n).await?) });
        let answers = future::try_join_all(calls).await?;
        Ok(answers.into_iter().fold(0, u32::wrapping_add))
    }

    async fn ask_all(&self, hosts: Vec<Mailbox<dyn Host>>) -> Result<u32, Lost> {
        let answers = future::try_join_all(hosts.iter().map(|host| sum(host, 1))).await?;
        Ok(answers.into_iter().fold(0, u32::wrapping_add))
    }

    async fn hint(&self, host: Mailbox<dyn Host>) -> Result<(), Lost> {
        Ok(host.hint(7).send().await?)
    }

    async fn read(&self, host: Mailbox<dyn Host>, to: u32) -> Result<Vec<u32>, Lost> {
        let items: Vec<Result<u32, Failure>> = host.items(to).collect().await;
        items.into_iter().map(|item| Ok(item?)).collect()
    }

    async fn read_one(&self, host: Mailbox<dyn Host>) -> Result<u32, Lost> {
        let mut items = host.items(u32::MAX);
        match items.next().await {
            Some(item) => Ok(item?),
            None => Ok(0),
        }
    }

    async fn read_late(&self, host: Mailbox<dyn Host>, gate: String) -> Result<Vec<u32>, Lost> {
        let mut items = host.items(u32::MAX);
        let first = items.next().await;
        self.gates.pass(&gate).await;
        let items: Vec<Result<u32, Failure>> = stream::iter(first).chain(items).collect().await;
        items.into_iter().map(|item| Ok(item?)).collect()
    }

    fn keep(&mut self, host: Mailbox<dyn Host>) {
        self.kept = Some(host);
    }

    async fn ask_kept(&self) -> Result<u32, Lost> {
        match &self.kept {
            Some(host) => sum(host, 1).await,
            None => Ok(0),
        }
    }

    fn kept(&self) -> Mailbox<dyn Host> {
        self.kept.clone().unwrap_or_else(|| Host.at("nobody"))
    }

    fn colleague(&self, id: String) -> Mailbox<dyn Desk> {
        Desk.at(id)
    }

    fn count(&self, hosts: Vec<Mailbox<dyn Host>>) -> u32 {
        hosts.len() as u32
    }

    fn look(&self) -> u32 {
        1
    }

    fn change(&mut self) -> u32 {
        2
    }

    fn nudge(&mut self) {}
}

/// What is put into ledgers.
#[contract_type]
#[derive(Clone)]
pub(crate) struct Entry {
    /// What it counts.
    pub n: u32,
    /// As long as was asked for.
    pub text: String,
}

/// Whose replies are what ledgers take.
#[actor_contract(namespace = "hostile")]
pub(crate) trait Cashier {
    /// What is to be booked.
    fn receipt(&self, n: u32, bytes: u32) -> Entry;
    /// The same, when the gate is open.
    async fn late(&self, gate: String) -> Entry;
    /// Of no named type.
    fn plain(&self, n: u32) -> u32;
    /// The contract's own error.
    fn refuse(&self) -> Result<Entry, DivideError>;
    /// Panics.
    fn burst(&self) -> Entry;
    /// Many.
    fn receipts(&self, to: u32) -> Streaming<Entry>;
    /// Has no reply.
    #[tell]
    fn wink(&self);
}

/// What keeps the replies of others.
#[actor_contract(namespace = "hostile")]
pub(crate) trait Ledger {
    /// Its whole message is an entry.
    #[tell]
    fn book(&mut self, #[message] entry: Entry);
    /// What was booked, in that order.
    fn booked(&self) -> Vec<u32>;
    /// Keeps the state until the gate is open.
    async fn hold(&mut self, gate: String) -> String;
}

/// A cashier with a ledger of its own.
#[derive(Clone)]
pub(crate) struct Books {
    gates: Gates,
    entries: Vec<u32>,
}

impl Books {
    pub(crate) fn new(gates: Gates) -> Self {
        let entries = Vec::new();
        Books { gates, entries }
    }
}

impl Cashier for Books {
    fn receipt(&self, n: u32, bytes: u32) -> Entry {
        let text = "x".repeat(bytes as usize);
        Entry { n, text }
    }

    async fn late(&self, gate: String) -> Entry {
        self.gates.pass(&gate).await;
        self.receipt(0, 0)
    }

    fn plain(&self, n: u32) -> u32 {
        n
    }

    fn refuse(&self) -> Result<Entry, DivideError> {
        Err(DivideError::ByZero { dividend: 7 })
    }

    fn burst(&self) -> Entry {
        panic!("the secret of the cashier")
    }

    fn receipts(&self, to: u32) -> Streaming<Entry> {
        let cashier = self.clone();
        Streaming::new(stream::iter(0..to).map(move |n| cashier.receipt(n, 0)))
    }

    fn wink(&self) {}
}

impl Ledger for Books {
    fn book(&mut self, entry: Entry) {
        self.entries.push(entry.n);
    }

    fn booked(&self) -> Vec<u32> {
        self.entries.clone()
    }

    async fn hold(&mut self, gate: String) -> String {
        self.gates.pass(&gate).await;
        gate
    }
}
