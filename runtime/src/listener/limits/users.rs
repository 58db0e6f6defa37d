//! The users of the system whose programs are connected.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::rate::Bucket;

/// The users that are known, by their ids.
#[derive(Debug, Default)]
pub(in crate::listener) struct Users(Mutex<HashMap<u32, Arc<User>>>);

/// What is counted of one user, over all connections.
#[derive(Debug, Default)]
pub(in crate::listener) struct User {
    connections: AtomicUsize,
    pub(in crate::listener) requests: Bucket,
}

/// The place of one connection among those of its user, given back when it is dropped.
#[derive(Debug)]
pub(in crate::listener) struct UserPlace(Arc<User>);

impl Users {
    /// A place for a connection of the user `uid`, who may have `most`. None if there are as many.
    pub(in crate::listener) fn admit(&self, uid: u32, most: Option<usize>, now: u64) -> Option<UserPlace> {
        let mut users = self.lock();
        if !users.contains_key(&uid) {
            // A user who went away is known until nothing is left to know, lest connecting anew be a way round the rate.
            users.retain(|_, user| user.connections.load(Ordering::Relaxed) > 0 || !user.requests.is_full(now));
        }
        let user = users.entry(uid).or_default();
        // Only here is one added, under the lock.
        if most.is_some_and(|most| user.connections.load(Ordering::Relaxed) >= most) {
            return None;
        }
        user.connections.fetch_add(1, Ordering::Relaxed);
        Some(UserPlace(Arc::clone(user)))
    }

    /// The place of a connection that nobody else's are counted with.
    pub(in crate::listener) fn alone(&self) -> UserPlace {
        let user = Arc::new(User::default());
        user.connections.fetch_add(1, Ordering::Relaxed);
        UserPlace(user)
    }

    /// Nothing under this lock can fail half way.
    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Arc<User>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UserPlace {
    pub(in crate::listener) fn user(&self) -> &User {
        &self.0
    }
}

impl Drop for UserPlace {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::Users;
    use crate::listener::limits::rate::Rate;

    #[test]
    fn each_user_has_places_of_their_own_and_gives_them_back() {
        let users = Users::default();
        let first = users.admit(1000, Some(2), 0).expect("it is free");
        let second = users.admit(1000, Some(2), 0).expect("it is free");
        assert!(users.admit(1000, Some(2), 0).is_none());
        let other = users.admit(1001, Some(2), 0).expect("that is somebody else");
        drop(first);
        let again = users.admit(1000, Some(2), 0).expect("it is free again");
        assert!(users.admit(1000, Some(2), 0).is_none());
        assert!(users.admit(1000, None, 0).is_some(), "there is no limit");
        drop((second, other, again));
    }

    #[test]
    fn who_went_away_is_known_until_nothing_is_left_to_know() {
        let (users, rate) = (Users::default(), Rate::new(1, Some(1)));
        let place = users.admit(1000, None, 0).expect("there is no limit");
        place.user().requests.take(0, rate).expect("it is the first");
        drop(place);
        drop(users.admit(1001, None, 10));
        assert!(users.lock().contains_key(&1000), "the bucket is not full");
        let again = users.admit(1000, None, 10).expect("there is no limit");
        assert!(again.user().requests.take(10, rate).is_err(), "it is the same bucket");
        drop(again);
        drop(users.admit(1002, None, u64::MAX));
        assert!(!users.lock().contains_key(&1000));
    }
}
