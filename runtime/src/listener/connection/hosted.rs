//! The actors here that the peer was given the mailboxes of: it may call these.

use std::collections::HashMap;

use parking_lot::Mutex;

use super::link::Link;
use crate::{
    id::ActorId,
    transport::{Border, Route},
};

/// So many names of actors that the peer was given are kept without a look at whether they have stopped.
const FEW: usize = 64;

/// By the names that the peer has for them.
#[derive(Default)]
pub(super) struct Hosted(Mutex<HashMap<String, ActorId>>);

impl Border for Link {
    fn host(&self, id: &ActorId) -> ActorId {
        let mut hosted = self.outgoing.hosted.0.lock();
        if hosted.contains_key(id.as_str()) {
            return id.clone();
        }
        // Each time it has doubled, those are forgotten that have stopped.
        if hosted.len() >= FEW
            && hosted.len().is_power_of_two()
            && let Ok(runtime) = self.runtime.upgrade()
        {
            hosted.retain(|_, id| runtime.router().given(id).is_some());
        }
        hosted.insert(id.as_str().to_owned(), id.clone());
        id.clone()
    }

    fn as_route(&self) -> &dyn Route {
        self
    }

    fn hosted(&self, name: &str) -> Option<ActorId> {
        self.outgoing.hosted.0.lock().get(name).cloned()
    }
}
