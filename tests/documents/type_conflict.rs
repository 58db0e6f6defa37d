//! Two types claim one name.

use callsheet_schema::Document;

use crate::{Outcome, contract};

mod faulty {
    use callsheet::actor_contract;

    pub mod stock {
        use callsheet::contract_type;

        #[contract_type]
        pub struct Item {
            pub count: u32,
        }
    }

    pub mod orders {
        use callsheet::contract_type;

        #[contract_type]
        pub struct Item {
            pub sku: String,
        }
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn stock(&self) -> Vec<stock::Item>;
        async fn order(&mut self, items: Vec<orders::Item>);
    }
}

mod mended {
    use callsheet::actor_contract;

    pub mod stock {
        use callsheet::contract_type;

        #[contract_type(name = "stock.Item")]
        pub struct Item {
            pub count: u32,
        }
    }

    pub mod orders {
        use callsheet::contract_type;

        #[contract_type]
        pub struct Item {
            pub sku: String,
        }
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn stock(&self) -> Vec<stock::Item>;
        async fn order(&mut self, items: Vec<orders::Item>);
    }
}

pub(crate) fn faulty() -> Outcome {
    Document::describe([contract::<dyn faulty::Shop>()])
}

pub(crate) fn mended() -> Outcome {
    Document::describe([contract::<dyn mended::Shop>()])
}
