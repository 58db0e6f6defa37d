//! The targets and message types that a connection has used last.

use callsheet_wire::Failure;

use super::link::Link;
use crate::{
    id::ActorId,
    listener::stats::Line,
    registry::Method,
    router::{Exposed, Router},
    transport::Border,
};

/// So many heads are remembered.
const REMEMBERED: usize = 8;

/// Where requests with a certain target and message type go.
pub(super) struct Head {
    target: String,
    message_type: String,
    pub(super) actor: ActorId,
    pub(super) method: Method,
    /// Where its calls are counted.
    pub(super) line: Line,
}

/// The last heads of a connection: a request like one before needs no look into the router, its locks and tables.
#[derive(Default)]
pub(super) struct Heads {
    heads: Vec<Head>,
    /// Which of them is forgotten next.
    oldest: usize,
    /// What the router looked like when they were looked up.
    version: u64,
}

impl Heads {
    /// Where requests for this target and message type go.
    ///
    /// # Errors
    ///
    /// If no such actor is exposed, or the message type is not one of its methods.
    pub(super) fn find(
        &mut self,
        link: &Link,
        router: &Router,
        target: &str,
        message_type: &str,
    ) -> Result<&Head, Failure> {
        // Read before anything is looked up, so that a change in between is seen next time.
        let version = router.version();
        if version != self.version {
            self.heads.clear();
            self.version = version;
        }
        let known = self
            .heads
            .iter()
            .position(|head| head.target == target && head.message_type == message_type);
        let at = match known {
            Some(at) => at,
            None => self.remember(look_up(link, router, target, message_type)?),
        };
        Ok(&self.heads[at])
    }

    fn remember(&mut self, head: Head) -> usize {
        if self.heads.len() < REMEMBERED {
            self.heads.push(head);
            return self.heads.len() - 1;
        }
        let at = self.oldest;
        self.oldest = (at + 1) % REMEMBERED;
        self.heads[at] = head;
        at
    }
}

/// The actor that the peer reaches by this name.
///
/// # Errors
///
/// `ActorNotFound`, if there is none.
pub(super) fn reach(link: &Link, router: &Router, name: &str) -> Result<Exposed, Failure> {
    // Whoever was connected to from here may call what it was given the mailboxes of, and nothing else.
    let exposed = match link.is_client() {
        true => link.hosted(name).and_then(|id| router.given(&id)),
        false => router.exposed(name),
    };
    exposed.ok_or_else(|| Failure::actor_not_found(name))
}

#[cold]
fn look_up(link: &Link, router: &Router, target: &str, message_type: &str) -> Result<Head, Failure> {
    let exposed = reach(link, router, target)?;
    let method = exposed.routes.registry.find(target, message_type)?;
    let counted = link.counters.method(method.contract(), method.name());
    Ok(Head {
        target: target.to_owned(),
        message_type: message_type.to_owned(),
        actor: exposed.id,
        method: method.clone(),
        line: link.lock().tally.line(&counted),
    })
}
