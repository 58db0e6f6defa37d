//! What makes two documents not fit.

use std::fmt;

use serde::{Serialize, Serializer};

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $name:ident = $id:literal, $title:literal, $text:literal;)*) => {
        /// A reason why a caller of one document does not fit a server of another. Each has an ID that never changes.
        ///
        /// Below, the *writer* sends a value and the *reader* is sent it: for a request these are the caller and the server,
        /// for a reply, an item, an error and an event the server and the caller.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[doc = $doc])* $name,)*
        }

        impl Rule {
            /// Every rule, by ID.
            pub const ALL: &[Rule] = &[$(Rule::$name),*];

            /// The ID, as in `B031`.
            pub fn id(self) -> &'static str {
                match self {
                    $(Rule::$name => $id,)*
                }
            }

            /// What is wrong, in a few words without a capital letter or a full stop.
            pub fn title(self) -> &'static str {
                match self {
                    $(Rule::$name => $title,)*
                }
            }

            /// What the rule means and what to do instead, in two to four lines of plain text.
            pub fn explain(self) -> &'static str {
                match self {
                    $(Rule::$name => $text,)*
                }
            }
        }
    };
}

rules! {
    /// The server does not have the contract.
    Contract = "B001", "the server does not have the contract",
        "None of the contract's calls reaches anyone, and none of its events comes.\n\
         Keep the contract, marked as deprecated, until nobody calls it any more. A contract's name is its namespace and\n\
         that of the trait: when either changes, it is another contract.";
    /// The contract does not extend another one any more.
    Extends = "B002", "the server's contract does not extend the other one",
        "Whoever has the contract's mailbox may call the contracts that it extends. An actor that serves it need not serve\n\
         them any more.\n\
         Keep the supertrait, or have callers ask for the other contract by itself.";
    /// The server's contract has no such message.
    Message = "B003", "the server does not know the message",
        "The call is refused as an unknown message type.\n\
         Keep the method, marked as deprecated, until nobody calls it any more. If it has another name now, keep the old one\n\
         with `#[method(alias = \"…\")]`, or the new one away from the wire with `#[method(name = \"…\")]`.";
    /// A further name of a message is not known any more.
    MessageAlias = "B004", "the server does not know a further name of the message",
        "Callers that were made before the message got its present name use the old one.\n\
         Keep the alias until none of them is left. Clients that are made from this document do not use it.";
    /// A call has another number of replies.
    Replies = "B005", "a call has another number of replies",
        "An ask has one reply, a tell none, a stream any number, and callers wait accordingly. Only a tell may become an ask,\n\
         whose reply is then dropped.\n\
         Add a method with a name of its own, and keep the old one.";
    /// The server declares an error that the caller does not expect.
    Error = "B006", "the server may refuse with an error that the caller does not know",
        "Clients of a call without a declared error have no type that they could read one into.\n\
         Add a method that may fail and keep the old one, or declare errors from the beginning.";
    /// The server's contract does not publish the event.
    Event = "B007", "the server does not publish the event",
        "Those who subscribe to it wait for something that never comes.\n\
         Keep publishing it until nobody subscribes any more.";
    /// A call that callers repeat must not be made twice.
    Repeated = "B008", "the call must not be made twice",
        "Callers repeat a call of an `#[idempotent]` method when they lose the connection before its reply came. The\n\
         server's method says nothing of the kind any more, so that a call could be carried out twice.\n\
         Keep what the method does harmless when it is done twice, or add a method that is not idempotent and keep the old\n\
         one.";
    /// The reader needs an entry that the writer never writes.
    Needed = "B010", "the reader needs an entry that is never written",
        "A field or argument that is new to a request must be one that may be left out: an `Option`, or a field with\n\
         `#[serde(default)]`. A field of a reply must stay as long as there are callers who read it.\n\
         If it was only renamed: `#[serde(alias = \"…\")]` keeps the old name of what is accepted.";
    /// The reader needs an entry that the writer may leave out.
    AlwaysNeeded = "B011", "the reader needs an entry that may be left out",
        "What a request may leave out, it may leave out for ever; what a reply always has, it must always have.\n\
         Keep the default where it is accepted, and do not begin to skip the field where it is produced.";
    /// The reader refuses entries that it does not know.
    Unknown = "B012", "the reader refuses an entry that it does not know",
        "The reader's type says `deny_unknown_fields`, and the writer has a field that it does not have.\n\
         Leave the field out, or leave `deny_unknown_fields` out first and wait until nobody has the stricter type. Clients of\n\
         other languages read replies all the same; callers in Rust that link the contract's crate do not.";
    /// A further name of an entry is not read any more.
    Alias = "B013", "a further name of an entry is not read",
        "Callers that were made before the field got its present name use the old one.\n\
         Keep the alias until none of them is left. Clients that are made from this document do not use it.";
    /// Two entries of the writer are one to the reader.
    Twice = "B014", "two entries are names of one",
        "The reader takes both entries for the same field and refuses the second.\n\
         Give the field's alias another name, or leave it out.";
    /// Entries that stand among others may be taken for something else.
    Flattened = "B015", "what is flattened may be taken for something else",
        "Entries of a flattened type have no place of their own: a map takes all that nobody else does, and an enum what has\n\
         the name of a tag or of a variant. With other fields beside it, entries change hands.\n\
         Put new fields inside a field of its own, which is not flattened.";
    /// The reader does not know a variant.
    Variant = "B020", "the reader does not know the variant",
        "Callers that link the contract's crate refuse a variant that their enum does not have, unless one of its own says\n\
         `#[serde(other)]`. Generated clients keep it, but in untagged enums and in what is flattened. What was accepted in a\n\
         request must always be.\n\
         Send the new variant to those only who ask for it, by a new method or a new argument.";
    /// A further name of a variant is not read any more.
    VariantAlias = "B021", "a further name of the variant is not read",
        "Callers that were made before the variant got its present name use the old one.\n\
         Keep the alias until none of them is left. Clients that are made from this document do not use it.";
    /// A variant has other data.
    Data = "B022", "a variant has data at one end only",
        "A variant without data is written in another way than one with data, even if they are null.\n\
         Add a variant with the data and keep the one without, or give it named fields from the beginning.";
    /// The variants of an enum are told in another way.
    Tagging = "B023", "variants are told in another way",
        "`tag`, `content` and `untagged` say where a variant's name stands and whether it does.\n\
         Keep them, and the names of the entries, or make another type and use it in another method.";
    /// What is written is none of what the reader tries one after the other.
    Alternatives = "B024", "none of the alternatives reads it",
        "The reader tries several types, as it does for an untagged enum, and none reads all of these values.\n\
         Make one of the alternatives wider, or add one.";
    /// The values are of another kind.
    Kind = "B030", "values are of another kind",
        "The types have nothing in common on the wire: a text is no number, a list is no struct.\n\
         Add a field, an argument or a method of the new type, and keep the old one until nobody uses it.";
    /// Some numbers are out of the reader's range.
    Range = "B031", "numbers may be out of the reader's range",
        "A request's numbers may become wider and a reply's narrower, never the other way round. The same holds for zero,\n\
         which a nonzero type refuses, and for integers that a float cannot tell apart.\n\
         Add a field, an argument or a method with the other type, and keep the old one.";
    /// Some texts have a form that the reader refuses.
    TextForm = "B032", "texts may have a form that the reader refuses",
        "The reader wants a text of a certain form, such as a UUID or a date, and not all of the writer's texts have it.\n\
         A request's texts may become freer and a reply's stricter, never the other way round.";
    /// The reader does not take null.
    Null = "B033", "the reader does not take null",
        "A request may be given an `Option` and a reply may lose one, never the other way round.\n\
         Keep the `Option`, or add a field, an argument or a method without it.";
    /// A list has another number of items.
    Length = "B034", "the lists have different lengths",
        "Arrays and tuples have a fixed number of items, and a list that may have any number is none of them.\n\
         Make it a list, if it is not yet written by anyone, or a struct, which may grow.";
    /// One of the codecs writes the values in another way.
    Encoding = "B035", "one of the codecs writes it in another way",
        "JSON writes both alike, MessagePack does not: bytes are no list of numbers there, and integers of 128 bits are\n\
         bytes. Which codec a caller uses is up to the caller.\n\
         Add a field, an argument or a method of the new type, and keep the old one.";
    /// A mailbox is of another contract.
    Mailbox = "B036", "the mailbox is of another contract",
        "A mailbox says of which contract it is, and whoever is given one refuses those of other contracts.\n\
         Add an argument, a field or a method for the other one, and keep the old one.";
    /// The documents are too large to be judged.
    TooLarge = "B090", "the documents are too large to be judged",
        "So many types refer to one another in so many ways that judging all of them would take too long. What was not\n\
         judged is taken not to fit.\n\
         Divide the contract, or make both ends from the same document.";
}

impl Rule {
    /// Whether it concerns only those who still use a further name: clients that are made from the caller's document
    /// write the first names.
    pub fn is_of_aliases(self) -> bool {
        matches!(self, Rule::MessageAlias | Rule::Alias | Rule::VariantAlias)
    }
}

/// The ID.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// As its ID.
impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}
