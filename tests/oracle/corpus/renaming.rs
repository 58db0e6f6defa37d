//! `rename`, `rename_all`, `rename_all_fields`.

use callsheet::contract_type;
use callsheet_oracle::types;

#[contract_type]
struct One {
    #[serde(rename = "first")]
    a: u8,
    b: u8,
}

#[contract_type]
struct OddNames {
    #[serde(rename = "")]
    empty: u8,
    #[serde(rename = "with space")]
    space: u8,
    #[serde(rename = "naïve.café")]
    dotted: u8,
    #[serde(rename = "\"quoted\" \\ \n")]
    quoted: u8,
    #[serde(rename = "0")]
    number: u8,
    #[serde(rename = "__proto__")]
    proto: u8,
    r#type: u8,
    r#fn: u8,
}

#[contract_type]
struct ByDirection {
    #[serde(rename(serialize = "out", deserialize = "in"))]
    both: u8,
    #[serde(rename(serialize = "written"))]
    one: u8,
    #[serde(rename(deserialize = "read"))]
    other: u8,
}

#[contract_type]
struct Swapped {
    #[serde(rename(serialize = "b", deserialize = "a"))]
    a: u8,
    #[serde(rename(serialize = "a", deserialize = "b"))]
    b: String,
}

macro_rules! in_every_case {
    ($($structure:ident $enumeration:ident $fields:ident $case:literal;)*) => {
        $(
            #[contract_type]
            #[serde(rename_all = $case)]
            struct $structure {
                first_name: String,
                x: u8,
                html2_text: Option<u8>,
                #[serde(rename = "kept_As_isIt")]
                kept: bool,
                _leading: i8,
            }

            #[contract_type]
            #[serde(rename_all = $case)]
            enum $enumeration {
                Unit,
                TwoWords,
                HTMLText(u8),
                WithFields { not_renamed: u8 },
                #[serde(rename = "kept_As_isIt")]
                Kept(u8, u8),
            }

            #[contract_type]
            #[serde(rename_all_fields = $case)]
            enum $fields {
                UnitVariant,
                WithFields { two_words: u8, x: u8, #[serde(rename = "kept_As_isIt")] kept: bool },
                #[serde(rename_all = "UPPERCASE")]
                OwnRule { two_words: u8 },
            }
        )*

        #[test]
        fn every_case() {
            crate::assert_described(types![$($structure, $enumeration, $fields),*]);
        }
    };
}

in_every_case! {
    LowerStruct LowerEnum LowerFields "lowercase";
    UpperStruct UpperEnum UpperFields "UPPERCASE";
    PascalStruct PascalEnum PascalFields "PascalCase";
    CamelStruct CamelEnum CamelFields "camelCase";
    SnakeStruct SnakeEnum SnakeFields "snake_case";
    ScreamingStruct ScreamingEnum ScreamingFields "SCREAMING_SNAKE_CASE";
    KebabStruct KebabEnum KebabFields "kebab-case";
    ScreamingKebabStruct ScreamingKebabEnum ScreamingKebabFields "SCREAMING-KEBAB-CASE";
}

#[contract_type]
#[serde(rename_all(serialize = "camelCase", deserialize = "SCREAMING-KEBAB-CASE"))]
struct AllByDirection {
    first_name: String,
    x: u8,
    #[serde(rename = "kept")]
    renamed: bool,
}

#[contract_type]
#[serde(
    rename_all(serialize = "lowercase", deserialize = "UPPERCASE"),
    rename_all_fields(deserialize = "kebab-case")
)]
enum VariantsByDirection {
    Unit,
    WithFields {
        two_words: u8,
    },
    #[serde(rename(serialize = "w", deserialize = "r"))]
    Newtype(u8),
}

#[contract_type]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
enum InternallyRenamed {
    FirstOne { line_count: u32 },
    SecondOne,
}

#[contract_type]
enum RenamedVariants {
    #[serde(rename = "")]
    Empty,
    #[serde(rename = "with space")]
    Space(u8),
    #[serde(rename = "1")]
    Number {
        a: u8,
    },
    #[serde(rename = "ünï")]
    Accents(u8, u8),
    r#Self_,
    r#Fn {
        r#in: u8,
    },
}

#[test]
fn renamed() {
    crate::assert_described(types![
        One,
        OddNames,
        ByDirection,
        Swapped,
        AllByDirection,
        VariantsByDirection,
        InternallyRenamed,
        RenamedVariants,
    ]);
}
