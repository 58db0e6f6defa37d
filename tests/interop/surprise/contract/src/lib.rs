//! A contract that nobody had in mind when the generators were written, as nasty as what is supported allows.
//!
//! It is no example. It holds the generators to their word that any contract works in every language: who finds a type
//! or a name that does not, adds it here.

mod calls;
mod converted;
mod customs;
mod foreign;
mod forms;
mod merged;
mod names;
mod shapes;

pub use calls::{Archive, Broken, Bulletin, Difference, Entry, Import, Mirror, Siren, Sirens};
pub use converted::{
    Colour, ColourDefinition, Comfort, Cooking, Email, Keywords, Period, Reading, Settings, Speed, Temperature,
};
pub use customs::{Consignment, Customs, Receipt, Refusal};
pub use foreign::{Keys, Limits, Locations, Moments, Storage};
pub use forms::{Adjacent, External, Heading, Internal, Untagged};
pub use merged::{
    Address, Bill, Cause, Command, Delivery, Discount, Filter, Invoice, Outline, Page, Price, Priority, Role, Sketch,
    Stamp, Test, User, Value, WebhookEvent,
};
pub use names::{Error, Map, OddNames, Promise, Words};
pub use shapes::{
    Chain, Containers, Everything, Expression, Fixed, Lenient, Marker, Pair, Scalars, Strict, Times, Title, Tree,
};
