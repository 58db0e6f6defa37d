//! How a case is run, and what holds after each.

use std::sync::{PoisonError, RwLock};

use serde_json::json;

use crate::{page, peer::Peer, service::Service};

/// Cases that need all connections of the server for themselves wait for the others, and let none begin.
static CROWD: RwLock<()> = RwLock::new(());

/// Lets an attack loose on the server, which must then serve somebody else as if nothing had been. `rules` are those of
/// `docs/wire.md` or `docs/acton.md` that it is held to.
pub(crate) fn case(rules: &[&str], attack: impl FnOnce(&Service)) {
    page::check_names(rules);
    let _beside_others = CROWD.read().unwrap_or_else(PoisonError::into_inner);
    attack(Service::shared());
    canary(Service::shared());
}

/// The same for an attack that leaves no room for another.
pub(crate) fn alone(rules: &[&str], attack: impl FnOnce(&Service)) {
    page::check_names(rules);
    let _alone = CROWD.write().unwrap_or_else(PoisonError::into_inner);
    attack(Service::shared());
    canary(Service::shared());
}

/// The same on a server of the case's own, which ends well in the end unless the case has ended it.
pub(crate) fn on_its_own(rules: &[&str], attack: impl FnOnce()) {
    page::check_names(rules);
    attack();
}

/// Somebody else, on a new connection: it is answered, and by the very process that was started.
pub(crate) fn canary(service: &Service) {
    let answer = Peer::of(service).ask(&json!({"target": "mark", "message_type": "Pid", "expects_reply": true}));
    let expected = json!({"success": true, "error": null, "payload": service.pid()});
    assert_eq!(answer, expected, "the canary is not answered");
}
