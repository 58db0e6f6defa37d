//! Two entries of one map have the same name.

use callsheet_schema::Document;

use crate::{Outcome, contract};

mod faulty {
    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub struct Address {
        pub name: String,
        pub city: String,
    }

    #[contract_type]
    pub struct Customer {
        pub name: String,
        #[serde(flatten)]
        pub address: Address,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn welcome(&mut self, customer: Customer);
    }
}

mod mended {
    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub struct Address {
        #[serde(rename = "recipient")]
        pub name: String,
        pub city: String,
    }

    #[contract_type]
    pub struct Customer {
        pub name: String,
        #[serde(flatten)]
        pub address: Address,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn welcome(&mut self, customer: Customer);
    }
}

pub(crate) fn faulty() -> Outcome {
    Document::describe([contract::<dyn faulty::Shop>()])
}

pub(crate) fn mended() -> Outcome {
    Document::describe([contract::<dyn mended::Shop>()])
}
