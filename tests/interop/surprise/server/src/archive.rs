//! An actor that knows what everything looks like, and whose calls are of every kind.

use std::future::pending;

use callsheet::{Broker, Streaming};
use surprise_contract::{Archive, Broken, Bulletin, Difference, Entry, Error, Everything, Heading, Siren, Sirens};

use crate::sample::sample;

pub(crate) struct Shelves {
    broker: Broker,
    forgotten: u64,
}

impl Shelves {
    pub(crate) fn new(broker: Broker) -> Self {
        Shelves { broker, forgotten: 0 }
    }
}

impl Archive for Shelves {
    fn sample(&self) -> Everything {
        sample()
    }

    fn verify(&self, everything: Everything) -> Result<(), Difference> {
        let expected = sample();
        let mut difference = Difference {
            parts: Vec::new(),
            received: String::new(),
        };
        macro_rules! compare {
            ($($part:ident),*) => {$(
                if everything.$part != expected.$part {
                    difference.parts.push(stringify!($part).to_owned());
                    difference.received += &format!("{:?}\n", everything.$part);
                }
            )*};
        }
        compare!(
            scalars, containers, externals, internals, adjacents, untagged, names, times, tree, expression, chain
        );
        // Equal floats may still differ in their sign.
        if everything.scalars.f64.to_bits() != expected.scalars.f64.to_bits() {
            difference.parts.push("scalars.f64".to_owned());
        }
        if difference.parts.is_empty() {
            Ok(())
        } else {
            Err(difference)
        }
    }

    async fn forget(&mut self) {
        self.forgotten += 1;
    }

    async fn forgotten(&self) -> u64 {
        self.forgotten
    }

    async fn announce(&self, bulletin: Bulletin) {
        self.broker.publish(bulletin);
    }

    fn alarm(&self, sirens: Sirens, times: u8) {
        for _ in 0..times {
            for siren in &sirens {
                self.broker.publish::<Siren>(siren.clone());
            }
        }
    }

    fn entries(&self, count: u64, broken: Option<u64>) -> Streaming<Result<Entry, Broken>> {
        Streaming::iter((0..count).map(move |number| {
            let heading = (number % 2 == 0).then_some(Heading::Uphill);
            if Some(number) == broken {
                let because = vec![Broken::Entirely, Broken::Entry(Entry { number, heading })];
                return Err(Broken::At { number, because });
            }
            Ok(Entry { number, heading })
        }))
    }

    fn gaps(&self, items: Vec<Option<u32>>) -> Streaming<Option<u32>> {
        Streaming::iter(items)
    }

    async fn open(&self, door: String) -> Streaming<Result<(), Error>> {
        match door.as_str() {
            "locked" => Streaming::iter([Err(Error::Err { error: u64::MAX })]),
            _ => Streaming::iter([Ok(()), Ok(())]),
        }
    }

    async fn fail(&mut self, broken: Option<Broken>) -> Result<Option<Entry>, Broken> {
        broken.map_or(Ok(None), Err)
    }

    fn not_a_number(&self) -> f64 {
        f64::NAN
    }

    async fn wait(&self) {
        pending().await
    }

    fn subscribe(&self, event: String, events: Vec<String>, buffer: u32) -> u32 {
        buffer + u32::try_from(event.len() + events.len()).unwrap_or(u32::MAX)
    }
}
