//! CS0007: what crosses the wire owns what it holds and has a name.

use std::{borrow::Cow, fmt::Display};

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Store {
    async fn get(&self, key: &str) -> Option<String>;
    async fn keys(&self, prefixes: Vec<&'static str>) -> Vec<Cow<'_, str>>;
    async fn put(&mut self, key: impl Into<String>);
    async fn watch(&self, watcher: Box<dyn Fn(String)>);
    async fn copy(&self) -> Self;
    fn show(&self) -> impl Display;
}

fn main() {}
