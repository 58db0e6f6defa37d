//! The keys of a map have no form in JSON.

use callsheet_schema::Document;

use crate::{Outcome, contract};

mod faulty {
    use std::collections::BTreeMap;

    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub struct Plan {
        pub seats: BTreeMap<(u16, u16), String>,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn arrange(&mut self, plan: Plan);
    }
}

mod mended {
    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub struct Plan {
        pub seats: Vec<((u16, u16), String)>,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn arrange(&mut self, plan: Plan);
    }
}

pub(crate) fn faulty() -> Outcome {
    Document::describe([contract::<dyn faulty::Shop>()])
}

pub(crate) fn mended() -> Outcome {
    Document::describe([contract::<dyn mended::Shop>()])
}
