//! Two methods of a contract claim one message name. rustc says so of a contract in Rust, so it is a document that was changed
//! by hand.

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
              "methods": [
                { "name": "place", "message": "shop.Shop.Order", "kind": "ask", "access": "exclusive",
                  "request": { "arguments": [] }, "reply": "u64" },
                { "name": "price", "message": "shop.Shop.Order", "kind": "ask", "access": "shared",
                  "request": { "arguments": [] }, "reply": "u64" }
              ]
            }
          ],
          "types": {},
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
              "methods": [
                { "name": "place", "message": "shop.Shop.Order", "kind": "ask", "access": "exclusive",
                  "request": { "arguments": [] }, "reply": "u64" },
                { "name": "price", "message": "shop.Shop.Price", "kind": "ask", "access": "shared",
                  "request": { "arguments": [] }, "reply": "u64" }
              ]
            }
          ],
          "types": {},
          "encodings": {}
        }
        "#,
    )
}
