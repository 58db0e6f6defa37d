//! What the client for programs without async hosts.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use conformance_client::{
    HostError, Refused, Shape, Wide,
    blocking::{Client, handlers::Callback},
};

use crate::told::{Does, LONG, Reached, SECRET, Wanted};

/// What has come to a handler, and who waits for more of it.
#[derive(Default)]
pub(crate) struct Log {
    reached: Mutex<Reached>,
    changed: Condvar,
}

impl Log {
    /// Waits until that much has come.
    pub(crate) fn until(&self, wanted: Wanted) {
        self.wait(|reached| reached.has(wanted));
    }

    /// Changes what has come, and gives all of it.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Reached)) -> Reached {
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut reached);
        self.changed.notify_all();
        reached.clone()
    }

    fn hang(&self) {
        self.change(|reached| reached.hanging += 1);
        self.wait(|reached| reached.is_released);
    }

    fn wait(&self, enough: impl Fn(&Reached) -> bool) {
        let reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        let _reached = self
            .changed
            .wait_while(reached, |reached| !enough(reached))
            .unwrap_or_else(PoisonError::into_inner);
    }
}

/// Answers as a case says, and tells who has come.
pub(crate) struct Handler {
    pub(crate) does: Does,
    pub(crate) client: Client,
    pub(crate) log: Arc<Log>,
}

impl Callback for Handler {
    fn say(&self, text: String) -> Result<String, HostError> {
        match self.does {
            Does::Throw => return Err(HostError::failed(SECRET)),
            Does::Hang => self.log.hang(),
            Does::Long => return Ok(text.repeat(LONG)),
            Does::Ask => return self.client.probe().echo(&text).map_err(HostError::failed),
            Does::Echo | Does::Refuse => {}
        }
        Ok(text)
    }

    fn weigh(&self, text: String) -> Result<String, HostError<Refused>> {
        if self.does == Does::Refuse {
            return Err(Refused::Changed { found: text }.into());
        }
        // None of its failures is told.
        self.say(text).map_err(|_| HostError::failed(SECRET))
    }

    fn wide(&self, value: Wide) -> Result<Wide, HostError> {
        Ok(value)
    }

    fn shape(&self, value: Shape) -> Result<Shape, HostError> {
        Ok(value)
    }

    fn items(&self, upto: u32) -> impl Iterator<Item = Result<u32, HostError<Refused>>> {
        let end = [self.does].into_iter().filter_map(|does| match does {
            Does::Refuse => Some(Err(Refused::Never.into())),
            Does::Throw => Some(Err(HostError::failed(SECRET))),
            Does::Hang => {
                self.log.hang();
                None
            }
            _ => None,
        });
        (1..=upto).map(Ok).chain(end)
    }

    fn told(&self, text: String) {
        self.log.change(|reached| reached.told.push(text));
    }
}
