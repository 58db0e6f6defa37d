//! Whatever the user's own names are, nothing that the macros make collides with them.
#![deny(warnings, rust_2018_idioms, unreachable_pub, missing_debug_implementations)]
#![allow(dead_code, reason = "the names only have to be there")]

mod callsheet_wire {}
mod core {}
mod serde {}
mod std {}

mod shop {
    use ::callsheet::{actor_contract, contract_type};

    mod calculator {}
    mod callsheet {}

    pub(crate) struct Result;
    pub(crate) struct Option;
    pub(crate) struct Vec;
    pub(crate) struct Box;
    pub(crate) struct Clone;
    pub(crate) struct Message;
    pub(crate) struct Reply;
    pub(crate) fn state() {}
    pub(crate) fn message() {}

    #[contract_type]
    pub(crate) struct Add {
        pub(crate) value: i64,
    }

    /// A generic parameter of the expansion might be called so.
    #[contract_type]
    pub(crate) struct S;

    #[contract_type(name = "shop.Text")]
    pub(crate) struct String {
        pub(crate) r#type: i64,
    }

    #[actor_contract(namespace = "shop")]
    pub(crate) trait Calculator {
        async fn add(&self, a: Add, b: String) -> S;
        async fn message(&self) -> Add;
        async fn proxy(&mut self, text: String);
        async fn dispatch(&self) -> S;
        fn state(&self) -> S;
        fn returns(&self) -> S;
    }

    #[actor_contract(namespace = "shop")]
    pub(crate) trait Machine {
        async fn add(&self, a: Add, b: String) -> S;
        async fn message(&self) -> Add;
    }
}

mod methods {
    use callsheet::{Streaming, actor_contract, contract_type};

    #[contract_type]
    pub(crate) struct Whole {
        pub(crate) value: i64,
    }

    #[actor_contract(namespace = "demo")]
    pub(crate) trait Names {
        async fn send(&self) -> i64;
        fn stream(&self) -> Streaming<i64>;
        fn new(&self) -> i64;
        async fn address(&self) -> String;
        async fn clone(&self) -> i64;
        async fn deref(&mut self) -> i64;
        async fn drop(&mut self);
        async fn r#match(&self, r#type: i64, r#fn: i64) -> i64;
        async fn self_(&self) -> i64;
        async fn into_future(&self) -> i64;
        async fn methods(&self) -> i64;
        async fn mode(&mut self) -> i64;
        async fn index(&self, #[message] payload: Whole) -> i64;
        async fn set(&mut self, value_x: i64);
        async fn set_value(&mut self, x: String);
        async fn value_1(&mut self, value: i64);
        #[method(name = "FirstValue")]
        #[tell]
        fn value1(&mut self, value: i64);
        #[allow(clippy::too_many_arguments)]
        async fn arguments(
            &self,
            self_: i64,
            ctx: i64,
            context: i64,
            request: i64,
            reply: i64,
            message: i64,
            state: i64,
            turn: i64,
            types: i64,
            payload: i64,
            index: i64,
            value: i64,
        ) -> i64;
    }

    pub(crate) async fn calls() {
        let names = Names.at("names");
        let _ = names.send(|n| n.drop()).await;
        let _ = names.send_and_receive(|n| n.send()).await;
        let _ = names.send_and_receive(|n| n.clone()).await;
        let _ = names.stream(|n| n.stream());
        let _ = names.new().await;
        let _ = names.r#match(1, 2).await;
        let _ = names.self_().await;
        let _ = names.arguments(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12).await;
    }
}

fn main() {
    let _ = methods::calls();

    /// A contract in a function.
    #[callsheet::actor_contract(namespace = "demo")]
    trait Inner {
        async fn get(&self) -> i64;
    }
    let _ = Inner.at("inner").get();
}
