//! What is refused when the document is made, each code by itself: contracts as a user writes them, what is printed, and
//! the mend. docs/errors.md shows the same, word for word.
//!
//! A case is one file, which has the document that is `faulty` and the one that is `mended`.
#![allow(unreachable_pub, reason = "the cases are written as a user writes them")]

mod bytes_or_text;
mod contract_conflict;
mod entry_conflict;
mod flattened_data;
mod flattened_deny_unknown;
mod flattened_into_itself;
mod flattened_order;
mod flattened_tag;
mod hashes;
mod held_back_map_key;
mod held_back_wide_integer;
mod map_key;
mod message_conflict;
mod page;
mod tag_conflict;
mod tagged_data;
mod type_conflict;
mod undefined;
mod variant_conflict;

use callsheet::{__private::ContractMessage, Contract};
use callsheet_schema::{Document, DocumentError, FaultCode, Types};

use page::Section;

type Outcome = Result<Document, DocumentError>;

/// How a document is made of the contract `dyn Trait`.
fn contract<C: Contract + ?Sized>() -> fn(&mut Types) -> callsheet_schema::Contract {
    <C::Message as ContractMessage>::describe
}

macro_rules! cases {
    ($($case:ident => $code:ident,)*) => {
        const CODES: &[FaultCode] = &[$(FaultCode::$code),*];

        $(
            #[test]
            fn $case() {
                let source = include_str!(concat!(stringify!($case), ".rs"));
                check(stringify!($case), FaultCode::$code, source, $case::faulty(), $case::mended());
            }
        )*
    };
}

cases! {
    type_conflict => TypeConflict,
    contract_conflict => ContractConflict,
    message_conflict => MessageConflict,
    undefined => Undefined,
    entry_conflict => EntryConflict,
    variant_conflict => VariantConflict,
    map_key => MapKey,
    held_back_wide_integer => HeldBackWideInteger,
    held_back_map_key => HeldBackMapKey,
    tagged_data => TaggedData,
    tag_conflict => TagConflict,
    flattened_data => FlattenedData,
    flattened_deny_unknown => FlattenedDenyUnknown,
    flattened_order => FlattenedOrder,
    flattened_into_itself => FlattenedIntoItself,
    flattened_tag => FlattenedTag,
    hashes => Hashes,
    bytes_or_text => BytesOrText,
}

fn check(case: &str, code: FaultCode, source: &str, faulty: Outcome, mended: Outcome) {
    let Err(DocumentError::Faults(faults)) = &faulty else {
        panic!("no fault: {faulty:?}")
    };
    let [fault] = &faults[..] else {
        panic!("not one fault: {faults:#?}")
    };
    assert_eq!(fault.code, code, "{fault}");
    if let Err(error) = mended {
        panic!("the mend is none: {error}");
    }

    let section = Section::of(code);
    let printed = fault
        .to_string()
        .replace(&format!("{}::{case}::faulty", module_path!()), "shop");
    assert_eq!(section.printed(), printed, "docs/errors.md shows what is printed");
    assert!(
        section.has_fault_and_mend(),
        "docs/errors.md shows the fault and the mend of {code}"
    );
    for shown in section.sources() {
        assert!(
            page::stands_in(shown, source),
            "the case does not have what docs/errors.md shows:\n{shown}"
        );
    }
}

#[test]
fn every_code_has_a_case() {
    assert_eq!(CODES, FaultCode::ALL);
}
