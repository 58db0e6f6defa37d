//! Whether a peer asks too often.

use std::time::Duration;

use callsheet_wire::{Code, Failure};

use super::inbound::Inbound;
use crate::listener::limits::{
    rate::{Bucket, Rate},
    users::UserPlace,
};

/// How often a connection has asked, and its user on all connections.
pub(super) struct Throttle {
    own: Bucket,
    place: UserPlace,
    /// When the bytes came that are being handled, if that had to be known.
    now: Option<u64>,
}

impl Throttle {
    pub(super) fn new(place: UserPlace) -> Self {
        Throttle {
            own: Bucket::default(),
            place,
            now: None,
        }
    }

    /// What comes next comes at another time.
    pub(super) fn end_batch(&mut self) {
        self.now = None;
    }
}

impl Inbound {
    /// Whether one more request may come now.
    ///
    /// # Errors
    ///
    /// `RateLimited`, if there were too many on this connection or of this user; it tells when to try again.
    #[inline]
    pub(super) fn check_rate(&mut self) -> Result<(), Failure> {
        if self.limits.rate.is_none() && self.limits.user_rate.is_none() {
            return Ok(());
        }
        self.count_request()
    }

    fn count_request(&mut self) -> Result<(), Failure> {
        // Read once for all that was read at once.
        let now = *self.throttle.now.get_or_insert_with(|| self.terms.now());
        let own = (self.limits.rate).map(|rate| (rate, Rate::new(rate, self.limits.burst)));
        let users = (self.limits.user_rate).map(|rate| (rate, Rate::new(rate, self.limits.user_burst)));
        if let Some((rate, bucket)) = own {
            let taken = self.throttle.own.take(now, bucket);
            taken.map_err(|wait| too_many("a connection may send", rate, wait))?;
        }
        if let Some((rate, bucket)) = users {
            let taken = self.throttle.place.user().requests.take(now, bucket);
            taken.map_err(|wait| {
                if let Some((_, bucket)) = own {
                    self.throttle.own.put_back(bucket);
                }
                too_many("all connections of one user may send", rate, wait)
            })?;
        }
        Ok(())
    }
}

#[cold]
fn too_many(who: &str, rate: usize, wait: Duration) -> Failure {
    // Rounded up: half a millisecond too soon would be refused again.
    let wait = u64::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
    let text = format!("{who} {rate} requests in a second; try again in {wait} ms");
    Failure::new(Code::RateLimited, text).with_retry_after_ms(wait)
}
