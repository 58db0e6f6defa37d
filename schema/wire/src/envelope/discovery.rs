//! What a server answers when it is asked what there is to call.

use serde::{Deserialize, Serialize};

/// What callers outside can reach.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    /// The exposed names, sorted.
    pub actors: Vec<ExposedActor>,
    /// The contracts that they serve, sorted by name.
    pub contracts: Vec<ServedContract>,
    /// The events that may be subscribed to, sorted.
    pub events: Vec<String>,
}

/// An actor that callers outside can reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExposedActor {
    /// What it is reached as.
    pub name: String,
    /// The full names of the contracts that it serves.
    pub contracts: Vec<String>,
}

/// A contract that an exposed actor serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServedContract {
    /// Its full name.
    pub name: String,
    /// Its hash.
    pub hash: String,
    /// The full names of its message types, in the order of their declaration.
    pub message_types: Vec<String>,
}
