//! What the tests of users put in the place of actors.
//!
//! For a contract with `fake`, the macro makes a type that implements it and answers as it was [`told`]. Started, it is an
//! actor like any other, but for one thing: its [`dispatch`] fails the calls that it has no answer for, where a plain value
//! can only panic.

mod dispatch;
mod told;

pub use dispatch::FakeContracts;
pub use told::{FakedMethods, Told};

use crate::{
    Runtime,
    actor::ActorBuilder,
    contract::{Contract, Serves},
    id::ActorId,
};

/// A contract that has a fake. Implemented by `#[actor_contract(…, fake)]`.
#[diagnostic::on_unimplemented(
    message = "CS0021: the contract `{Self}` has no fake",
    label = "a fake also answers for the contracts that its contract builds on",
    note = "write `fake` into the `#[actor_contract(…)]` of that contract too"
)]
pub trait Faked: Contract {
    #[doc(hidden)]
    const IS: () = ();

    /// Lists its methods, and those of the contracts it builds on.
    fn methods(methods: &mut FakedMethods);
}

/// A fake: all its clones are one.
pub trait Fake: Clone + Send + Sync + 'static {
    /// The contract that it was made for.
    type Contract: Faked + ?Sized;

    /// What it was told and asked.
    fn told(&self) -> &Told;
}

/// A fake as an actor that is not started.
pub type FakeActor<F> = ActorBuilder<F, FakeContracts<<<F as Fake>::Contract as Serves<F>>::Contracts>>;

/// The actor `id` that answers as `fake` was told.
pub fn fake_actor<F>(fake: &F, runtime: &Runtime, id: ActorId) -> FakeActor<F>
where
    F: Fake<Contract: Serves<F>>,
{
    let fake = fake.clone();
    runtime.actor(id, move || fake.clone()).taking()
}
