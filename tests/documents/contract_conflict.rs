//! Two contracts claim one name.

use callsheet_schema::Document;

use crate::{Outcome, contract};

mod faulty {
    pub mod stock {
        use callsheet::actor_contract;

        #[actor_contract(namespace = "shop")]
        pub trait Health {
            async fn check(&self) -> bool;
        }
    }

    pub mod orders {
        use callsheet::actor_contract;

        #[actor_contract(namespace = "shop")]
        pub trait Health {
            async fn waiting(&self) -> u64;
        }
    }
}

mod mended {
    pub mod stock {
        use callsheet::actor_contract;

        #[actor_contract(namespace = "shop.stock")]
        pub trait Health {
            async fn check(&self) -> bool;
        }
    }

    pub mod orders {
        use callsheet::actor_contract;

        #[actor_contract(namespace = "shop.orders")]
        pub trait Health {
            async fn waiting(&self) -> u64;
        }
    }
}

pub(crate) fn faulty() -> Outcome {
    Document::describe([
        contract::<dyn faulty::stock::Health>(),
        contract::<dyn faulty::orders::Health>(),
    ])
}

pub(crate) fn mended() -> Outcome {
    Document::describe([
        contract::<dyn mended::stock::Health>(),
        contract::<dyn mended::orders::Health>(),
    ])
}
