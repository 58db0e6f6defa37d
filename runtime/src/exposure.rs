//! What callers outside the process can reach, and what the program can be called with at all.

use callsheet_schema::Document;

use crate::{actor::ActorHandle, document, id::ActorId, naming::NameConflicts, runtime::Runtime};

/// Why an actor was not exposed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExposeError {
    /// Another actor is reached by this name.
    #[error("an actor is exposed as `{0}` already; hide it, or choose another name")]
    NameTaken(ActorId),
    /// It is no name.
    #[error("`{0}` cannot be the name of an actor: {1}")]
    InvalidName(ActorId, &'static str),
    /// The actor has stopped.
    #[error("actor `{0}` has stopped")]
    Stopped(ActorId),
    /// Somebody listens, and what the actor serves has names that other things have which are exposed.
    #[error("actor `{0}` cannot be exposed: {1}")]
    NameConflicts(ActorId, NameConflicts),
}

impl Runtime {
    /// Lets callers outside the process reach an actor by `name`, beside the names that it has.
    ///
    /// ```
    /// use callsheet::{Runtime, actor_contract};
    ///
    /// #[actor_contract(namespace = "demo")]
    /// pub trait Clock {
    ///     fn now(&self) -> u64;
    /// }
    ///
    /// struct Fixed;
    ///
    /// impl Clock for Fixed {
    ///     fn now(&self) -> u64 {
    ///         7
    ///     }
    /// }
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let runtime = Runtime::launch()?;
    /// let clock = runtime.actor("clock", || Fixed).serves(Clock).start().await?;
    /// runtime.expose("clock", &clock)?;
    /// assert!(runtime.is_exposed("clock"));
    /// assert!(runtime.hide("clock"));
    /// assert!(!runtime.is_exposed("clock"));
    /// // It runs on, and is reached from within the process.
    /// assert_eq!(Clock.at("clock").now().await?, 7);
    /// # Ok(()) }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// If the name is taken or is none, or the actor has stopped; and, while a listener is there, if a contract or a type of
    /// it has a name that means something else in what is exposed already.
    ///
    /// # Panics
    ///
    /// If a contract publishes an event under the name of another one, and nobody listens.
    pub fn expose(&self, name: impl Into<ActorId>, actor: &ActorHandle) -> Result<(), ExposeError> {
        let name = name.into();
        if let Some(reason) = name.fault() {
            return Err(ExposeError::InvalidName(name, reason));
        }
        let routes = self.router().routes(actor.id())?;
        let expose = || self.router().expose(actor.id(), &name, &routes);
        let admitted = self.naming().admit(self.router(), &routes.registry, expose);
        admitted.map_err(|conflicts| ExposeError::NameConflicts(actor.id().clone(), conflicts))??;
        routes.registry.expose_events(self.broker());
        Ok(())
    }

    /// Takes a name away from callers outside the process; whether there was such an actor. Calls that are in its queue or run
    /// are answered, and new ones fail with `ActorNotFound`.
    pub fn hide(&self, name: &str) -> bool {
        self.router().hide(name)
    }

    /// Whether callers outside the process reach an actor by this name.
    pub fn is_exposed(&self, name: &str) -> bool {
        self.router().exposed(name).is_some()
    }

    /// The names by which callers outside the process reach actors, sorted.
    pub fn exposed(&self) -> Vec<ActorId> {
        self.router().all_exposed().into_iter().map(|(name, _)| name).collect()
    }

    /// Whether a contract of this program knows a message, an event or another type by this full name.
    pub fn is_registered(&self, name: &str) -> bool {
        self.registered_types().iter().any(|known| known == name)
    }

    /// The full names of everything that the contracts of this program can send and receive: messages, events, and the named
    /// types in them, in replies and in errors; sorted. Every contract that is linked into the program is in it, whether an actor
    /// serves it or not. A program whose contracts do not go together in one document has none.
    ///
    /// ```standalone_crate
    /// # use callsheet::{Runtime, actor_contract};
    /// # #[actor_contract(namespace = "demo")]
    /// # pub trait Clock { fn now(&self) -> u64; }
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let runtime = Runtime::launch()?;
    /// assert!(runtime.is_registered("demo.Clock.Now"));
    /// assert!(!runtime.is_registered("demo.Clock.Then"));
    /// # Ok(()) }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    pub fn registered_types(&self) -> Vec<String> {
        let names = |document: &Document| {
            let methods = document.contracts.iter().flat_map(|contract| &contract.methods);
            let messages = methods.map(|method| method.message.clone());
            let events = document.contracts.iter().flat_map(|contract| &contract.events);
            let events = events.map(|event| event.name.clone());
            let mut names: Vec<_> = messages.chain(events).chain(document.types.keys().cloned()).collect();
            names.sort_unstable();
            names.dedup();
            names
        };
        // What cannot be described is called from within the process alone.
        document::of_program().as_ref().map(names).unwrap_or_default()
    }
}
