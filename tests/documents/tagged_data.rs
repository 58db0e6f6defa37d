//! The data of an internally tagged variant is no map, so that the tag has no place.

use callsheet_schema::Document;

use crate::{Outcome, contract};

mod faulty {
    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    #[serde(tag = "type")]
    pub enum Change {
        Sold(Vec<String>),
        Closed,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn apply(&mut self, change: Change);
    }
}

mod mended {
    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    #[serde(tag = "type", content = "data")]
    pub enum Change {
        Sold(Vec<String>),
        Closed,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn apply(&mut self, change: Change);
    }
}

pub(crate) fn faulty() -> Outcome {
    Document::describe([contract::<dyn faulty::Shop>()])
}

pub(crate) fn mended() -> Outcome {
    Document::describe([contract::<dyn mended::Shop>()])
}
