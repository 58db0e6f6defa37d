//! Two variants of an enum have the same name.

use callsheet_schema::Document;

use crate::{Outcome, contract};

#[expect(unreachable_patterns, reason = "rustc sees the fault in what serde derives")]
mod faulty {
    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub enum Payment {
        Card,
        #[serde(alias = "Card")]
        Credit,
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
        #[serde(alias = "Credit")]
        Card,
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
