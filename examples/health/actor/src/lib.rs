//! A question without arguments: an actor that says how it is.

use health_contract::{Health, HealthStatus};

/// A service that is well as long as it answers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pulse;

impl Health for Pulse {
    fn health_check(&self) -> HealthStatus {
        HealthStatus { status: "ok".into() }
    }
}

#[cfg(test)]
mod tests {
    use callsheet::Runtime;

    use super::*;

    #[test]
    fn a_plain_value_is_well() {
        assert_eq!(Pulse.health_check().status, "ok");
    }

    #[tokio::test]
    async fn a_mailbox_asks() {
        let runtime = Runtime::launch().expect("inside tokio");
        let actor = runtime.actor("health", Pulse::default).serves(Health);
        actor.start().await.expect("the name is free");

        let status = Health.at("health").health_check().await.expect("answered");
        assert_eq!(status.status, "ok");
    }
}
