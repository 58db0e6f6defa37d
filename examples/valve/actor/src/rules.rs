//! Who may do what: operators may do all, and everyone else may read.

use callsheet::{Access, Action, Denied, ListenerOptions, Peer};

/// The users that may do all: those whose group is this one.
///
/// A rule is an ordinary function, so it is tested without a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operators {
    /// The group's id.
    pub group: u32,
}

impl Operators {
    /// Has a listener keep to the rules. Whoever gets as far as the socket comes in; what he may do there is another matter.
    pub fn guard(self, options: ListenerOptions) -> ListenerOptions {
        options
            .admit(|_| Ok(()))
            .authorize(move |access| self.authorize(access))
    }

    /// Whether a peer may do what it wants to.
    ///
    /// # Errors
    ///
    /// If it wants to change something and is no operator.
    pub fn authorize(self, access: &Access<'_>) -> Result<(), Denied> {
        match access.what {
            _ if self.includes(access.peer) => Ok(()),
            // What takes the state alone changes it.
            Action::Call {
                is_exclusive: false, ..
            }
            | Action::Subscribe { .. }
            | Action::Discover
            | Action::Schema => Ok(()),
            Action::Call { .. } => Err(Denied::new(format!(
                "only the group {} may change anything",
                self.group
            ))),
            // What later versions add is refused until somebody has thought about it.
            _ => Err(Denied::default()),
        }
    }

    fn includes(self, peer: &Peer) -> bool {
        peer.gid == self.group
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPERATORS: Operators = Operators { group: 990 };

    fn call(is_exclusive: bool) -> Action<'static> {
        Action::Call {
            target: "valve",
            message_type: "demo.Valve.Any",
            is_exclusive,
        }
    }

    #[test]
    fn operators_may_do_all() {
        let peer = Peer::new(1000, 990);
        for what in [call(true), call(false), Action::Discover, Action::Schema] {
            assert_eq!(OPERATORS.authorize(&Access::new(&peer, what)), Ok(()), "{what:?}");
        }
    }

    #[test]
    fn others_may_read_and_no_more() {
        let peer = Peer::new(1000, 1000);
        let event = "ValveMoved";
        for what in [
            call(false),
            Action::Subscribe { event },
            Action::Discover,
            Action::Schema,
        ] {
            assert_eq!(OPERATORS.authorize(&Access::new(&peer, what)), Ok(()), "{what:?}");
        }
        let refused = OPERATORS.authorize(&Access::new(&peer, call(true)));
        assert_eq!(refused, Err(Denied::new("only the group 990 may change anything")));
    }
}
