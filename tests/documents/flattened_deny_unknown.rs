//! Unknown entries are refused beside flattened fields. The macros refuse it too, so it is a document that was changed by
//! hand, or a description.

use callsheet_schema::Document;

use crate::Outcome;

pub(crate) fn faulty() -> Outcome {
    Document::from_json(
        r#"
        {
          "callsheet": 1,
          "contracts": [],
          "types": {
            "Order": {
              "shape": {
                "struct": {
                  "fields": [
                    { "name": "number", "type": "u64" },
                    { "name": "notes", "type": { "map": ["string", "string"] }, "flattened": true }
                  ],
                  "deny_unknown": true
                }
              }
            }
          },
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
          "contracts": [],
          "types": {
            "Order": {
              "shape": {
                "struct": {
                  "fields": [
                    { "name": "number", "type": "u64" },
                    { "name": "notes", "type": { "map": ["string", "string"] }, "flattened": true }
                  ]
                }
              }
            }
          },
          "encodings": {}
        }
        "#,
    )
}
