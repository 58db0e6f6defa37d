//! That the trial sees what the server sees: types behind objects are read and written as those that are known while
//! compiling.

use std::collections::BTreeMap;

use callsheet::{ContractType, contract_type};
use callsheet_oracle::{
    Case, changed,
    codec::{By, CODECS, bytes_of, read, write},
    made::Maker,
    trial::names,
};
use callsheet_schema::conform::Codec;
use callsheet_wire::{Payload, encode};

#[contract_type]
struct Wide {
    numbers: Vec<i128>,
    keys: BTreeMap<u8, u128>,
    nothing: (),
    unit: Unit,
    maybe: Option<Vec<f32>>,
}

#[contract_type]
struct Unit;

#[contract_type]
struct Flattened {
    own: u8,
    #[serde(flatten)]
    variant: Internal,
}

#[contract_type]
#[serde(tag = "t")]
enum Internal {
    Unit,
    Struct { list: Vec<External> },
}

#[contract_type]
enum External {
    Unit,
    Newtype(Untagged),
    Tuple(u8, f64),
    Struct { a: char },
}

#[contract_type]
#[serde(untagged)]
enum Untagged {
    Number(u8),
    Text(String),
    Pair(bool, i64),
}

fn assert_same<T: ContractType>() {
    let case = Case::of::<T>("T");
    let document = case.describe().expect("the type has no fault").document;
    let names = names(&document);
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let mut random = fastrand::Rng::with_seed(11);
    for codec in CODECS {
        let wire = match codec {
            Codec::Json => callsheet_wire::Codec::Json,
            Codec::MessagePack => callsheet_wire::Codec::MessagePack,
        };
        let mut maker = Maker::new(&document.types, codec, 11);
        for round in 0..400 {
            let reference = &document.contracts[0].methods[0].reply;
            let mut value = maker.value(reference).expect("the type has values");
            if round % 2 == 1 {
                changed::change(&mut value, &names, codec, &mut random);
            }
            let Ok(bytes) = bytes_of(&value, codec) else { continue };
            let known = Payload::new(wire, &bytes).decode::<T>().map(|value| {
                let mut written = Vec::new();
                encode(wire, &value, &mut written).map(|()| written).ok()
            });
            let erased = read(&case, codec, By::Wire, &bytes).map(|subject| write(&*subject, codec, By::Wire).ok());
            assert_eq!(known.ok(), erased.ok(), "{value:?}");
        }
    }
}

#[test]
fn erased_types_are_read_and_written_alike() {
    assert_same::<Wide>();
    assert_same::<Flattened>();
    assert_same::<External>();
    assert_same::<Vec<Untagged>>();
}
