//! A flattened field has no entries.

use callsheet_schema::Document;

use crate::{Outcome, contract};

mod faulty {
    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub struct Order {
        pub number: u64,
        #[serde(flatten)]
        pub items: Vec<String>,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn place(&mut self, order: Order);
    }
}

mod mended {
    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub struct Order {
        pub number: u64,
        pub items: Vec<String>,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn place(&mut self, order: Order);
    }
}

pub(crate) fn faulty() -> Outcome {
    Document::describe([contract::<dyn faulty::Shop>()])
}

pub(crate) fn mended() -> Outcome {
    Document::describe([contract::<dyn mended::Shop>()])
}
