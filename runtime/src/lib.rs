//! Typed actor contracts: declared once, as a Rust trait; served by tokio actors; called from Rust, Python and TypeScript.
//!
//! A contract is a trait marked [`#[actor_contract]`](actor_contract). An actor is a value that implements it. Callers in
//! this process reach the actor through a typed [`Mailbox`]; callers in other processes and languages reach it over a Unix
//! socket, through clients that the `callsheet` command generates.
//!
//! ```
//! use callsheet::{Runtime, actor_contract};
//!
//! #[actor_contract(namespace = "demo")]
//! pub trait Counter {
//!     /// Adds to the count and says what it is now.
//!     async fn add(&mut self, step: u64) -> u64;
//! }
//!
//! #[derive(Default)]
//! struct Count(u64);
//!
//! impl Counter for Count {
//!     async fn add(&mut self, step: u64) -> u64 {
//!         self.0 += step;
//!         self.0
//!     }
//! }
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let runtime = Runtime::launch()?;
//! runtime.actor("counter", Count::default).serves(Counter).expose().start().await?;
//! assert_eq!(Counter.at("counter").add(2).await?, 2);
//! # runtime.shutdown().await;
//! # Ok(()) }
//! # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
//! ```
#![forbid(unsafe_code)]
#![cfg_attr(
    not(feature = "ipc"),
    allow(
        dead_code,
        unused_imports,
        reason = "what only callers from outside need has no road of its own"
    )
)]

// What the macros write names the crate from outside.
extern crate self as callsheet;

mod actor;
mod ambient;
mod broker;
mod by_type;
mod call;
mod clock;
mod contained;
mod context;
mod contract;
mod dead_letter;
mod deferred;
mod document;
mod exposure;
mod extensions;
#[cfg(feature = "health")]
mod health;
#[cfg(feature = "axum")]
pub mod http;
mod id;
mod launch;
mod layer;
#[cfg(feature = "ipc")]
mod listener;
mod mailbox;
mod naming;
mod peer;
mod registry;
mod router;
mod runtime;
mod scheduled;
#[cfg(feature = "settings")]
mod settings;
mod streaming;
mod supervision;
mod sync;
#[cfg(feature = "systemd")]
pub mod systemd;
#[cfg(any(feature = "axum", feature = "ipc"))]
mod termination;
mod testing;
#[cfg(all(test, feature = "model"))]
#[allow(
    clippy::duplicate_mod,
    dead_code,
    reason = "what is modelled is compiled a second time"
)]
mod thread_models;
mod transport;
mod turn;

pub use actor::{
    Actor, ActorBuilder, ActorHandle, Books, Exclusively, Handles, HookError, On, OnEvent, OnShared, Shared, StartError,
};
pub use ambient::EnterGuard;
pub use broker::{AnyEvent, Broker, Event, Events, FlushError, PatternError, Received, Subscription, WhenFull};
pub use call::{Ask, AskFuture, Sends, StreamCall, Tell};
pub use callsheet_macros::{ContractType, actor_contract, contract_type};
pub use callsheet_schema::{ContractType, Describe};
pub use callsheet_wire::{Code, Delivered, Failure};
#[cfg(feature = "ipc")]
pub use callsheet_wire::{ContractStats, DetailedStats, EventStats, Latency, MethodStats, count_of};
pub use context::CallContext;
pub use contract::{Contract, ContractRef, Extends, Serves};
pub use dead_letter::{DeadLetter, DeadLetters, Loss};
pub use deferred::Deferred;
pub use exposure::ExposeError;
pub use extensions::{ActorExtension, Configured, ExtensionError, Extensions, RunningExtensions};
#[cfg(feature = "health")]
pub use health::{Health, HealthCheck, HealthChecks, HealthHandle, HealthReport, Readiness};
pub use id::ActorId;
pub use launch::{LaunchError, RuntimeOptions};
pub use layer::{CallInfo, Layer, Next, Passed};
#[cfg(feature = "ipc")]
pub use listener::{
    Access, Action, AuditEvent, ConnectOptions, Denied, InProcessListener, ListenError, Listener, ListenerLimits,
    ListenerOptions, ListenerStats, Refusal, Remote,
};
pub use mailbox::{ActorRef, Addressed, Enqueue, Mailbox, To};
pub use naming::NameConflicts;
pub use peer::Peer;
pub use runtime::Runtime;
pub use scheduled::{Scheduled, SendTarget};
#[cfg(feature = "settings")]
pub use settings::{
    ActorSettings, CallSettings, ListenerSettings, Settings, SettingsError, SettingsPlace, ShutdownSettings,
    SupervisionSettings,
};
pub use streaming::Streaming;
pub use supervision::{ActorEvent, Backoff, Happening, RestartPolicy, Strategy, Supervision};
#[cfg(any(feature = "axum", feature = "ipc"))]
pub use termination::Termination;

/// Why a call to a method that declares the error `E` came to nothing: that error, or what went wrong on the way.
pub type CallError<E> = callsheet_schema::CallError<E, Failure>;

/// What the macros' code needs; no part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use callsheet_schema as schema;
    pub use callsheet_schema::__private::inventory;
    pub use callsheet_schema::descriptor;
    pub use callsheet_wire::{Argument, Codec, DecodeError, EncodeError, Failure, Payload, encode, encode_arguments};
    pub use serde;

    pub use crate::{
        actor::{Cons, Dispatch, Mode, SharedMethod, SharedTurn, Single},
        broker::Broker,
        call::{Arguments, Outcome, Outgoing, Reply, Returns, Tell, UnusedSlots, WireReply, while_awaited},
        context::{Context, context},
        contract::{
            Contract, ContractMessage, ContractRef, End, Extends, Letter, Link, Message, Proxy, Serves, TellMessage,
            WireMethod, are_distinct, refuse,
        },
        mailbox::{Address, Location},
        testing::{Fake, FakeActor, FakeContracts, Faked, FakedMethods, Told, fake_actor},
    };

    /// For descriptions of types.
    pub mod described {
        pub use callsheet_schema::{Describe, Joined, NameParts, TypeRef, Types, descriptor::*};
    }

    pub mod document {
        pub use crate::document::emit;
    }
}

/// The Rust that the README shows, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// The Rust that the page on types shows, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../docs/types.md")]
struct TypesPage;

/// The page on contracts, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/contracts.md")]
struct Contracts;

/// The page on the life of an actor, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/lifecycle.md")]
struct LifecyclePage;

/// The page on supervision, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/supervision.md")]
struct SupervisionPage;

/// The page on calls and what they guarantee, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/calls.md")]
struct CallsPage;

/// The page on events, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/events.md")]
struct EventsPage;

/// The page on tests, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/testing.md")]
struct TestingPage;

/// The page on actors of other processes, compiled and run.
#[cfg(all(doctest, feature = "ipc"))]
#[doc = include_str!("../../docs/remote.md")]
struct RemotePage;

/// The page on settings, compiled and run.
#[cfg(all(doctest, feature = "settings"))]
#[doc = include_str!("../../docs/settings.md")]
struct SettingsPage;
