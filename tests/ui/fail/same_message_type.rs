//! Names that the macro does not know: one comes from a type, others stand under a `cfg`.

#[callsheet::contract_type]
pub struct PlaceOrder {
    pub item: String,
}

#[callsheet::actor_contract(namespace = "shop")]
pub trait Orders {
    fn place(&mut self, #[message] order: PlaceOrder) -> u64;
    fn place_order(&mut self, item: String) -> u64;
}

#[callsheet::actor_contract(namespace = "shop")]
pub trait Stock {
    #[cfg(not(windows))]
    fn count(&self) -> u64;
    #[cfg(windows)]
    fn count(&self) -> u32;
    #[cfg(not(windows))]
    #[method(alias = "Count")]
    fn total(&self) -> u64;
}

fn main() {}
