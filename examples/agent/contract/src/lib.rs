//! A tell and an ask: the contract of the agent that stands for one person in a chat.

use callsheet::{actor_contract, contract_type};

/// Whether the person can be reached.
#[contract_type]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnlineStatus {
    /// They read what is sent to them.
    Online,
    /// They are connected and do not read at the moment.
    Away,
    /// They are not connected.
    #[default]
    Offline,
}

/// Stands for one person.
#[actor_contract(namespace = "demo")]
pub trait Agent {
    /// Hands a notification over. Nobody waits for what becomes of it.
    #[tell]
    fn notify(&mut self, subject: String, body: String);

    /// Whether the person can be reached.
    fn query_status(&self) -> OnlineStatus;
}
