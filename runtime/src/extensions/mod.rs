//! Actors that a service has one of each, known by their types.
//!
//! | step | where |
//! | -- | -- |
//! | a type says how its actor is to be, and is given an id | here |
//! | all start under one supervisor | [`running`] |
//! | and are found again by their types | [`running`] |

mod running;

use std::any::{Any, TypeId, type_name};

use heck::ToKebabCase;

pub use running::{Extensions, RunningExtensions};

use crate::{
    actor::{ActorBuilder, ContractSet, StartError, short_name},
    id::ActorId,
    mailbox::ActorRef,
    runtime::Runtime,
    supervision::RestartPolicy,
};

/// The id of the actor that supervises all extensions.
const SUPERVISOR: &str = "extensions";

/// A type of actor that a service has one of: its state in the program, in place of a shared mutex.
///
/// It starts as its type's `Default`, under a supervisor of its own that restarts each extension by itself, and is found by
/// its type. Its id is `extensions/` and the name of the type in kebab case: `MyCache` is `extensions/my-cache`.
///
/// ```
/// use callsheet::{ActorBuilder, ActorExtension, Configured, Extensions, On, OnShared, Runtime};
///
/// #[derive(Default)]
/// struct HitCounter(u64);
///
/// struct Hit;
/// struct Hits;
///
/// impl On<Hit> for HitCounter {
///     type Reply = ();
///
///     async fn on(&mut self, _: Hit) {
///         self.0 += 1;
///     }
/// }
///
/// impl OnShared<Hits> for HitCounter {
///     type Reply = u64;
///
///     async fn on_shared(&self, _: Hits) -> u64 {
///         self.0
///     }
/// }
///
/// impl ActorExtension for HitCounter {
///     fn configure(actor: ActorBuilder<Self>) -> impl Configured<Self> {
///         actor.on::<Hit>().on_shared::<Hits>()
///     }
/// }
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let runtime = Runtime::launch()?;
/// let extensions = Extensions::new(&runtime).with_actor::<HitCounter>().start().await?;
/// let counter = extensions.actor::<HitCounter>().ok_or("it was registered")?;
/// assert_eq!(counter.id().as_str(), "extensions/hit-counter");
/// counter.send(Hit).await?;
/// assert_eq!(counter.ask(Hits).await?, 1);
/// # runtime.shutdown().await;
/// # Ok(()) }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
pub trait ActorExtension: Default + Send + Sync + 'static {
    /// What the actor takes, serves and hears, and all else that a builder can say of it.
    fn configure(actor: ActorBuilder<Self>) -> impl Configured<Self>;

    /// Whether the actor is started again when it has ended: [`RestartPolicy::Permanent`] unless it says otherwise. What
    /// [`configure`](Self::configure) says counts more.
    fn restart_policy() -> RestartPolicy {
        RestartPolicy::Permanent
    }
}

/// What [`ActorExtension::configure`] gives back: the builder that it was given, whatever was added to it. Implemented by every
/// [`ActorBuilder`].
pub trait Configured<S>: sealed::Configured<S> {}

impl<S: Send + Sync + 'static, C: ContractSet<S>> Configured<S> for ActorBuilder<S, C> {}

mod sealed {
    use crate::actor::{ActorBuilder, ContractSet};

    pub trait Configured<S> {
        fn under(self, supervisor: ActorBuilder<()>) -> ActorBuilder<()>;
    }

    impl<S: Send + Sync + 'static, C: ContractSet<S>> Configured<S> for ActorBuilder<S, C> {
        fn under(self, supervisor: ActorBuilder<()>) -> ActorBuilder<()> {
            supervisor.child(self)
        }
    }
}

/// Why extensions were not started. None of them runs then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExtensionError {
    /// Two types have one name but for the modules they stand in, and so one id.
    #[error("`{first}` and `{second}` would both be the actor `{id}`; rename one of the types")]
    SameName {
        /// The id.
        id: ActorId,
        /// The type that was registered first, in full.
        first: &'static str,
        /// The other one.
        second: &'static str,
    },
    /// One of them, or their supervisor, was not started.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// The extensions that were registered, in order, each type once.
#[derive(Clone, Default)]
pub(crate) struct Registered(Vec<Extension>);

#[derive(Clone)]
struct Extension {
    of: TypeId,
    type_name: &'static str,
    /// Below the supervisor's.
    name: String,
    declare: fn(&Runtime, &str, ActorBuilder<()>) -> ActorBuilder<()>,
    refer: fn(&Runtime, ActorId) -> Box<dyn Any + Send + Sync>,
}

impl Registered {
    pub(crate) fn add<A: ActorExtension>(&mut self) {
        let of = TypeId::of::<A>();
        if self.0.iter().any(|known| known.of == of) {
            return;
        }
        self.0.push(Extension {
            of,
            type_name: type_name::<A>(),
            name: short_name::<A>().to_kebab_case(),
            declare: |runtime, name, supervisor| {
                let actor = runtime.actor(name, A::default).restart_policy(A::restart_policy());
                sealed::Configured::under(A::configure(actor), supervisor)
            },
            refer: |runtime, id| Box::new(ActorRef::<A>::of(runtime.downgrade(), id)),
        });
    }

    /// Whether each has an id of its own.
    fn check(&self) -> Result<(), ExtensionError> {
        for (at, second) in self.0.iter().enumerate() {
            if let Some(first) = self.0[..at].iter().find(|first| first.name == second.name) {
                return Err(ExtensionError::SameName {
                    id: second.id(),
                    first: first.type_name,
                    second: second.type_name,
                });
            }
        }
        Ok(())
    }
}

impl Extension {
    fn id(&self) -> ActorId {
        ActorId::from(format!("{SUPERVISOR}/{}", self.name))
    }
}
