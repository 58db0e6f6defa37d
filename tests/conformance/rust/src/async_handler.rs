//! What the client for async programs hosts.

use conformance_client::{Client, HostError, Refused, Shape, Wide, handlers::Callback};
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::watch;

use crate::told::{Does, LONG, Reached, SECRET};

/// Answers as a case says, and tells who has come.
pub(crate) struct Handler {
    pub(crate) does: Does,
    pub(crate) client: Client,
    pub(crate) reached: watch::Sender<Reached>,
}

impl Callback for Handler {
    async fn say(&self, text: String) -> Result<String, HostError> {
        match self.does {
            Does::Throw => return Err(HostError::failed(SECRET)),
            Does::Hang => hang(&self.reached).await,
            Does::Long => return Ok(text.repeat(LONG)),
            Does::Ask => return self.client.probe().echo(&text).await.map_err(HostError::failed),
            Does::Echo | Does::Refuse => {}
        }
        Ok(text)
    }

    async fn weigh(&self, text: String) -> Result<String, HostError<Refused>> {
        if self.does == Does::Refuse {
            return Err(Refused::Changed { found: text }.into());
        }
        // None of its failures is told.
        self.say(text).await.map_err(|_| HostError::failed(SECRET))
    }

    async fn wide(&self, value: Wide) -> Result<Wide, HostError> {
        Ok(value)
    }

    async fn shape(&self, value: Shape) -> Result<Shape, HostError> {
        Ok(value)
    }

    fn items(&self, upto: u32) -> impl Stream<Item = Result<u32, HostError<Refused>>> + Send {
        let (does, reached) = (self.does, self.reached.clone());
        let end = async move {
            match does {
                Does::Refuse => Some(Err(Refused::Never.into())),
                Does::Throw => Some(Err(HostError::failed(SECRET))),
                Does::Hang => {
                    hang(&reached).await;
                    None
                }
                _ => None,
            }
        };
        stream::iter((1..=upto).map(Ok)).chain(stream::once(end).filter_map(|end| async { end }))
    }

    async fn told(&self, text: String) {
        self.reached.send_modify(|reached| reached.told.push(text));
    }
}

/// Waits until it is released; that it was given up is told.
async fn hang(reached: &watch::Sender<Reached>) {
    let mut visit = Visit {
        reached,
        is_over: false,
    };
    reached.send_modify(|reached| reached.hanging += 1);
    // It fails only if nobody can release it any more.
    let _ = reached.subscribe().wait_for(|reached| reached.is_released).await;
    visit.is_over = true;
}

struct Visit<'a> {
    reached: &'a watch::Sender<Reached>,
    is_over: bool,
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.reached.send_modify(|reached| reached.left += 1);
        }
    }
}
