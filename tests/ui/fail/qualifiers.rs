//! CS0014: no `unsafe`, `extern` or `const`.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub unsafe trait Calculator {
    unsafe fn last(&self) -> i64;
    extern "C" fn first(&self) -> i64;
}

fn main() {}
