//! Types that are joined from others: generic ones, flattened ones, and enums of mixed forms.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    num::{NonZeroU8, NonZeroU16, NonZeroU32},
    ops::RangeInclusive,
    sync::Arc,
};

use callsheet::contract_type;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A part of a long list.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// How many there are on all pages.
    pub total: u64,
    /// Where the next one begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Box<str>>,
}

/// Whoever has an account.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Which one.
    pub id: Uuid,
    /// What they are called.
    pub name: Arc<str>,
    /// When, and by whom.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Where they live, if that is known.
    #[serde(flatten)]
    pub address: Option<Address>,
    /// What they may do: one entry of the variant's name.
    #[serde(flatten)]
    pub role: Role,
}

/// When something was made.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Stamp {
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<DateTime<Utc>>,
    /// Why, if there is a reason.
    #[serde(flatten)]
    pub cause: Option<Cause>,
}

/// Whose doing it was: an internally tagged enum.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum Cause {
    /// Somebody's.
    Person {
        /// Whose.
        by: Uuid,
    },
    /// Nobody's.
    Schedule,
    /// Something new.
    #[serde(other)]
    Unknown,
}

/// Where somebody lives.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    /// The street.
    pub street: String,
    /// The town.
    pub town: Cow<'static, str>,
    /// The code, which not every country has.
    #[serde(default)]
    pub code: Option<NonZeroU32>,
}

/// What somebody may do: an externally tagged enum.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Nothing.
    Guest,
    /// What they are told to.
    Member(Priority),
    /// Everything.
    Admin {
        /// But only here.
        realms: Vec<String>,
    },
}

/// How much it matters, in words that may be added to.
#[contract_type]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Not much.
    Low,
    /// Much.
    #[serde(alias = "urgent")]
    High,
    /// Nobody knows.
    #[serde(other)]
    Other,
}

/// What a webhook is called with: its own entries, those of the event, and whatever else there is.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Which one.
    pub id: Uuid,
    /// What has happened: a tag and content.
    #[serde(flatten)]
    pub event: WebhookEvent,
    /// Whatever else there is.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

/// What has happened.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(tag = "type", content = "data")]
pub enum WebhookEvent {
    /// Nothing.
    #[serde(rename = "ping")]
    Ping,
    /// Somebody has an account.
    #[serde(rename = "user.created")]
    UserCreated(Box<User>),
    /// Something was paid.
    #[serde(rename = "invoice.paid")]
    InvoicePaid {
        /// Which invoice.
        number: NonZeroU32,
        /// How much.
        price: Price,
    },
    /// Some were moved.
    #[serde(rename = "moved")]
    Moved(u64, Vec<Address>),
}

/// An amount of money.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Price {
    /// How much.
    pub amount: Decimal,
    /// Of what: three letters.
    pub currency: Box<str>,
}

/// A struct whose name stands in it.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(tag = "kind", rename = "invoice")]
pub struct Invoice {
    /// Its number.
    pub number: NonZeroU32,
    /// What is to be paid.
    pub lines: Vec<Price>,
    /// What is not.
    pub discount: Option<Discount>,
}

/// An invoice, with what became of it.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Bill {
    /// When it was paid.
    pub paid_on: Option<NaiveDate>,
    /// With the entry that says that it is one.
    #[serde(flatten)]
    pub invoice: Invoice,
}

/// What need not be paid: the last variant is told by nothing.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub enum Discount {
    /// All.
    Everything,
    /// So many hundredths.
    Percent(NonZeroU8),
    /// So much.
    Amount(Price),
    /// What a code of so many digits says.
    #[serde(untagged)]
    Code(u64),
    /// What was agreed.
    #[serde(untagged)]
    Agreed {
        /// With whom.
        with: String,
    },
}

/// What is to be done, in words that may be added to.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(tag = "op", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Command {
    /// Begin.
    Start {
        /// After so long.
        after_seconds: NonZeroU32,
        /// Where, or anywhere.
        #[serde(skip_serializing_if = "Option::is_none")]
        on_worker: Option<NonZeroU16>,
    },
    /// End.
    Stop,
    /// Give it names: the map's own entries stand beside the tag.
    Label(BTreeMap<String, String>),
    /// Change the price: the struct's own entries stand beside the tag.
    Price(Price),
    /// Something else.
    #[serde(other)]
    Unknown,
}

/// What is looked for.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Filter {
    /// In which field.
    pub field_name: String,
    /// What its value has to be.
    #[serde(flatten)]
    pub test: Test,
}

/// What a value has to be.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub enum Test {
    /// There.
    Exists,
    /// This.
    EqualTo(Value),
    /// One of these.
    OneOf(Vec<Value>),
    /// Between these.
    Between(RangeInclusive<Value>),
}

/// A value of nothing but its own form.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(untagged)]
pub enum Value {
    /// None.
    Nothing,
    /// Yes or no.
    Truth(bool),
    /// A whole number.
    Whole(i64),
    /// Any number.
    Real(f64),
    /// A day, before any other text.
    Day(NaiveDate),
    /// Any text.
    Text(Cow<'static, str>),
    /// Several values.
    List(Vec<Value>),
}

/// What is drawn.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Sketch {
    /// What it is called.
    pub name: String,
    /// Told by its entries alone.
    #[serde(flatten)]
    pub outline: Outline,
}

/// A form, told by its entries alone.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(untagged)]
pub enum Outline {
    /// Round.
    Circle {
        /// From the middle.
        radius: f64,
    },
    /// With corners.
    Rectangle {
        /// From left to right.
        width: f64,
        /// From top to bottom.
        height: f64,
    },
    /// Where something stands.
    Place(Address),
}
