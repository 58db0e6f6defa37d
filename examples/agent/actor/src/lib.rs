//! A tell and an ask: an actor that stands for one person in a chat.

use agent_contract::{Agent, OnlineStatus};

/// Someone who comes online when the first notification reaches them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Person {
    status: OnlineStatus,
}

impl Agent for Person {
    fn notify(&mut self, _subject: String, _body: String) {
        self.status = OnlineStatus::Online;
    }

    fn query_status(&self) -> OnlineStatus {
        self.status
    }
}

#[cfg(test)]
mod tests {
    use callsheet::{Runtime, To};

    use super::*;

    #[test]
    fn a_plain_value_comes_online() {
        let mut person = Person::default();
        assert_eq!(person.query_status(), OnlineStatus::Offline);
        person.notify("lunch".into(), "in the park at noon".into());
        assert_eq!(person.query_status(), OnlineStatus::Online);
    }

    #[tokio::test]
    async fn a_mailbox_tells_and_asks() {
        let runtime = Runtime::launch().expect("inside tokio");
        let actor = runtime.actor("agent", Person::default).serves(Agent);
        actor.start().await.expect("the name is free");

        let agent = To::<dyn Agent>("agent");
        let status = agent.send_and_receive(|a| a.query_status()).await;
        assert_eq!(status, Ok(OnlineStatus::Offline));
        let notified = agent.send(|a| a.notify("lunch".into(), "in the park at noon".into()));
        notified.await.expect("room");
        let status = agent.send_and_receive(|a| a.query_status()).await;
        assert_eq!(status, Ok(OnlineStatus::Online));
    }
}
