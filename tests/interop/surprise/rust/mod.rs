//! The generated Rust client of the contract that nobody had in mind.

mod customs;

use std::{collections::BTreeMap, time::Duration};

use futures_util::{StreamExt, TryStreamExt};
use surprise_client::{
    Adjacent, Alarm, Broken, Bulletin, CallError, Client, Code, Codec, ConnectOptions, Entry, Error, External, Heading,
    Lenient, Map, OddNames, Pair, Promise, Strict, Title, Tree, Untagged, Words,
};

use crate::service::Service;

const CODECS: [Codec; 2] = [Codec::Json, Codec::MessagePack];

async fn connect(service: &Service, codec: Codec) -> Client {
    let options = ConnectOptions::new().codec(codec).timeout(Duration::from_secs(10));
    Client::connect_with(service.socket(), options)
        .await
        .expect("it listens")
}

fn title() -> Title {
    Title {
        words: vec!["On".to_owned(), "Growth".to_owned()],
        year: Some(1917),
    }
}

#[tokio::test]
async fn everything_is_carried_as_it_is() {
    let service = Service::surprise();
    for codec in CODECS {
        let client = connect(&service, codec).await;
        let (archive, mirror) = (client.archive(), client.mirror());
        let sample = archive.sample().await.expect("it replies");
        archive.verify(&sample).await.expect("nothing was lost on the way");

        let scalars = &sample.scalars;
        assert_eq!(
            (scalars.i64, scalars.u64, scalars.i128, scalars.u128),
            (i64::MIN, u64::MAX, i128::MIN, u128::MAX)
        );
        assert_eq!(
            (scalars.f32, scalars.f64.to_bits(), scalars.char),
            (0.1, (-0.0_f64).to_bits(), '\u{10FFFF}')
        );
        assert_eq!(sample.externals[6], External::Tuple(i64::MIN, "tuple".to_owned(), None));
        assert_eq!(
            sample.adjacents[3],
            Adjacent::Perhaps(Some(Pair(i64::MIN, String::new())))
        );
        assert_eq!(sample.untagged[7], Untagged::Newtype(title()));
        assert_eq!(sample.containers.by_large_number[&u64::MAX][&255], "most");
        let OddNames { r#type, größe, .. } = &sample.names;
        assert_eq!((r#type.as_str(), *größe), ("type", 13.5));

        assert_eq!(mirror.scalars(scalars).await.as_ref(), Ok(scalars));
        assert_eq!(
            mirror.containers(&sample.containers).await.as_ref(),
            Ok(&sample.containers)
        );
        for external in &sample.externals {
            assert_eq!(mirror.external(external).await.as_ref(), Ok(external));
        }
        for internal in &sample.internals {
            assert_eq!(mirror.internal(internal).await.as_ref(), Ok(internal));
        }
        for adjacent in &sample.adjacents {
            assert_eq!(mirror.adjacent(adjacent).await.as_ref(), Ok(adjacent));
        }
        for untagged in &sample.untagged {
            assert_eq!(mirror.untagged(untagged).await.as_ref(), Ok(untagged));
        }
        assert_eq!(mirror.odd_names(&sample.names).await.as_ref(), Ok(&sample.names));
        assert_eq!(mirror.times(&sample.times).await.as_ref(), Ok(&sample.times));
        assert_eq!(mirror.tree(&sample.tree).await.as_ref(), Ok(&sample.tree));
        assert_eq!(
            mirror.expression(&sample.expression).await.as_ref(),
            Ok(&sample.expression)
        );
    }
    service.stop();
}

#[tokio::test]
async fn what_differs_is_a_declared_error() {
    let service = Service::surprise();
    for codec in CODECS {
        let archive = connect(&service, codec).await.archive();
        let mut changed = archive.sample().await.expect("it replies");
        changed.tree = Tree {
            label: String::new(),
            children: Vec::new(),
            by_name: None,
        };
        match archive.verify(&changed).await {
            Err(CallError::Contract(difference)) => assert_eq!(difference.parts, ["tree"]),
            other => panic!("expected a difference, found {other:?}"),
        }
    }
    service.stop();
}

#[tokio::test]
async fn values_of_every_kind_are_given_back() {
    let service = Service::surprise();
    for codec in CODECS {
        let mirror = connect(&service, codec).await.mirror();
        for option in [None, Some(0), Some(u64::MAX)] {
            assert_eq!(mirror.option(option).await, Ok(option));
        }
        for text in ["", "\0", "🏳️‍🌈", "\u{d7ff}\u{e000}"] {
            assert_eq!(mirror.text(text).await.as_deref(), Ok(text));
        }
        for number in [0.1, f64::MAX, 5e-324, 1e21] {
            assert_eq!(mirror.number(number).await, Ok(number));
        }
        let map = BTreeMap::from([(0, None), (u64::MAX, Some(title()))]);
        assert_eq!(mirror.map(&map).await, Ok(map));

        let pairs = [Pair(6, "six".to_owned())];
        let nine = Map {
            error: Some(Error::Ok("ok".to_owned())),
            promise: Promise::Then,
        };
        let seven = (true, Heading::Nowhere);
        let ten = Some(Duration::from_secs(10));
        let given = mirror
            .ten(1, -2, 3.5, "four", None, &pairs, &seven, &[8, 9], &nine, ten)
            .await;
        let (first, second) = given.expect("it replies");
        assert_eq!(first, (1, -2, 3.5, "four".to_owned(), None));
        assert_eq!(second, (pairs.to_vec(), seven, [8, 9], nine, ten));

        let least = Lenient {
            with_default: None,
            list_if_any: None,
            option_if_any: None,
            new_name: None,
            two_faced: "least".to_owned(),
        };
        let filled = Lenient {
            with_default: Some(0),
            ..least.clone()
        };
        assert_eq!(mirror.lenient(&least).await, Ok(filled));
        assert_eq!(
            mirror.strict(&Strict { number: None }).await,
            Ok(Strict { number: Some(7) })
        );
    }
    service.stop();
}

#[tokio::test]
async fn words_of_the_language_are_names() {
    let service = Service::surprise();
    let desk = connect(&service, Codec::Json).await.import();
    assert_eq!(desk.r#type("type").await.as_deref(), Ok("type"));
    assert_eq!(desk.class(1, 1, 0).await, Ok(3));
    assert_eq!(desk.delete(1, 0, 1, 0, 1).await, Ok(21));
    assert_eq!(desk.constructor(&Promise::Constructor).await, Ok(Promise::Constructor));
    assert_eq!(desk.then(0, 1).await, Ok(2));
    assert_eq!(desk.lambda(1, 1, 1, 1, 0).await, Ok(15));
    assert_eq!(desk.call(0, 0, 1, 0, 0, 0, 0, 0, 1).await, Ok(0b1_0000_0100));
    let words = Words {
        lambda: 1,
        r#fn: 2,
        function: 3,
        map: Map {
            error: None,
            promise: Promise::Then,
        },
    };
    let patient = desk.with_timeout(Duration::from_secs(5));
    assert_eq!(patient.with_timeout_(&words).await, Ok(words));
    assert_eq!((desk.close().await, desk.class_2().await), (Ok(3), Ok(2)));
    service.stop();
}

#[tokio::test]
async fn calls_of_every_kind() {
    let service = Service::surprise();
    for codec in CODECS {
        let archive = connect(&service, codec).await.archive();

        let entries: Vec<Entry> = archive.entries(1000, None).try_collect().await.expect("none is broken");
        assert!(entries.iter().map(|entry| entry.number).eq(0..1000));

        let mut entries = archive.entries(10, Some(6));
        for number in 0..6 {
            let entry = entries.next().await.expect("an item").expect("it is not broken");
            assert_eq!(entry.number, number);
        }
        let broken = Broken::At {
            number: 6,
            because: vec![
                Broken::Entirely,
                Broken::Entry(Entry {
                    number: 6,
                    heading: Some(Heading::Uphill),
                }),
            ],
        };
        assert_eq!(entries.next().await, Some(Err(CallError::Contract(broken.clone()))));
        assert_eq!(entries.next().await, None);

        for items in [&[][..], &[None], &[Some(1), None], &[None, None, Some(3)]] {
            let gaps: Vec<_> = archive.gaps(items).try_collect().await.expect("it streams");
            assert_eq!(gaps, items);
        }
        let locked: Vec<_> = archive.open("locked").collect().await;
        assert_eq!(locked, [Err(CallError::Contract(Error::Err { error: u64::MAX }))]);

        let before = archive.forgotten().await.expect("it replies");
        archive.forget().await.expect("it replies");
        assert_eq!(archive.forgotten().await, Ok(before + 1));
        assert_eq!(archive.fail(None).await, Ok(None));
        assert_eq!(archive.fail(Some(&broken)).await, Err(CallError::Contract(broken)));

        let late = archive.with_timeout(Duration::from_millis(100)).wait().await;
        assert_eq!(late.expect_err("it never replies").code(), Code::Timeout);
        match (codec, archive.not_a_number().await) {
            (Codec::MessagePack, number) => assert!(number.expect("MessagePack has it").is_nan()),
            (_, number) => assert_eq!(number.expect_err("JSON has none").code(), Code::SerializationError),
        }
    }
    service.stop();
}

#[tokio::test]
async fn events_arrive() {
    let service = Service::surprise();
    for codec in CODECS {
        let archive = connect(&service, codec).await.archive();
        let mut bulletins = archive.subscribe_bulletin().await.expect("it is confirmed");
        let mut alarms = archive.subscribe_alarm().await.expect("it is confirmed");
        let bulletin = Bulletin {
            title: title(),
            body: External::Perhaps(None),
        };
        archive.announce(&bulletin).await.expect("it is sent");
        archive
            .alarm(&[Alarm::Howls(u64::MAX), Alarm::Rests], 2)
            .await
            .expect("it is sent");

        let received = bulletins.next().await.expect("a notice").expect("it fits").event();
        assert_eq!(received.expect("nothing is lost").into_inner(), bulletin);
        let received: Vec<Alarm> = alarms
            .by_ref()
            .take(4)
            .map_ok(|notice| notice.event().expect("nothing is lost").into_inner())
            .try_collect()
            .await
            .expect("they fit");
        assert_eq!(
            received,
            [
                Alarm::Howls(u64::MAX),
                Alarm::Rests,
                Alarm::Howls(u64::MAX),
                Alarm::Rests
            ]
        );
        assert_eq!(archive.subscribe("four", &["five".to_owned()], 6).await, Ok(11));
    }
    service.stop();
}
