//! A 128-bit integer stands where serde holds values back before it knows their type.

use callsheet_schema::Document;

use crate::{Outcome, contract};

mod faulty {
    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    #[serde(tag = "type")]
    pub enum Payment {
        Cash { cents: u128 },
        Card { number: String },
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn pay(&mut self, by: Payment);
    }
}

mod mended {
    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub enum Payment {
        Cash { cents: u128 },
        Card { number: String },
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn pay(&mut self, by: Payment);
    }
}

pub(crate) fn faulty() -> Outcome {
    Document::describe([contract::<dyn faulty::Shop>()])
}

pub(crate) fn mended() -> Outcome {
    Document::describe([contract::<dyn mended::Shop>()])
}
