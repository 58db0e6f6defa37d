//! Exclusive calls that need not run to their end.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use super::{Reply, Returns};

/// What `call` gives, or `None` if nobody waits for its reply any more: the call is then dropped where it awaits.
///
/// A call whose caller wanted no reply runs to its end.
pub async fn while_awaited<R: Returns>(reply: &Reply<R>, call: impl Future<Output = R>) -> Option<R> {
    let mut call = pin!(call);
    poll_fn(|cx| {
        if reply.poll_abandoned(cx).is_ready() {
            return Poll::Ready(None);
        }
        call.as_mut().poll(cx).map(Some)
    })
    .await
}
