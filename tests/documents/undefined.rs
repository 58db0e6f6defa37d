//! A type or contract is named that the document does not define. What the macros emit is defined, so it is a document
//! that was changed by hand.

use callsheet_schema::Document;

use crate::Outcome;

pub(crate) fn faulty() -> Outcome {
    Document::from_json(
        r#"
        {
          "callsheet": 1,
          "contracts": [
            {
              "name": "shop.Shop",
              "methods": [],
              "events": [{ "name": "Sold", "type": { "named": "Sale" } }]
            }
          ],
          "types": { "Sold": { "shape": { "newtype": "u64" } } },
          "encodings": {}
        }
        "#,
    )
}

pub(crate) fn mended() -> Outcome {
    Document::from_json(
        r#"
        {
          "callsheet": 1,
          "contracts": [
            {
              "name": "shop.Shop",
              "methods": [],
              "events": [{ "name": "Sold", "type": { "named": "Sold" } }]
            }
          ],
          "types": { "Sold": { "shape": { "newtype": "u64" } } },
          "encodings": {}
        }
        "#,
    )
}
