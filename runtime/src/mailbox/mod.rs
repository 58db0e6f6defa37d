//! Typed addresses of actors.

mod actor_ref;
mod address;

use std::{
    fmt,
    future::Future,
    ops::Deref,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use callsheet_wire::{Code, Failure};

pub use actor_ref::ActorRef;
pub use address::{Address, Enqueue, Location};
pub(crate) use address::{Put, SendOptions, Target};

use crate::{
    ambient,
    call::{Ask, Sends, StreamCall},
    contract::{Contract, ContractMessage, Extends, Link, Message, Proxy},
    id::ActorId,
    runtime::WeakRuntime,
};

/// The typed address of an actor.
///
/// It is cheap to clone, caches a sender to the actor's queue and never keeps the actor alive. It dereferences to the
/// calls of its contract, and has nearly no methods of its own, so that none hides a contract's.
///
/// Making one never fails: a runtime, an id or a contract that cannot be resolved is the error of the first call.
pub struct Mailbox<T: Contract + ?Sized> {
    proxy: T::Proxy,
}

/// The mailbox of the actor `id`, which serves the contract `T`, in the ambient runtime: that of the handler this runs in,
/// else the one that was entered, else the only one that was launched in this tokio runtime.
///
/// ```no_run
/// # use callsheet::{To, actor_contract};
/// # #[actor_contract(namespace = "demo")]
/// # pub trait Calculator { async fn add(&self, a: i64, b: i64) -> i64; }
/// # async fn example() -> Result<(), callsheet::Failure> {
/// let sum = To::<dyn Calculator>("calculator").send_and_receive(|c| c.add(5, 3)).await?;
/// # Ok(()) }
/// ```
///
/// `T` may also be a type that says which contract it is addressed by: see [`Addressed`].
#[expect(non_snake_case, reason = "it reads as the word of the sentence it stands in")]
pub fn To<T: Addressed + ?Sized>(id: impl Into<ActorId>) -> Mailbox<T::Contract> {
    Mailbox::ambient(id.into())
}

/// What [`To`] finds a mailbox for: a contract, or a type of actor that names the one contract it is addressed by.
///
/// ```
/// use callsheet::{Addressed, Runtime, To, actor_contract};
///
/// #[actor_contract(namespace = "demo")]
/// pub trait Calculator {
///     async fn add(&self, a: i64, b: i64) -> i64;
/// }
///
/// #[derive(Default)]
/// struct Calc;
///
/// impl Calculator for Calc {
///     async fn add(&self, a: i64, b: i64) -> i64 {
///         a + b
///     }
/// }
///
/// impl Addressed for Calc {
///     type Contract = dyn Calculator;
/// }
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let runtime = Runtime::launch()?;
/// runtime.actor("calculator", Calc::default).serves(Calculator).start().await?;
/// assert_eq!(To::<Calc>("calculator").add(5, 3).await?, 8);
/// # runtime.shutdown().await;
/// # Ok(()) }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a contract",
    label = "neither a contract nor a type that is addressed by one",
    note = "mark the trait with `#[actor_contract]` and write `dyn Trait`, or implement `Addressed` for the actor's type"
)]
pub trait Addressed {
    /// The contract.
    type Contract: Contract + ?Sized;
}

/// A contract is addressed by itself.
#[diagnostic::do_not_recommend]
impl<T: Contract + ?Sized> Addressed for T {
    type Contract = T;
}

impl<T: Contract + ?Sized> Mailbox<T> {
    pub(crate) fn ambient(id: ActorId) -> Self {
        let runtime = ambient::find().map(|runtime| runtime.downgrade());
        let route = None;
        Self::new(&Location { id, runtime, route })
    }

    pub(crate) fn of(runtime: WeakRuntime, id: ActorId) -> Self {
        let (runtime, route) = (Ok(runtime), None);
        Self::new(&Location { id, runtime, route })
    }

    pub(crate) fn new(location: &Location) -> Self {
        Mailbox {
            proxy: T::Proxy::at(location),
        }
    }

    /// That of an actor here or outside the process.
    pub(crate) fn anywhere(location: &Location) -> Self {
        match location.route {
            None => Self::new(location),
            Some(_) => Mailbox {
                proxy: T::Proxy::outside(location),
            },
        }
    }

    pub(crate) fn location(this: &Mailbox<T>) -> &Location {
        this.proxy.address().location()
    }

    /// The same actor's mailbox for a contract that its contract builds on.
    ///
    /// The calls of such a contract are also the mailbox's own; this is for whoever wants a mailbox of that contract. It is
    /// no method, so that it hides none of the contract's: `Mailbox::upcast(&orders)`.
    ///
    /// ```
    /// use callsheet::{Mailbox, actor_contract};
    ///
    /// #[actor_contract(namespace = "demo")]
    /// pub trait HealthCheck {
    ///     fn is_healthy(&self) -> bool;
    /// }
    ///
    /// #[actor_contract(namespace = "demo")]
    /// pub trait Orders: HealthCheck {
    ///     async fn place(&mut self, item: String) -> u64;
    /// }
    ///
    /// async fn check(health: Mailbox<dyn HealthCheck>) -> bool {
    ///     health.is_healthy().await.unwrap_or(false)
    /// }
    ///
    /// async fn check_orders(orders: Mailbox<dyn Orders>) -> bool {
    ///     check(Mailbox::upcast(&orders)).await
    /// }
    /// # let _ = check_orders;
    /// ```
    pub fn upcast<U: Contract + ?Sized>(this: &Mailbox<T>) -> Mailbox<U>
    where
        T: Extends<U>,
    {
        Mailbox::anywhere(Mailbox::location(this))
    }

    /// Makes the call and waits for its reply: the same as calling the method on the mailbox and awaiting it.
    pub fn send_and_receive<'a, M: Message>(&'a self, call: impl FnOnce(&'a T::Proxy) -> Ask<'a, M>) -> Ask<'a, M> {
        call(&self.proxy)
    }

    /// Puts the message into the actor's queue and does not wait for a reply. Only for methods whose reply carries no data.
    ///
    /// It is put there at once if there is room. The future waits until it is, and fails if the actor cannot be found, has
    /// stopped, or its queue stays full until the deadline.
    #[must_use = "whether the message was put into the queue is known when the future is awaited"]
    pub fn send<'a, C: Sends>(&'a self, call: impl FnOnce(&'a T::Proxy) -> C) -> Enqueue {
        call(&self.proxy).send()
    }

    /// Puts the message into the actor's queue at once, or not at all. Only for methods whose reply carries no data.
    ///
    /// # Errors
    ///
    /// [`TargetBusy`](crate::Code::TargetBusy) if the queue is full, or a layer is not ready at once; else as
    /// [`send`](Self::send).
    pub fn try_send<'a, C: Sends>(&'a self, call: impl FnOnce(&'a T::Proxy) -> C) -> Result<(), Failure> {
        let mut sending = call(&self.proxy).send();
        let busy = || {
            let text = format!("the queue of actor `{}` is full", self.proxy.address().id());
            Failure::new(Code::TargetBusy, text)
        };
        match Pin::new(&mut sending).poll(&mut Context::from_waker(Waker::noop())) {
            // Nobody waits here, so nothing is locked.
            Poll::Ready(Err(failure)) if failure.code() == Code::Deadlock => Err(busy()),
            Poll::Ready(sent) => sent,
            // It is dropped before it had room.
            Poll::Pending => Err(busy()),
        }
    }

    /// Makes the call, whose replies are the items of the stream.
    pub fn stream<'a, M: Message, S>(
        &'a self,
        call: impl FnOnce(&'a T::Proxy) -> StreamCall<M, S>,
    ) -> StreamCall<M, S> {
        call(&self.proxy)
    }
}

impl<T: Contract + ?Sized> Deref for Mailbox<T> {
    type Target = T::Proxy;

    fn deref(&self) -> &T::Proxy {
        &self.proxy
    }
}

impl<T: Contract + ?Sized> Clone for Mailbox<T> {
    fn clone(&self) -> Self {
        Mailbox {
            proxy: self.proxy.clone(),
        }
    }
}

impl<T: Contract + ?Sized> fmt::Debug for Mailbox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Mailbox({} at `{}`)",
            T::Message::DESCRIPTOR.name,
            self.proxy.address().id()
        )
    }
}
