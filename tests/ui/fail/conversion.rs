//! What a type is converted from and into crosses the wire in its place.

use callsheet::contract_type;

#[derive(serde::Serialize, serde::Deserialize)]
pub struct Text(String);

#[contract_type]
#[derive(Clone)]
#[serde(from = "Text", into = "Text")]
pub struct Note {
    pub text: String,
}

impl From<Text> for Note {
    fn from(text: Text) -> Self {
        Note { text: text.0 }
    }
}

impl From<Note> for Text {
    fn from(note: Note) -> Self {
        Text(note.text)
    }
}

fn main() {}
