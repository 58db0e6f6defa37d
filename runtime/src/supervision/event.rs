//! What is published about the lives of actors.

use std::time::Duration;

use callsheet_macros::contract_type;

/// Something happened in the life of an actor. Published to the runtime's broker.
///
/// ```
/// use callsheet::{ActorEvent, Happening, Runtime, Received};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let runtime = Runtime::launch()?;
/// let mut events = runtime.broker().subscribe::<ActorEvent>();
/// runtime.actor("idler", || ()).start().await?;
/// if let Some(Received::Event(event)) = events.next().await {
///     assert_eq!((event.actor.as_str(), event.generation), ("idler", 1));
///     assert_eq!(event.happening, Happening::Started);
/// }
/// # Ok(()) }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[contract_type(name = "callsheet.ActorEvent")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActorEvent {
    /// The actor's id.
    pub actor: String,
    /// Which of its states it happened to, counted from 1.
    pub generation: u64,
    /// What happened.
    pub happening: Happening,
}

/// What happened to an actor.
#[contract_type(name = "callsheet.Happening")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Happening {
    /// It handles messages: for the first time, or again.
    Started,
    /// It failed, and its state was discarded.
    Failed {
        /// What went wrong; no panic's own text.
        cause: String,
    },
    /// It said that its work is done.
    Finished,
    /// It was halted with others, to be started again with them.
    Halted,
    /// It will be started again.
    Restarting {
        /// After how many milliseconds.
        delay_ms: u64,
    },
    /// It stopped for good.
    Stopped,
    /// It failed more often than is borne, so its supervisor fails with it; at the top, it stays stopped.
    GivenUp,
}

impl Happening {
    pub(super) fn restarting(delay: Duration) -> Self {
        Happening::Restarting {
            delay_ms: u64::try_from(delay.as_millis()).unwrap_or(u64::MAX),
        }
    }
}
