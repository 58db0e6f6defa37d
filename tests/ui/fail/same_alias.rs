//! CS0010: a name leads to one method.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Calculator {
    async fn add(&self, a: i64, b: i64) -> i64;
    #[method(alias = "Add", alias = "Plus")]
    async fn sum(&self, numbers: Vec<i64>) -> i64;
    #[method(alias = "Plus")]
    async fn total(&self, numbers: Vec<i64>) -> i64;
    #[method(alias = "Last")]
    async fn last(&self) -> i64;
    #[method(name = "Sum")]
    async fn fold(&self, numbers: Vec<i64>) -> i64;
}

fn main() {}
