//! The showcase as a process: how it starts and ends, and what it answers to frames that are written by hand.

mod contracts;
mod lifecycle;
mod process;
