//! Keys that are no text stand where serde holds values back before it knows their type.

use callsheet_schema::Document;

use crate::{Outcome, contract};

mod faulty {
    use std::collections::BTreeMap;

    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub struct Stock {
        pub counts: BTreeMap<u32, u64>,
    }

    #[contract_type]
    pub struct Report {
        pub day: String,
        #[serde(flatten)]
        pub stock: Stock,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn report(&self) -> Report;
    }
}

mod mended {
    use std::collections::BTreeMap;

    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub struct Stock {
        pub counts: BTreeMap<u32, u64>,
    }

    #[contract_type]
    pub struct Report {
        pub day: String,
        pub stock: Stock,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn report(&self) -> Report;
    }
}

pub(crate) fn faulty() -> Outcome {
    Document::describe([contract::<dyn faulty::Shop>()])
}

pub(crate) fn mended() -> Outcome {
    Document::describe([contract::<dyn mended::Shop>()])
}
