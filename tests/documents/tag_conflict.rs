//! The data of an internally tagged variant has an entry of the tag's name.

use callsheet_schema::Document;

use crate::{Outcome, contract};

mod faulty {
    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub struct Card {
        pub kind: String,
        pub number: String,
    }

    #[contract_type]
    #[serde(tag = "kind")]
    pub enum Payment {
        Card(Card),
        Cash,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn pay(&mut self, payment: Payment);
    }
}

mod mended {
    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub struct Card {
        pub kind: String,
        pub number: String,
    }

    #[contract_type]
    #[serde(tag = "by")]
    pub enum Payment {
        Card(Card),
        Cash,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn pay(&mut self, payment: Payment);
    }
}

pub(crate) fn faulty() -> Outcome {
    Document::describe([contract::<dyn faulty::Shop>()])
}

pub(crate) fn mended() -> Outcome {
    Document::describe([contract::<dyn mended::Shop>()])
}
