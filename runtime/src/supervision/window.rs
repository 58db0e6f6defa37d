//! How often something was restarted lately.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

/// The restarts within a sliding window.
#[derive(Clone, Debug)]
pub(super) struct Window {
    most: u32,
    within: Duration,
    restarts: VecDeque<Instant>,
}

/// More restarts than are borne.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exceeded;

impl Window {
    pub(super) fn new(most: u32, within: Duration) -> Self {
        Window {
            most,
            within,
            restarts: VecDeque::new(),
        }
    }

    /// Counts a restart at `now`.
    ///
    /// # Errors
    ///
    /// If it is one more than may be within the window.
    pub(super) fn charge(&mut self, now: Instant) -> Result<(), Exceeded> {
        if self.most == u32::MAX {
            return Ok(());
        }
        while let Some(oldest) = self.restarts.front()
            && now.duration_since(*oldest) >= self.within
        {
            self.restarts.pop_front();
        }
        if self.restarts.len() >= self.most as usize {
            return Err(Exceeded);
        }
        self.restarts.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Exceeded, Window};

    #[test]
    fn as_many_as_are_allowed_are_and_one_more_is_not() {
        let mut window = Window::new(3, Duration::from_secs(10));
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(window.charge(start), Ok(()));
        }
        assert_eq!(window.charge(start + Duration::from_millis(9_999)), Err(Exceeded));
    }

    #[test]
    fn the_window_slides() {
        let mut window = Window::new(2, Duration::from_secs(10));
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(window.charge(at(0)), Ok(()));
        assert_eq!(window.charge(at(6)), Ok(()));
        assert_eq!(window.charge(at(9)), Err(Exceeded));
        assert_eq!(window.charge(at(10)), Ok(()), "the first is out of it");
        assert_eq!(window.charge(at(15)), Err(Exceeded));
        assert_eq!(window.charge(at(16)), Ok(()));
    }

    #[test]
    fn none_is_allowed_if_none_may_be_and_all_are_if_there_is_no_limit() {
        let now = Instant::now();
        assert_eq!(Window::new(0, Duration::from_secs(1)).charge(now), Err(Exceeded));
        let mut endless = Window::new(u32::MAX, Duration::from_secs(1));
        assert!((0..1000).all(|_| endless.charge(now).is_ok()));
        assert_eq!(endless.restarts.len(), 0, "and nothing is kept");
    }
}
