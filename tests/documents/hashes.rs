//! The hashes are not those of the contracts: the document was changed by hand.

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
              "events": [{ "name": "Sold", "type": "u32" }]
            }
          ],
          "types": {},
          "encodings": {},
          "hashes": {
            "shop.Shop": {
              "contract": "0000000000000000000000000000000000000000000000000000000000000000"
            }
          }
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
              "events": [{ "name": "Sold", "type": "u32" }]
            }
          ],
          "types": {},
          "encodings": {}
        }
        "#,
    )
}
