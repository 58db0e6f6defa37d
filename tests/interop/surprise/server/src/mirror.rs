//! An actor that gives back what it is given.

use std::{collections::BTreeMap, time::Duration};

use surprise_contract::{
    Adjacent, Containers, Expression, External, Heading, Internal, Lenient, Map, Mirror, OddNames, Pair, Scalars,
    Strict, Times, Title, Tree, Untagged,
};

pub(crate) struct Glass;

macro_rules! mirror {
    ($($method:ident: $value:ty),* $(,)?) => {
        impl Mirror for Glass {
            $(fn $method(&self, $method: $value) -> $value {
                $method
            })*

            async fn containers(&self, containers: Containers) -> Containers {
                containers
            }

            fn ten(
                &self,
                one: u8,
                two: i64,
                three: f64,
                four: String,
                five: Option<char>,
                six: Vec<Pair>,
                seven: (bool, Heading),
                eight: [u8; 2],
                nine: Map,
                ten: Option<Duration>,
            ) -> (
                (u8, i64, f64, String, Option<char>),
                (Vec<Pair>, (bool, Heading), [u8; 2], Map, Option<Duration>),
            ) {
                ((one, two, three, four, five), (six, seven, eight, nine, ten))
            }
        }
    };
}

mirror! {
    scalars: Scalars,
    heading: Heading,
    external: External,
    internal: Internal,
    adjacent: Adjacent,
    untagged: Untagged,
    odd_names: OddNames,
    times: Times,
    tree: Tree,
    expression: Expression,
    lenient: Lenient,
    strict: Strict,
    option: Option<u64>,
    text: String,
    number: f64,
    map: BTreeMap<u64, Option<Title>>,
}
