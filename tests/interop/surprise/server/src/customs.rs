//! An actor that looks at what comes in, and lets it out again.

use std::{collections::BTreeMap, num::NonZeroU16};

use callsheet::{Broker, Streaming};
use surprise_contract::{
    Comfort, Command, Consignment, Cooking, Customs, Delivery, Difference, Email, Filter, Keys, Keywords, Limits,
    Locations, Moments, Page, Period, Receipt, Refusal, Settings, Speed, Storage, Temperature, User, Value,
};

use crate::consignment::consignment;

pub(crate) struct Office {
    broker: Broker,
}

impl Office {
    pub(crate) fn new(broker: Broker) -> Self {
        Office { broker }
    }
}

macro_rules! office {
    ($($method:ident: $value:ty),* $(,)?) => {
        impl Customs for Office {
            $(fn $method(&self, $method: $value) -> $value {
                $method
            })*

            fn sample(&self) -> Consignment {
                consignment()
            }

            fn verify(&self, consignment: Consignment) -> Result<(), Difference> {
                differences(&consignment)
            }

            fn configure(&self, settings: Settings) -> Settings {
                fingerprinted(settings)
            }

            fn configure_all(
                &self,
                mut settings: BTreeMap<NonZeroU16, Page<Settings>>,
            ) -> BTreeMap<NonZeroU16, Page<Settings>> {
                for page in settings.values_mut() {
                    page.items = std::mem::take(&mut page.items).into_iter().map(fingerprinted).collect();
                }
                settings
            }

            fn book(&self, period: Period, guests: Vec<Email>) -> (Period, Vec<Email>) {
                (period, guests)
            }

            fn admit(&self, delivery: Delivery) -> Result<Receipt, Refusal> {
                admitted(delivery).map(|delivery| Receipt { delivery })
            }

            fn admit_all(&self, deliveries: Page<Delivery>) -> Streaming<Result<Delivery, Refusal>> {
                Streaming::iter(deliveries.items.into_iter().map(admitted))
            }

            fn publish(&self, delivery: Delivery, users: Page<User>) {
                self.broker.publish(delivery);
                self.broker.publish(users);
            }
        }
    };
}

office! {
    users: Page<User>,
    command: Command,
    search: Filter,
    moments: Moments,
    locations: Locations,
    limits: Limits,
    keys: Keys,
    storage: Storage,
    measure: Page<Temperature>,
    comfort: Comfort,
    index: Keywords,
    accelerate: Vec<Speed>,
    cook: Cooking,
}

/// What differs from the sample.
fn differences(received: &Consignment) -> Result<(), Difference> {
    let expected = consignment();
    let mut difference = Difference {
        parts: Vec::new(),
        received: String::new(),
    };
    macro_rules! compare {
        ($($part:ident),*) => {$(
            if received.$part != expected.$part {
                difference.parts.push(stringify!($part).to_owned());
                difference.received += &format!("{:?}\n", received.$part);
            }
        )*};
    }
    compare!(
        users, roles, deliveries, commands, priorities, filters, sketches, discounts, bill, address, cooking, moments,
        locations, limits, keys, storage
    );
    if difference.parts.is_empty() {
        Ok(())
    } else {
        Err(difference)
    }
}

/// With as many in its fingerprint as the secret has bytes.
fn fingerprinted(settings: Settings) -> Settings {
    Settings {
        fingerprint: settings.secret.len() as u64,
        ..settings
    }
}

/// The delivery, unless it says that it is of no use; what it says with texts is said again.
fn admitted(delivery: Delivery) -> Result<Delivery, Refusal> {
    if delivery.extra.get("useless") != Some(&Value::Truth(true)) {
        return Ok(delivery);
    }
    let id = delivery.id;
    let texts = delivery.extra.into_iter().filter_map(|(name, value)| match value {
        Value::Text(text) => Some((name, text.into_owned())),
        _ => None,
    });
    Err(Refusal {
        id,
        texts: texts.collect(),
    })
}
