//! A flattened field takes entries that belong to others for its own.

use callsheet_schema::Document;

use crate::{Outcome, contract};

mod faulty {
    use std::collections::BTreeMap;

    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub struct Address {
        pub city: String,
    }

    #[contract_type]
    pub struct Order {
        #[serde(flatten)]
        pub notes: BTreeMap<String, String>,
        #[serde(flatten)]
        pub address: Address,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn place(&mut self, order: Order);
    }
}

mod mended {
    use std::collections::BTreeMap;

    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub struct Address {
        pub city: String,
    }

    #[contract_type]
    pub struct Order {
        #[serde(flatten)]
        pub address: Address,
        #[serde(flatten)]
        pub notes: BTreeMap<String, String>,
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
