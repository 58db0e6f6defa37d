//! Types as users write them: joined from others, converted on the way, different in each direction.

use std::{
    collections::BTreeMap,
    num::{NonZero, NonZeroU16, NonZeroU64},
};

use callsheet_client::text::{Date, Decimal, Url, Uuid};
use futures_util::{StreamExt, TryStreamExt};
use surprise_client::{
    CallError, Cause, Code, Comfort, ComfortInput, Command, Consignment, Days, Delivered, Delivery, Discount, Email,
    Failure, Keywords, KeywordsInput, OffsetDateTime, Outline, PageDelivery, PageSettings, PageSettingsInput,
    PageTemperatureInput, PageUser, Period, PeriodInput, Priority, RangeInclusiveValue, Reading, Refusal, Role,
    Settings, SettingsInput, Speed, Temperature, TemperatureInput, Test, TimeDelta, User, Value, WebhookEvent, Weekday,
};

use super::{CODECS, connect};
use crate::service::Service;

const BOILING: Temperature = Temperature(Reading {
    celsius: 100.0,
    fahrenheit: 212.0,
});
const FREEZING: Temperature = Temperature(Reading {
    celsius: 0.0,
    fahrenheit: 32.0,
});

fn settings_input(name: &str, secret: &str) -> SettingsInput {
    SettingsInput {
        name: name.to_owned(),
        secret: secret.to_owned(),
        revision: None,
        attempts: None,
        limit: None,
    }
}

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn days(first: &str, last: &str) -> PeriodInput {
    PeriodInput(Days {
        first: day(first),
        last: day(last),
    })
}

#[tokio::test]
async fn everything_is_carried_as_it_is() {
    let service = Service::surprise();
    for codec in CODECS {
        let customs = connect(&service, codec).await.customs();
        let sample = customs.sample().await.expect("it replies");
        customs.verify(&sample).await.expect("nothing was lost on the way");

        let [first, least, last] = &sample.users.items[..] else {
            panic!("expected three users, found {:?}", sample.users);
        };
        let by = "00000000-0000-0000-0000-000000000002".parse().expect("a UUID");
        assert_eq!(&*first.created_at, "2024-02-29T23:59:59.999999Z");
        assert_eq!(first.cause, Some(Cause::Person { by }));
        assert_eq!(
            (first.town.as_deref(), first.code),
            (Some("Ås"), Some(NonZero::<u32>::MAX))
        );
        assert_eq!((&least.cause, &least.street, &least.role), (&None, &None, &Role::Guest));
        assert_eq!(
            (&last.cause, &last.role),
            (&Some(Cause::Unknown), &Role::Member(Priority::High))
        );
        assert_eq!(sample.roles.items[1].items[1], Role::Member(Priority::Other));

        let extra = &sample.deliveries[1].extra;
        assert_eq!(extra["nothing"], Value::Nothing);
        assert_eq!(extra["__proto__"], Value::Whole(1));
        assert_eq!(extra[""], Value::List(vec![Value::Truth(true)]));
        assert_eq!(sample.deliveries[1].event, WebhookEvent::UserCreated(first.clone()));
        let Command::Label(labels) = &sample.commands[4] else {
            panic!("expected labels, found {:?}", sample.commands[4]);
        };
        assert_eq!(labels["kind"], "label");
        let between = Test::Between(RangeInclusiveValue {
            start: Value::Whole(0),
            end: Value::Whole(i64::MAX),
        });
        assert!(sample.filters.iter().any(|filter| filter.test == between));
        assert_eq!(sample.sketches[0].outline, Outline::Circle { radius: 0.5 });
        assert_eq!(sample.discounts[3], Discount::Code(u64::MAX));

        let (moments, limits) = (&sample.moments, &sample.limits);
        assert_eq!(
            (&moments.weekday, moments.span),
            (&Weekday::Sun, TimeDelta(-1, 500_000_000))
        );
        assert_eq!(sample.locations.sockets[1], ([0, 0, 0, 0, 0, 0, 0, 1], 65535).into());
        assert_eq!((limits.large, limits.perhaps), (NonZero::<i64>::MIN, None));
        let decimals: Vec<&str> = limits.decimals.iter().map(|decimal| &**decimal).collect();
        assert_eq!(decimals, ["79228162514264337593543950335", "-1.50", "0.00"]);
        assert!(sample.keys.by_large_number[&NonZeroU64::MAX]);
        assert_eq!(sample.storage.c_string.0, "text");

        assert_eq!(customs.users(&sample.users).await.as_ref(), Ok(&sample.users));
        for command in &sample.commands {
            assert_eq!(customs.command(command).await.as_ref(), Ok(command));
        }
        for filter in &sample.filters {
            assert_eq!(customs.search(filter).await.as_ref(), Ok(filter));
        }
        assert_eq!(customs.moments(moments).await.as_ref(), Ok(moments));
        assert_eq!(
            customs.locations(&sample.locations).await.as_ref(),
            Ok(&sample.locations)
        );
        assert_eq!(customs.limits(limits).await.as_ref(), Ok(limits));
        assert_eq!(customs.keys(&sample.keys).await.as_ref(), Ok(&sample.keys));
        assert_eq!(customs.storage(&sample.storage).await.as_ref(), Ok(&sample.storage));
        assert_eq!(customs.cook(&sample.cooking).await, Ok(sample.cooking));

        let half = User {
            town: None,
            ..first.clone()
        };
        let none = User {
            street: None,
            code: None,
            ..half.clone()
        };
        let page = |user: User| PageUser {
            items: vec![user],
            total: 1,
            next: None,
        };
        assert_eq!(customs.users(&page(half)).await, Ok(page(none)));
    }
    service.stop();
}

#[tokio::test]
async fn each_direction_has_its_own_type() {
    let service = Service::surprise();
    for codec in CODECS {
        let customs = connect(&service, codec).await.customs();
        let least = Settings {
            name: "least".to_owned(),
            fingerprint: 4,
            revision: None,
            attempts: 3,
            limit: None,
        };
        assert_eq!(
            customs.configure(&settings_input("least", "four")).await.as_ref(),
            Ok(&least)
        );
        let most = SettingsInput {
            revision: Some(NonZero::<u64>::MAX),
            attempts: Some(255),
            limit: Some(TemperatureInput(100.0)),
            ..settings_input("most", "")
        };
        let told = Settings {
            name: "most".to_owned(),
            fingerprint: 0,
            revision: Some(NonZero::<u64>::MAX),
            attempts: 255,
            limit: Some(BOILING),
        };
        assert_eq!(customs.configure(&most).await, Ok(told));

        let sent = PageSettingsInput {
            items: vec![settings_input("least", "four")],
            total: 1,
            next: Some(String::new()),
        };
        let received = PageSettings {
            items: vec![least],
            total: 1,
            next: Some(String::new()),
        };
        let configured = customs.configure_all(&BTreeMap::from([(NonZeroU16::MAX, sent)])).await;
        assert_eq!(configured, Ok(BTreeMap::from([(NonZeroU16::MAX, received)])));

        let page = PageTemperatureInput {
            items: vec![TemperatureInput(100.0), TemperatureInput(0.0)],
            total: 2,
            next: None,
        };
        let measured = customs.measure(&page).await.expect("it replies");
        assert_eq!(measured.items, [BOILING, FREEZING]);

        let within = ComfortInput::Within {
            low: TemperatureInput(0.0),
            high: Some(TemperatureInput(100.0)),
        };
        let received = Comfort::Within {
            low: FREEZING,
            high: Some(BOILING),
        };
        assert_eq!(customs.comfort(&within).await, Ok(received));
        assert_eq!(customs.comfort(&ComfortInput::Any).await, Ok(Comfort::Any));

        let sent = KeywordsInput {
            words: "a,,☃".to_owned(),
        };
        let received = Keywords {
            words: ["a", "", "☃"].map(str::to_owned).to_vec(),
        };
        assert_eq!(customs.index(&sent).await, Ok(received));
        let speeds = [Speed::Fast, Speed::Slow];
        assert_eq!(customs.accelerate(&speeds).await.as_deref(), Ok(&speeds[..]));

        let guests = [Email("a@example.org".to_owned())];
        let period = Period {
            first: day("2024-02-01"),
            last: day("2024-02-29"),
            days: 29,
        };
        let booked = customs.book(&days("2024-02-01", "2024-02-29"), &guests).await;
        assert_eq!(booked, Ok((period, guests.to_vec())));
    }
    service.stop();
}

#[tokio::test]
async fn what_does_not_fit_is_refused_where_it_stands() {
    fn refused<T: std::fmt::Debug>(outcome: Result<T, Failure>, place: &str, words: &str) {
        let failure = outcome.expect_err("it does not fit");
        let message = failure.to_string();
        assert!(message.contains(place) && message.contains(words), "{message}");
        assert_eq!(
            (failure.code(), failure.delivered()),
            (Code::SerializationError, Delivered::No)
        );
    }
    let service = Service::surprise();
    for codec in CODECS {
        let customs = connect(&service, codec).await.customs();
        let sample = customs.sample().await.expect("it replies");

        let guests = ["a@b", "nobody"].map(|guest| Email(guest.to_owned()));
        let (february, backwards) = (days("2024-02-01", "2024-02-29"), days("2024-02-29", "2024-02-01"));
        refused(
            customs.book(&backwards, &[]).await,
            "period",
            "the first day is after the last",
        );
        refused(customs.book(&february, &guests).await, "guests[1]", "has a host");

        let mut moments = sample.moments;
        moments.other = OffsetDateTime("1970-01-01".to_owned());
        refused(customs.moments(&moments).await, "moments.other", "");

        let mut locations = sample.locations;
        locations.socket_v4.0 = ([0, 0, 0, 0, 0, 0, 0, 1], 80).into();
        refused(customs.locations(&locations).await, "locations.socket_v4", "");
    }
    service.stop();
}

#[test]
fn text_that_has_not_its_form_is_refused_before_there_is_a_value() {
    assert!("2024-02-30".parse::<Date>().is_err());
    assert!("no address".parse::<Url>().is_err());
    assert!("one".parse::<Decimal>().is_err());
    assert!("me".parse::<Uuid>().is_err());
}

#[tokio::test]
async fn declared_errors_streams_and_events() {
    let service = Service::surprise();
    for codec in CODECS {
        let customs = connect(&service, codec).await.customs();
        let Consignment { deliveries, users, .. } = customs.sample().await.expect("it replies");
        for delivery in &deliveries {
            let receipt = customs.admit(delivery).await.expect("it is of use");
            assert_eq!(
                (&receipt.id, &receipt.event, &receipt.extra),
                (&delivery.id, &delivery.event, &delivery.extra)
            );
        }

        let useless = Delivery {
            extra: BTreeMap::from([
                ("useless".to_owned(), Value::Truth(true)),
                ("why".to_owned(), Value::Text("☃".to_owned())),
                ("number".to_owned(), Value::Whole(1)),
            ]),
            ..deliveries[0].clone()
        };
        let refusal = Refusal {
            id: useless.id.clone(),
            texts: BTreeMap::from([("why".to_owned(), "☃".to_owned())]),
        };
        assert_eq!(customs.admit(&useless).await, Err(CallError::Contract(refusal.clone())));

        let page = PageDelivery {
            items: deliveries.iter().chain([&useless]).cloned().collect(),
            total: 5,
            next: None,
        };
        let mut stream = customs.admit_all(&page);
        let read: Vec<Delivery> = stream
            .by_ref()
            .take(deliveries.len())
            .try_collect()
            .await
            .expect("all are of use");
        assert_eq!(read, deliveries);
        assert_eq!(stream.next().await, Some(Err(CallError::Contract(refusal))));
        assert_eq!(stream.next().await, None);

        let mut events = customs.subscribe_delivery().await.expect("it is confirmed");
        let mut pages = customs.subscribe_page_user().await.expect("it is confirmed");
        for delivery in &deliveries {
            customs.publish(delivery, &users).await.expect("it is sent");
            let event = events.next().await.expect("a notice").expect("it fits").event();
            assert_eq!(&event.expect("nothing is lost").into_inner(), delivery);
            let page = pages.next().await.expect("a notice").expect("it fits").event();
            assert_eq!(page.expect("nothing is lost").into_inner(), users);
        }
    }
    service.stop();
}
