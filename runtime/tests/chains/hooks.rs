//! Hooks have the state alone, so they are exclusive turns.

use std::sync::{Arc, Mutex};

use callsheet::{Actor, CallContext, Code, HookError, Runtime, actor_contract};

#[actor_contract(namespace = "chains")]
pub trait House {
    fn number(&self) -> u32;
    /// Asks the actor `of` for its number, and says whether that was refused as a deadlock.
    async fn is_refused(&self, of: String) -> bool;
}

/// What the hooks saw: whether the actor that they asked was refused when it asked back.
type Seen = Arc<Mutex<Vec<(&'static str, Result<bool, Code>)>>>;

struct Home {
    /// Who is asked in the hooks.
    asks: &'static str,
    seen: Seen,
}

impl Home {
    async fn hook(&self, name: &'static str) {
        let asked = House.at(self.asks).is_refused("home".to_owned()).await;
        let seen = asked.map_err(|failure| failure.code());
        self.seen.lock().expect("nobody panics here").push((name, seen));
    }
}

impl Actor for Home {
    async fn before_start(&mut self, _: &CallContext) -> Result<(), HookError> {
        self.hook("before_start").await;
        Ok(())
    }
    async fn after_start(&mut self, _: &CallContext) -> Result<(), HookError> {
        self.hook("after_start").await;
        Ok(())
    }
    async fn before_stop(&mut self, _: &CallContext) {
        self.hook("before_stop").await;
    }
    async fn after_stop(&mut self, _: &CallContext) {
        self.hook("after_stop").await;
    }
}

impl House for Home {
    fn number(&self) -> u32 {
        1
    }
    async fn is_refused(&self, of: String) -> bool {
        let asked = House.at(of).number().await;
        asked.is_err_and(|failure| failure.code() == Code::Deadlock)
    }
}

const HOOKS: [&str; 4] = ["before_start", "after_start", "before_stop", "after_stop"];

#[tokio::test(start_paused = true)]
async fn a_hook_that_asks_its_own_actor_is_refused() {
    let runtime = Runtime::launch().expect("inside tokio");
    let seen = Seen::default();
    let given = Arc::clone(&seen);
    let home = runtime.actor("home", move || Home {
        asks: "home",
        seen: Arc::clone(&given),
    });
    let home = home.serves(House).hooks().start().await.expect("the name is free");
    assert_eq!(House.at("home").number().await, Ok(1), "it is up all the same");
    home.stop().await;
    let expected = HOOKS.map(|hook| (hook, Err(Code::Deadlock)));
    assert_eq!(*seen.lock().expect("nobody panics here"), expected);
}

#[tokio::test(start_paused = true)]
async fn a_hook_may_ask_others_but_they_not_its_actor() {
    let runtime = Runtime::launch().expect("inside tokio");
    let seen = Seen::default();
    for (id, hooked) in [("other", false), ("home", true)] {
        let given = Arc::clone(&seen);
        let home = runtime.actor(id, move || Home {
            asks: "other",
            seen: Arc::clone(&given),
        });
        let home = home.serves(House);
        let home = if hooked { home.hooks() } else { home };
        let home = home.start().await.expect("the name is free");
        if hooked {
            home.stop().await;
        }
    }
    let expected = HOOKS.map(|hook| (hook, Ok(true)));
    assert_eq!(*seen.lock().expect("nobody panics here"), expected);
}

/// Starts a call of its own actor while its state is made, which is no turn.
#[tokio::test(start_paused = true)]
async fn what_a_factory_starts_is_no_part_of_the_hook_that_follows() {
    let runtime = Runtime::launch().expect("inside tokio");
    let seen = Seen::default();
    let (given, asked) = (Arc::clone(&seen), Arc::new(Mutex::new(Vec::new())));
    let started = Arc::clone(&asked);
    let home = runtime.actor("home", move || {
        let own = House.at("home").number().into_future();
        started.lock().expect("nobody panics here").push(own);
        Home {
            asks: "home",
            seen: Arc::clone(&given),
        }
    });
    let home = home.serves(House).hooks().start().await.expect("the name is free");
    let own = asked.lock().expect("nobody panics here").pop();
    assert_eq!(own.expect("the factory ran").await, Ok(1));
    home.stop().await;
    let expected = HOOKS.map(|hook| (hook, Err(Code::Deadlock)));
    assert_eq!(*seen.lock().expect("nobody panics here"), expected);
}
