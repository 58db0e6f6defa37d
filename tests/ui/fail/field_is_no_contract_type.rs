//! A type that nothing describes, as a field.

use callsheet::contract_type;

pub struct Point {
    pub x: i64,
}

#[contract_type]
pub struct Line {
    pub from: Point,
    pub label: String,
}

#[contract_type]
pub enum Shape {
    Dot(Point),
    Nothing,
}

fn main() {}
