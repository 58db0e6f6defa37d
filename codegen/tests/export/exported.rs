//! Documents with the schemas made from them, which have to be of one opinion.

use std::{cell::RefCell, collections::BTreeMap, fs, rc::Rc};

use callsheet_codegen::export::jsonschema::export;
use callsheet_schema::{
    Direction, Document, TypeRef,
    conform::{self, Codec},
};
use jsonschema::Validator;
use serde_json::{Value, json};

/// A document, and the schema that was made from it.
pub(crate) struct Exported {
    pub(crate) document: Document,
    pub(crate) schema: Value,
    validators: RefCell<BTreeMap<String, Rc<Validator>>>,
}

/// No name has a tilde, a slash or a per cent sign; what else a URI does not allow is escaped.
pub(crate) fn reference(definition: &str) -> String {
    let pointer = definition.replace('<', "%3C").replace('>', "%3E").replace(' ', "%20");
    format!("#/$defs/{pointer}")
}

pub(crate) fn exported(name: &str) -> Exported {
    let path = format!("{}/tests/documents/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).expect("the document is there");
    let document = Document::from_json(&text).expect("the document holds together");
    let schema = export(&document, &[]).expect("no contract was named");
    let schema = serde_json::from_str(&schema).expect("a schema is JSON");
    Exported {
        document,
        schema,
        validators: RefCell::default(),
    }
}

impl Exported {
    pub(crate) fn definition(&self, name: &str) -> Option<&Value> {
        self.schema["$defs"].get(name)
    }

    /// The definition of a type's values in one direction.
    pub(crate) fn name_of(&self, type_name: &str, direction: Direction) -> String {
        let way = match direction {
            Direction::Accepted => "accepted",
            Direction::Produced => "produced",
        };
        let split = format!("{type_name}-{way}");
        if self.definition(&split).is_some() {
            return split;
        }
        assert!(self.definition(type_name).is_some(), "`{type_name}` was not exported");
        type_name.to_owned()
    }

    /// Made once for each definition: compiling the schema takes longer than all else here.
    fn validator(&self, definition: &str) -> Rc<Validator> {
        let mut validators = self.validators.borrow_mut();
        if let Some(known) = validators.get(definition) {
            return Rc::clone(known);
        }
        let mut schema = self.schema.clone();
        schema["$ref"] = json!(reference(definition));
        let options = jsonschema::draft202012::options().should_validate_formats(true);
        let validator = Rc::new(options.build(&schema).expect("every reference leads somewhere"));
        validators.insert(definition.to_owned(), Rc::clone(&validator));
        validator
    }

    /// Both the schema and the description have to be of the expected opinion.
    fn judge(&self, type_name: &str, direction: Direction, payload: &str, fits: bool) {
        let definition = self.name_of(type_name, direction);
        let value: Value = serde_json::from_str(payload).expect("the payload is JSON");
        let valid = self.validator(&definition).is_valid(&value);
        assert_eq!(valid, fits, "the schema of `{definition}` on {payload}");
        let described = conform::Value::from_json(payload).expect("the payload is JSON");
        let reference = TypeRef::Named(type_name.to_owned());
        let judgement = conform::check(&self.document.types, &reference, direction, Codec::Json, &described);
        assert_eq!(
            judgement.is_ok(),
            fits,
            "the description of `{type_name}` on {payload}: {judgement:?}"
        );
    }

    pub(crate) fn both(&self, type_name: &str, fitting: &[&str], unfitting: &[&str]) {
        self.accepted(type_name, fitting, unfitting);
        self.produced(type_name, fitting, unfitting);
    }

    pub(crate) fn accepted(&self, type_name: &str, fitting: &[&str], unfitting: &[&str]) {
        self.one_way(type_name, Direction::Accepted, fitting, unfitting);
    }

    pub(crate) fn produced(&self, type_name: &str, fitting: &[&str], unfitting: &[&str]) {
        self.one_way(type_name, Direction::Produced, fitting, unfitting);
    }

    fn one_way(&self, type_name: &str, direction: Direction, fitting: &[&str], unfitting: &[&str]) {
        fitting
            .iter()
            .for_each(|payload| self.judge(type_name, direction, payload, true));
        unfitting
            .iter()
            .for_each(|payload| self.judge(type_name, direction, payload, false));
    }

    /// For messages, which no description of a type stands for.
    pub(crate) fn valid(&self, definition: &str, payload: Value) -> bool {
        self.validator(definition).is_valid(&payload)
    }
}
