//! A contract of types as users write them: joined from others, converted on the way, different in each direction.

use std::{collections::BTreeMap, num::NonZeroU16};

use callsheet::{Streaming, actor_contract, contract_type};
use uuid::Uuid;

use crate::{
    Address, Bill, Comfort, Command, Cooking, Delivery, Difference, Discount, Email, Filter, Keys, Keywords, Limits,
    Locations, Moments, Page, Period, Priority, Role, Settings, Sketch, Speed, Storage, Temperature, User,
};

/// Looks at what comes in, and lets it out again.
#[actor_contract(namespace = "surprise", events(Delivery, Page<User>))]
pub trait Customs {
    /// One of everything that looks the same in both directions.
    fn sample(&self) -> Consignment;
    /// Whether it is the sample.
    fn verify(&self, consignment: Consignment) -> Result<(), Difference>;
    /// Gives them back. The whole message is of a generic type.
    fn users(&self, #[message] users: Page<User>) -> Page<User>;
    /// Gives it back.
    fn command(&self, #[message] command: Command) -> Command;
    /// Gives it back.
    fn search(&self, #[message] filter: Filter) -> Filter;
    /// Gives them back.
    fn moments(&self, moments: Moments) -> Moments;
    /// Gives them back.
    fn locations(&self, locations: Locations) -> Locations;
    /// Gives them back.
    fn limits(&self, limits: Limits) -> Limits;
    /// Gives them back.
    fn keys(&self, keys: Keys) -> Keys;
    /// Gives it back.
    fn storage(&self, storage: Storage) -> Storage;
    /// Takes the secret, and gives a fingerprint of it.
    fn configure(&self, settings: Settings) -> Settings;
    /// The same for many, in containers.
    fn configure_all(&self, settings: BTreeMap<NonZeroU16, Page<Settings>>) -> BTreeMap<NonZeroU16, Page<Settings>>;
    /// Takes numbers, and gives readings.
    fn measure(&self, temperatures: Page<Temperature>) -> Page<Temperature>;
    /// The number that makes it comfortable: an enum that differs by direction.
    fn comfort(&self, comfort: Comfort) -> Comfort;
    /// Words are sent as one text, and received as a list.
    fn index(&self, keywords: Keywords) -> Keywords;
    /// Its name is another one in each direction.
    fn accelerate(&self, speeds: Vec<Speed>) -> Vec<Speed>;
    /// Minutes and colours.
    fn cook(&self, cooking: Cooking) -> Cooking;
    /// What is checked while it is read.
    fn book(&self, period: Period, guests: Vec<Email>) -> (Period, Vec<Email>);
    /// Lets the delivery in, unless it is of no use.
    fn admit(&self, #[message] delivery: Delivery) -> Result<Receipt, Refusal>;
    /// Lets them in one by one.
    fn admit_all(&self, deliveries: Page<Delivery>) -> Streaming<Result<Delivery, Refusal>>;
    /// Publishes both.
    #[tell]
    fn publish(&self, delivery: Delivery, users: Page<User>);
}

/// One of everything that looks the same in both directions.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Consignment {
    /// A generic type of a struct that flattens others.
    pub users: Page<User>,
    /// A generic type of a generic type.
    pub roles: Page<Page<Role>>,
    /// An enum with a tag and content beside a map.
    pub deliveries: Vec<Delivery>,
    /// Enums with one variant for all that they do not know.
    pub commands: Vec<Command>,
    /// The same without data.
    pub priorities: Vec<Priority>,
    /// Values of nothing but their own form.
    pub filters: Vec<Filter>,
    /// Flattened enums of other forms.
    pub sketches: Vec<Sketch>,
    /// An enum with one variant that nothing tells.
    pub discounts: Vec<Discount>,
    /// A struct that flattens one that says which it is.
    pub bill: Bill,
    /// An address that stands alone.
    pub address: Option<Address>,
    /// Through a definition of another type.
    pub cooking: Cooking,
    /// Dates and times.
    pub moments: Moments,
    /// Addresses of all kinds.
    pub locations: Locations,
    /// Numbers that are never zero, and ranges.
    pub limits: Limits,
    /// Maps by all kinds of keys.
    pub keys: Keys,
    /// Other kinds of texts, lists and bytes.
    pub storage: Storage,
}

/// That a delivery was let in.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    /// The whole delivery.
    #[serde(flatten)]
    pub delivery: Delivery,
}

/// That a delivery was not let in.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(tag = "refusal", rename = "useless")]
pub struct Refusal {
    /// Which.
    pub id: Uuid,
    /// The texts that came with it.
    pub texts: BTreeMap<String, String>,
}
