//! The actor that is called.

use std::fmt::Debug;

use callsheet::{Broker, Mailbox, Streaming};
use conformance_contract::{Callback, Colour, Line, Order, Probe, Refused, Shape, Step, Tick, Tree, Wide};
use futures_util::stream;

use crate::{callback, gates::Gates};

#[derive(Clone)]
pub(crate) struct Subject {
    broker: Broker,
    gates: Gates,
    notes: u32,
}

impl Subject {
    pub(crate) fn new(broker: Broker) -> Self {
        Subject {
            broker,
            gates: Gates::default(),
            notes: 0,
        }
    }
}

fn same<T: PartialEq + Debug>(given: &T, found: &T) -> Result<(), Refused> {
    if given == found {
        return Ok(());
    }
    Err(Refused::Changed {
        found: format!("{found:?}"),
    })
}

/// A tree whose outermost map is nested, together with the arrays in it, as deep as a payload may be, with the map of
/// arguments around it.
fn deepest() -> Tree {
    (1..31).fold(Tree { below: Vec::new() }, |tree, _| Tree { below: vec![tree] })
}

impl Probe for Subject {
    fn echo(&self, text: String) -> String {
        text
    }

    fn read(&self, text: String) -> String {
        text
    }

    fn wide(&self, value: Wide) -> Wide {
        value
    }

    fn float(&self, value: f64) -> f64 {
        value
    }

    fn long(&self, bytes: u32) -> String {
        "x".repeat(bytes as usize)
    }

    fn refuse(&self) -> Result<u32, Refused> {
        Err(Refused::Never)
    }

    fn give_colour(&self) -> Colour {
        Colour::Green
    }

    fn take_colour(&self, colour: Colour) -> Result<(), Refused> {
        same(&self.give_colour(), &colour)
    }

    fn give_shape(&self) -> Shape {
        Shape::Box {
            width: u32::MAX,
            height: 0,
        }
    }

    fn take_shape(&self, shape: Shape) -> Result<(), Refused> {
        same(&self.give_shape(), &shape)
    }

    fn give_step(&self) -> Step {
        Step::Walk { metres: 7 }
    }

    fn take_step(&self, step: Step) -> Result<(), Refused> {
        same(&self.give_step(), &step)
    }

    fn give_order(&self) -> Order {
        let line = |name: &str, count| Line {
            name: name.to_owned(),
            count,
        };
        Order {
            lines: vec![line("plain", 1), line("\u{0}\u{2028}\"\\ Grüße 🏳️", u32::MAX)],
            note: None,
        }
    }

    fn take_order(&self, order: Order) -> Result<(), Refused> {
        same(&self.give_order(), &order)
    }

    fn give_tree(&self) -> Tree {
        deepest()
    }

    fn take_tree(&self, tree: Tree) -> Result<(), Refused> {
        same(&self.give_tree(), &tree)
    }

    async fn wait(&self, gate: String) -> String {
        self.gates.pass(&gate).await;
        gate
    }

    fn open(&self, gate: String) {
        self.gates.open(&gate);
    }

    async fn gathered(&self, gate: String, count: u32) {
        self.gates.gathered(&gate, count).await;
    }

    fn count(&self, to: u32) -> Streaming<u32> {
        Streaming::iter(1..=to)
    }

    fn failing(&self, after: u32) -> Streaming<Result<u32, Refused>> {
        Streaming::iter((1..=after).map(Ok).chain([Err(Refused::Never)]))
    }

    fn endless(&self, gate: String) -> Streaming<u32> {
        let visit = self.gates.visit(&gate);
        let mut n = 0_u32;
        Streaming::new(stream::repeat_with(move || {
            let _as_long_as_it_exists = &visit;
            n = n.wrapping_add(1);
            n
        }))
    }

    fn publish(&self, count: u32) {
        for n in 1..=count {
            self.broker.publish(Tick { n });
        }
    }

    fn note(&mut self, _text: String) {
        self.notes += 1;
    }

    fn notes(&self) -> u32 {
        self.notes
    }

    async fn call_back(&self, callback: Mailbox<dyn Callback>, method: String) -> String {
        callback::call(&callback, &method).await.unwrap_or_else(|told| told)
    }

    fn explode(&self) -> u32 {
        panic!("asked to")
    }
}
