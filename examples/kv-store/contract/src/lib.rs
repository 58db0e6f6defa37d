//! State that is kept between calls: the contract of a key-value store.

use callsheet::{actor_contract, contract_type};

/// What stands under a key.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueResponse {
    /// The value, if there is one.
    pub value: Option<String>,
}

/// Keeps values under keys.
#[actor_contract(namespace = "demo")]
pub trait KvStore {
    /// Puts `value` under `key`, in place of what was there.
    async fn set_value(&mut self, key: String, value: String);

    /// What stands under `key`.
    async fn get_value(&self, key: String) -> ValueResponse;
}
