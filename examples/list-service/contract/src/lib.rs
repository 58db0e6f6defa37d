//! Request and stream: the contract of a service that lists what it has.

use callsheet::{Streaming, actor_contract, contract_type};

/// Asks for the list.
///
/// It is a message type of its own, so that a caller can make one, keep it and send it again.
#[contract_type]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListRequest {
    /// How many items the service takes from its store at once, at least 1. The list is sent whole whatever it says.
    pub page_size: usize,
}

/// One thing on the list.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListItem {
    /// Its number, from 1 in the order of the list.
    pub id: u64,
    /// What people call it.
    pub name: String,
}

/// Why there is no list.
#[contract_type]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// Pages of no items never come to an end.
    #[error("a page holds at least 1 item")]
    EmptyPages,
}

/// Lists what it has.
#[actor_contract(namespace = "demo")]
pub trait ListService {
    /// Streams every item.
    fn list(&self, #[message] request: ListRequest) -> Streaming<Result<ListItem, ListError>>;
}
