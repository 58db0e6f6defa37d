//! CS0101: a union is no contract type, whichever way it is marked.

use callsheet::ContractType;

#[derive(ContractType)]
pub union Number {
    pub whole: u32,
    pub real: f32,
}

fn main() {}
