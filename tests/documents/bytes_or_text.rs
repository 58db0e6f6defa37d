//! Nothing tells variants apart of which one has bytes where the other has text.

use callsheet_schema::Document;

use crate::{Outcome, contract};

mod faulty {
    use callsheet::{actor_contract, contract_type};
    use serde_bytes::ByteBuf;

    #[contract_type]
    #[serde(untagged)]
    pub enum Label {
        Text(String),
        Image(ByteBuf),
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn print(&mut self, label: Label);
    }
}

mod mended {
    use callsheet::{actor_contract, contract_type};
    use serde_bytes::ByteBuf;

    #[contract_type]
    pub enum Label {
        Text(String),
        Image(ByteBuf),
    }

    #[actor_contract(namespace = "shop")]
    pub trait Shop {
        async fn print(&mut self, label: Label);
    }
}

pub(crate) fn faulty() -> Outcome {
    Document::describe([contract::<dyn faulty::Shop>()])
}

pub(crate) fn mended() -> Outcome {
    Document::describe([contract::<dyn mended::Shop>()])
}
