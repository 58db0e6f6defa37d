//! The way out of what the client's own actors answer.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use super::{Shared, output::HIGH_WATER};
use crate::hosting::{Line, Outlet};

/// One socket, for answers to what came over it.
struct Answers {
    shared: Arc<Shared>,
    socket: u64,
}

/// The calls that come over the socket of the moment.
pub(super) fn line(shared: &Arc<Shared>) -> Arc<Line> {
    let answers = Answers {
        socket: shared.output().socket(),
        shared: Arc::clone(shared),
    };
    Line::new(answers, Arc::clone(shared.registry()))
}

impl Outlet for Answers {
    fn put(&self, frames: &[u8]) {
        let mut output = self.shared.output();
        if output.is_on(self.socket) {
            output.append_aside(|out| out.extend_from_slice(frames));
        }
        self.shared.wake_task(output, false);
    }

    fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut output = self.shared.output();
        if output.unwritten() < HIGH_WATER || !output.is_on(self.socket) {
            return Poll::Ready(());
        }
        output.wake_when_less(cx.waker());
        Poll::Pending
    }

    fn is_flooded(&self) -> bool {
        // One call of the client may be as long as a frame may be, and is no sign of a server that does not read.
        let output = self.shared.output();
        output.unwritten() > output.frame_limit().saturating_add(HIGH_WATER)
    }

    fn frame_limit(&self) -> usize {
        self.shared.output().frame_limit()
    }
}
