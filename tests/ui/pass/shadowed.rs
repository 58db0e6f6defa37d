//! Whatever stands around a contract, its code means what the macro meant, and it is silent.
#![deny(warnings, missing_docs, unreachable_pub, rust_2018_idioms, missing_debug_implementations, unsafe_code)]

mod alloc {}
mod core {}
mod diagnostic {}
mod std {}

/// Types for the others.
#[allow(missing_docs, missing_debug_implementations)]
pub mod types {
    #[callsheet::contract_type]
    pub struct Add {
        pub value: i64,
    }

    #[callsheet::contract_type]
    pub struct Context {
        pub value: i64,
    }
}

/// Names of the prelude that mean something else, and contracts beside them.
#[no_implicit_prelude]
pub mod shadowed {
    #![allow(dead_code, missing_docs, unused_macros, non_upper_case_globals, missing_debug_implementations, reason = "the names only have to be there")]

    pub use super::types::{Add, Context};
    use ::callsheet::{CallContext, Deferred, Streaming, actor_contract};
    use ::std::primitive::{bool, i64, u64};

    pub struct Arc;
    pub struct Box;
    pub mod callsheet {}
    pub mod diagnostic {}
    pub struct CalculatorMessage;
    pub struct Clone;
    pub struct Default;
    pub struct Drop;
    pub struct From;
    pub struct Future;
    pub struct Into;
    pub struct Iterator;
    pub struct Option;
    pub struct Result;
    pub struct Send;
    pub struct Sized;
    pub struct String;
    pub struct Sync;
    pub struct ToString;
    pub struct Vec;
    pub fn context() {}
    pub fn drop() {}
    pub const Err: i64 = 1;
    pub const None: i64 = 2;
    pub const Ok: i64 = 3;
    pub const Some: i64 = 4;

    macro_rules! vec {
        () => {};
    }
    macro_rules! format {
        () => {};
    }
    macro_rules! panic {
        () => {};
    }

    #[actor_contract(namespace = "shadow", fake)]
    pub trait Base {
        async fn base(&self) -> bool;
    }

    #[actor_contract(namespace = "shadow", events(Add), fake)]
    pub trait Calculator: Base {
        #[method(alias = "Sum")]
        async fn add(&self, a: Add, #[context] context: &CallContext) -> Add;
        async fn divide(&mut self, a: ::std::option::Option<i64>) -> ::std::result::Result<i64, Add>;
        fn count(&self, context: Context) -> Streaming<::std::vec::Vec<u64>>;
        fn later(&mut self, message: Context) -> Deferred<::std::string::String>;
        #[tell]
        #[method(name = "Tell")]
        async fn tell(&mut self, #[message] reply: Add);
        /// A default body.
        async fn twice(&self, n: i64) -> i64 {
            n * 2
        }
    }

    /// The same methods again.
    #[actor_contract(namespace = "shadow", fake)]
    pub trait Machine {
        async fn add(&self, a: Add) -> Add;
        async fn divide(&mut self, a: i64) -> i64;
    }

    pub async fn calls() {
        let calculator = Calculator.at("calculator");
        let _ = calculator.add(Add { value: 1 }).await;
        let _ = calculator.divide(::std::option::Option::None).await;
        let _ = calculator.base().await;
        let _ = calculator.later(Context { value: 1 }).await;
        let _ = calculator.tell(Add { value: 1 }).await;
        let _ = Machine.at("machine").divide(1).await;
    }
}

/// Contracts that nobody uses, seen by nobody.
#[no_implicit_prelude]
mod unused {
    #[::callsheet::actor_contract(namespace = "unused", fake)]
    trait Nobody {
        async fn calls(&self) -> ::std::primitive::bool;
    }

    #[::callsheet::actor_contract(namespace = "unused", fake)]
    trait Either: Nobody {
        fn anyone(&mut self);
    }
}

/// Names that are words of Rust.
#[no_implicit_prelude]
pub mod words {
    use ::callsheet::actor_contract;
    use ::std::primitive::i64;

    /// A contract.
    #[allow(non_camel_case_types)]
    #[actor_contract(namespace = "words", fake)]
    pub trait r#trait {
        /// A method of forty arguments.
        #[allow(clippy::too_many_arguments, non_snake_case)]
        async fn r#async(
            &self,
            self_: i64,
            ctx: i64,
            cx: i64,
            context: i64,
            request: i64,
            state: i64,
            message: i64,
            reply: i64,
            turn: i64,
            types: i64,
            methods: i64,
            r#type: i64,
            r#async: i64,
            r#fn: i64,
            r#match: i64,
            r#struct: i64,
            _x: i64,
            __callsheet: i64,
            address: i64,
            location: i64,
            proxy: i64,
            payload: i64,
            index: i64,
            value: i64,
            runtime: i64,
            broker: i64,
            error: i64,
            call: i64,
            clone: i64,
            kind: i64,
            this: i64,
            other: i64,
            S: i64,
            M: i64,
            T: i64,
            a: i64,
            b: i64,
            c: i64,
            d: i64,
            e: i64,
        ) -> i64;
    }

    /// A call of it.
    pub async fn call() {
        let words = r#trait.at("words");
        let call = words.r#async(
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
            31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
        );
        let _ = call.await;
    }
}

fn main() {
    let _ = (shadowed::calls, words::call);

    /// A contract in a body.
    #[::callsheet::actor_contract(namespace = "inner", fake)]
    trait Inner {
        async fn get(&self) -> ::std::primitive::bool;
    }
}
