//! An actor whose methods and arguments are called as the words of other languages are.

use surprise_contract::{Import, Promise, Words};

pub(crate) struct Desk;

impl Import for Desk {
    fn r#type(&self, r#type: String) -> String {
        r#type
    }

    // The arguments count in different places, so that none can be taken for another.
    fn class(&self, class: u8, from: u8, import: u8) -> u8 {
        class + 2 * from + 4 * import
    }

    fn delete(&mut self, function: u8, var: u8, new: u8, arguments: u8, eval: u8) -> u8 {
        function + 2 * var + 4 * new + 8 * arguments + 16 * eval
    }

    fn constructor(&self, constructor: Promise) -> Promise {
        constructor
    }

    fn then(&self, resolve: u8, reject: u8) -> u8 {
        resolve + 2 * reject
    }

    fn lambda(&self, def: u8, none: u8, pass: u8, self_: u8, print: u8) -> u8 {
        def + 2 * none + 4 * pass + 8 * self_ + 16 * print
    }

    fn call(
        &self,
        timeout: u32,
        options: u32,
        signal: u32,
        connection: u32,
        target: u32,
        codec: u32,
        values: u32,
        request: u32,
        client: u32,
    ) -> u32 {
        [
            timeout, options, signal, connection, target, codec, values, request, client,
        ]
        .into_iter()
        .rev()
        .fold(0, |sum, argument| 2 * sum + argument)
    }

    fn with_timeout(&self, models: Words) -> Words {
        models
    }

    fn close(&self) -> u8 {
        3
    }

    fn class_2(&self) -> u8 {
        2
    }
}
