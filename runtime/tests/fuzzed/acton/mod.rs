//! Clients of acton-reactive, whose connections are told apart by their fifth byte.

pub mod answers;
pub mod session;
