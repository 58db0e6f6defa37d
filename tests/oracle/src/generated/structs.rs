//! Structs of all kinds, and generic types.

use super::{
    Generator, Type, Use,
    fields::{Around, CASES},
};

impl Generator {
    pub(super) fn named_struct(&mut self) {
        let name = self.type_name();
        let with_defaults = self.once_in(5);
        let (held_back, one_way, wild) = (self.random.bool(), self.random.bool(), self.once_in(8));
        let around = Around {
            held_back,
            may_flatten: true,
            itself: Some(&name),
            one_way,
            wild,
            with_defaults,
        };
        let count = self.random.u8(0..6);
        let fields = self.named_fields(count, around);
        let mut attributes = Vec::new();
        if self.once_in(3) {
            attributes.push(format!("rename_all = {:?}", self.pick(&CASES)));
        } else if one_way && self.once_in(5) {
            let (out, back) = (self.pick(&CASES), self.pick(&CASES));
            attributes.push(format!("rename_all(serialize = {out:?}, deserialize = {back:?})"));
        }
        let mut is_plain = !fields.flatten_any;
        if is_plain && self.once_in(4) {
            attributes.push("deny_unknown_fields".to_owned());
        } else if is_plain && self.once_in(8) {
            attributes.push(format!("tag = {:?}", self.odd_name()));
            is_plain = false;
        }
        let derive = if with_defaults {
            if self.random.bool() {
                attributes.push("default".to_owned());
            }
            "#[derive(Default)] "
        } else {
            ""
        };
        let attributes = serde(&attributes);
        let mut defined = Type {
            text: name.clone(),
            has_default: with_defaults,
            ..Type::default()
        };
        defined.hold(&fields.hold);
        defined.one_way = fields.hold.one_way;
        let item = format!(
            "#[contract_type] {derive}{attributes}struct {name} {{ {}}}",
            fields.text
        );
        self.define(&item, defined, if is_plain { Use::Struct } else { Use::Anything });
    }

    pub(super) fn tuple_struct(&mut self) {
        let name = self.type_name();
        let mut defined = Type {
            text: name.clone(),
            ..Type::default()
        };
        let places: Vec<_> = (0..self.random.u8(0..4)).map(|_| self.any(2, false)).collect();
        places.iter().for_each(|place| defined.hold(place));
        let list: Vec<_> = places.iter().map(|place| place.text.as_str()).collect();
        let item = match list.as_slice() {
            [] => format!("#[contract_type] struct {name};"),
            list => format!("#[contract_type] struct {name}({});", list.join(", ")),
        };
        self.define(&item, defined, Use::Anything);
    }

    pub(super) fn transparent(&mut self) {
        let name = self.type_name();
        let inner = self.any(2, false);
        let field = self.field_name();
        let mut defined = Type {
            text: name.clone(),
            ..Type::default()
        };
        defined.hold(&inner);
        let skipped = self.pick(&["", "#[serde(skip)] cache: u8"]);
        let item = format!(
            "#[contract_type] #[serde(transparent)] struct {name} {{ {field}: {}, {skipped} }}",
            inner.text
        );
        self.define(&item, defined, Use::Anything);
    }

    /// A type that is read from, and written as, another.
    pub(super) fn converted(&mut self) {
        let name = self.type_name();
        let wire = self.pick(&[
            "u32",
            "String",
            "Vec<u8>",
            "BTreeMap<String, bool>",
            "(i64, char)",
            "Option<u8>",
        ]);
        let ways = match self.random.u8(0..3) {
            0 => format!("from = \"{wire}\""),
            1 => format!("into = \"{wire}\""),
            _ => format!("from = \"{wire}\", into = \"{wire}\""),
        };
        let item = format!(
            "#[contract_type] #[derive(Clone)] #[serde({ways})] struct {name} {{ inner: {wire} }}\n\
             impl From<{wire}> for {name} {{ fn from(inner: {wire}) -> Self {{ {name} {{ inner }} }} }}\n\
             impl From<{name}> for {wire} {{ fn from(value: {name}) -> Self {{ value.inner }} }}"
        );
        let defined = Type {
            text: name,
            ..Type::default()
        };
        self.define(&item, defined, Use::Anything);
    }

    pub(super) fn generic_type(&mut self) {
        let name = self.type_name();
        let own = self.any(1, true);
        let [a, b, c] = [(); 3].map(|()| self.field_name());
        let item = match self.random.u8(0..4) {
            0 => format!("struct {name}<T> {{ {a}: T, {b}: Vec<T>, {c}: {} }}", own.text),
            1 => format!("struct {name}<T>(T, Option<Box<{name}<T>>>, {});", own.text),
            2 => format!("enum {name}<T> {{ A(T), B {{ {a}: Vec<T>, {b}: {} }}, C }}", own.text),
            _ => format!(
                "struct {name}<T> {{ {a}: BTreeMap<String, T>, #[serde(default)] {b}: Vec<u8>, {c}: {} }}",
                own.text
            ),
        };
        let mut defined = Type {
            text: name.clone(),
            ..Type::default()
        };
        defined.hold(&own);
        self.source.push_str("#[contract_type] ");
        self.source.push_str(&item);
        self.source.push('\n');
        for _ in 0..2 {
            let argument = self.any(1, false);
            let mut case = defined.clone();
            case.hold(&argument);
            case.text = format!("{name}<{}>", argument.text);
            self.cases.push(case);
        }
        self.generic.push(defined);
    }
}

/// serde's attributes, if there are any.
pub(super) fn serde(attributes: &[String]) -> String {
    if attributes.is_empty() {
        String::new()
    } else {
        format!("#[serde({})] ", attributes.join(", "))
    }
}
