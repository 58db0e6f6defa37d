//! Two methods of a contract claim one message name.

use callsheet_schema::Document;

use crate::{Outcome, contract};

mod faulty {
    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub struct Order {
        pub item: String,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn place(&mut self, #[message] order: Order) -> u64;
        async fn price(&self, #[message] order: Order) -> u64;
    }
}

mod mended {
    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub struct Order {
        pub item: String,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn place(&mut self, #[message] order: Order) -> u64;
        #[method(name = "Price")]
        async fn price(&self, #[message] order: Order) -> u64;
    }
}

pub(crate) fn faulty() -> Outcome {
    Document::describe([contract::<dyn faulty::Shop>()])
}

pub(crate) fn mended() -> Outcome {
    Document::describe([contract::<dyn mended::Shop>()])
}
