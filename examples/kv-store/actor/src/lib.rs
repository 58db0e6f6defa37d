//! State that is kept between calls: an actor that stores values under keys.

use std::collections::HashMap;

use kv_store_contract::{KvStore, ValueResponse};

/// A store in memory, empty at first.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    values: HashMap<String, String>,
}

impl KvStore for MemoryStore {
    async fn set_value(&mut self, key: String, value: String) {
        self.values.insert(key, value);
    }

    async fn get_value(&self, key: String) -> ValueResponse {
        ValueResponse {
            value: self.values.get(&key).cloned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use callsheet::Runtime;

    use super::*;

    fn found(value: &str) -> ValueResponse {
        ValueResponse {
            value: Some(value.into()),
        }
    }

    #[tokio::test]
    async fn a_plain_value_stores() {
        let mut store = MemoryStore::default();
        assert_eq!(store.get_value("name".into()).await, ValueResponse { value: None });
        store.set_value("name".into(), "Alice".into()).await;
        store.set_value("name".into(), "Bob".into()).await;
        assert_eq!(store.get_value("name".into()).await, found("Bob"));
    }

    #[tokio::test]
    async fn a_mailbox_stores() {
        let runtime = Runtime::launch().expect("inside tokio");
        let actor = runtime.actor("kv_store", MemoryStore::default).serves(KvStore);
        actor.start().await.expect("the name is free");

        let store = KvStore.at("kv_store");
        store.set_value("name".into(), "Alice".into()).await.expect("stored");
        assert_eq!(store.get_value("name".into()).await, Ok(found("Alice")));
    }
}
