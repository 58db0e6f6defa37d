//! `callsheet generate` and `callsheet schema --from` as a user runs them: their sources, the targets of a project, and
//! the page that describes them.

mod contracts;
mod fake;
mod page;
mod place;
mod server;
mod service;
mod sources;
mod targets;
