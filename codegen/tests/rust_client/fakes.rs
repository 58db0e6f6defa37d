//! Values whose names on the wire are others in each direction, between a client and a fake.
#![cfg(feature = "testing")]

use futures_util::stream::{self, Stream, StreamExt};
use hosting_client::{
    Choice, Client, Codec, ConnectOptions, Level, Settings, UnknownVariant,
    testing::{FakeServer, HostError, SourceFake, TakerFake},
};

fn settings(level: Level, choice: Choice) -> Settings {
    Settings {
        max_retries: 3,
        note: Some(None),
        level,
        choice,
    }
}

struct Swapping;

impl TakerFake for Swapping {
    async fn swap(&self, given: Settings) -> Result<Settings, HostError> {
        assert_eq!(given, settings(Level::Low, Choice::Something { from: 7 }));
        Ok(settings(Level::High, Choice::Nothing))
    }
}

impl SourceFake for Swapping {
    async fn import(&self, class: Settings, self_: Option<u8>) -> Result<Settings, HostError> {
        assert_eq!(self_, None);
        Ok(class)
    }

    fn list(&self, id: (u8, String)) -> impl Stream<Item = Result<Settings, HostError>> + Send {
        let note = Some(Some(id.1));
        let item = move |max_retries| Settings {
            max_retries,
            note: note.clone(),
            ..settings(Level::Low, Choice::Nothing)
        };
        stream::iter((0..u32::from(id.0)).map(item).map(Ok))
    }
}

#[tokio::test]
async fn values_are_the_same_on_both_sides() {
    let server = FakeServer::new().unwrap();
    server.serve_taker(Swapping);
    server.serve_source(Swapping);
    for codec in [Codec::Json, Codec::MessagePack] {
        let options = ConnectOptions::new().codec(codec);
        let client = Client::connect_with(server.path(), options).await.unwrap();
        let given = settings(Level::Low, Choice::Something { from: 7 });
        let swapped = client.taker().swap(&given).await;
        assert_eq!(swapped, Ok(settings(Level::High, Choice::Nothing)));
        // What neither knows is kept.
        let unknown = settings(Level::Unknown(UnknownVariant::named("Middle")), Choice::Nothing);
        assert_eq!(client.source().import(&unknown, None).await, Ok(unknown));
        let items: Vec<_> = client.source().list(&(2, "text".to_owned())).collect().await;
        let numbers = items.iter().map(|item| item.as_ref().unwrap().max_retries);
        assert!(numbers.eq([0, 1]));
    }
}
