//! A question without arguments: the contract of a health check.

use callsheet::{actor_contract, contract_type};

/// How the service is.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthStatus {
    /// `ok` if it is well.
    pub status: String,
}

/// Says how it is.
#[actor_contract(namespace = "demo")]
pub trait Health {
    /// How the service is.
    fn health_check(&self) -> HealthStatus;
}
