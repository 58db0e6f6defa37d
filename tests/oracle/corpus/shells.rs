//! Newtypes, tuple structs, unit structs, empty structs, `transparent`, options inside options.

use std::collections::BTreeMap;

use callsheet::contract_type;
use callsheet_oracle::types;

#[contract_type]
struct Unit;

#[contract_type]
struct Empty {}

#[contract_type]
struct Newtype(u64);

#[contract_type]
struct NewtypeOfOption(Option<u8>);

#[contract_type]
struct NewtypeOfList(Vec<Newtype>);

#[contract_type]
struct NewtypeOfUnit(());

#[contract_type]
struct Twice(Newtype);

#[contract_type]
#[serde(transparent)]
struct Transparent {
    inner: String,
}

#[contract_type]
#[serde(transparent)]
struct TransparentOption {
    inner: Option<u8>,
}

#[contract_type]
#[serde(transparent)]
struct TransparentTuple(Option<bool>);

#[contract_type]
struct Two(u8, Option<String>);

#[contract_type]
struct Three(u8, Two, [Newtype; 2]);

#[contract_type]
struct Optional {
    plain: Option<u8>,
    newtype: NewtypeOfOption,
    transparent: TransparentOption,
    tuple: TransparentTuple,
    boxed: Box<Option<u8>>,
    unit: (),
    unit_struct: Unit,
    deep: Option<Vec<Option<Two>>>,
}

#[contract_type]
struct Keys {
    newtype: BTreeMap<Key, u8>,
    transparent: BTreeMap<TransparentKey, u8>,
    variant: BTreeMap<VariantKey, u8>,
    number: BTreeMap<NumberKey, u8>,
}

#[contract_type]
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key(String);

#[contract_type]
#[derive(PartialEq, Eq, PartialOrd, Ord)]
#[serde(transparent)]
struct TransparentKey {
    key: char,
}

#[contract_type]
#[derive(PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
enum VariantKey {
    FirstOne,
    #[serde(alias = "2")]
    Second,
}

#[contract_type]
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct NumberKey(i16);

#[test]
fn shells() {
    crate::assert_described(types![
        Unit,
        Empty,
        Newtype,
        NewtypeOfOption,
        NewtypeOfList,
        NewtypeOfUnit,
        Twice,
        Transparent,
        TransparentOption,
        TransparentTuple,
        Two,
        Three,
        Optional,
        Keys,
        Vec<Unit>,
        Option<Newtype>,
    ]);
}
