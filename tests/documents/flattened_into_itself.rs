//! A struct is flattened into itself.

use callsheet_schema::Document;

use crate::{Outcome, contract};

mod faulty {
    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub struct Category {
        pub name: String,
        #[serde(flatten)]
        pub parent: Option<Box<Category>>,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn open(&mut self, category: Category);
    }
}

mod mended {
    use callsheet::{actor_contract, contract_type};

    #[contract_type]
    pub struct Category {
        pub name: String,
        pub parent: Option<Box<Category>>,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn open(&mut self, category: Category);
    }
}

pub(crate) fn faulty() -> Outcome {
    Document::describe([contract::<dyn faulty::Shop>()])
}

pub(crate) fn mended() -> Outcome {
    Document::describe([contract::<dyn mended::Shop>()])
}
