use std::{
    cmp::Reverse,
    marker::PhantomData,
    num::{
        NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize, NonZeroU8, NonZeroU16, NonZeroU32,
        NonZeroU64, NonZeroU128, NonZeroUsize, Saturating, Wrapping,
    },
    sync::atomic::{
        AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16, AtomicU32, AtomicU64,
        AtomicUsize,
    },
    time::{Duration, SystemTime},
};

use crate::expect::{called, read, refused, written, written_apart};

#[test]
fn truth_and_nothing() {
    called::<()>("unit");
    written(&(), "null");
    called::<PhantomData<String>>("unit");
    written(&PhantomData::<String>, "null");
    called::<bool>("bool");
    written(&true, "true");
    called::<AtomicBool>("bool");
    written(&AtomicBool::new(false), "false");
}

#[test]
fn integers() {
    called::<i8>("i8");
    written(&i8::MIN, "-128");
    called::<i16>("i16");
    written(&i16::MIN, "-32768");
    called::<i32>("i32");
    written(&i32::MIN, "-2147483648");
    called::<i64>("i64");
    written(&i64::MIN, "-9223372036854775808");
    called::<isize>("i64");
    written(&isize::MAX, "9223372036854775807");
    called::<u8>("u8");
    written(&u8::MAX, "255");
    called::<u16>("u16");
    written(&u16::MAX, "65535");
    called::<u32>("u32");
    written(&u32::MAX, "4294967295");
    called::<u64>("u64");
    written(&u64::MAX, "18446744073709551615");
    called::<usize>("u64");
    written(&usize::MAX, "18446744073709551615");
}

#[test]
fn integers_of_128_bits_are_16_bytes_in_messagepack() {
    called::<i128>("i128");
    let least = b"\xc4\x10\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    written_apart(&i128::MIN, "-170141183460469231731687303715884105728", least);
    called::<NonZeroI128>("nonzero<i128>");
    written_apart(&NonZeroI128::MIN, "-170141183460469231731687303715884105728", least);
    written_apart(&Wrapping(i128::MIN), "-170141183460469231731687303715884105728", least);
    written_apart(
        &Saturating(i128::MIN),
        "-170141183460469231731687303715884105728",
        least,
    );

    called::<u128>("u128");
    let greatest = [&b"\xc4\x10"[..], &[0xff; 16]].concat();
    written_apart(&u128::MAX, "340282366920938463463374607431768211455", &greatest);
    called::<NonZeroU128>("nonzero<u128>");
    written_apart(&NonZeroU128::MAX, "340282366920938463463374607431768211455", &greatest);
    refused::<NonZeroU128>("0");
}

#[test]
fn integers_that_are_never_zero() {
    called::<NonZeroI8>("nonzero<i8>");
    written(&NonZeroI8::MIN, "-128");
    called::<NonZeroI16>("nonzero<i16>");
    written(&NonZeroI16::MIN, "-32768");
    called::<NonZeroI32>("nonzero<i32>");
    written(&NonZeroI32::MIN, "-2147483648");
    called::<NonZeroI64>("nonzero<i64>");
    written(&NonZeroI64::MIN, "-9223372036854775808");
    called::<NonZeroIsize>("nonzero<i64>");
    written(&NonZeroIsize::MAX, "9223372036854775807");
    called::<NonZeroU8>("nonzero<u8>");
    written(&NonZeroU8::MAX, "255");
    called::<NonZeroU16>("nonzero<u16>");
    written(&NonZeroU16::MAX, "65535");
    called::<NonZeroU32>("nonzero<u32>");
    written(&NonZeroU32::MAX, "4294967295");
    called::<NonZeroU64>("nonzero<u64>");
    written(&NonZeroU64::MAX, "18446744073709551615");
    called::<NonZeroUsize>("nonzero<u64>");
    written(&NonZeroUsize::MIN, "1");
    refused::<NonZeroU8>("0");
    refused::<NonZeroI64>("0");
}

#[test]
fn integers_that_threads_share() {
    called::<AtomicI8>("i8");
    written(&AtomicI8::new(i8::MIN), "-128");
    called::<AtomicI16>("i16");
    written(&AtomicI16::new(i16::MIN), "-32768");
    called::<AtomicI32>("i32");
    written(&AtomicI32::new(i32::MIN), "-2147483648");
    called::<AtomicI64>("i64");
    written(&AtomicI64::new(i64::MIN), "-9223372036854775808");
    called::<AtomicIsize>("i64");
    written(&AtomicIsize::new(-1), "-1");
    called::<AtomicU8>("u8");
    written(&AtomicU8::new(u8::MAX), "255");
    called::<AtomicU16>("u16");
    written(&AtomicU16::new(u16::MAX), "65535");
    called::<AtomicU32>("u32");
    written(&AtomicU32::new(u32::MAX), "4294967295");
    called::<AtomicU64>("u64");
    written(&AtomicU64::new(u64::MAX), "18446744073709551615");
    called::<AtomicUsize>("u64");
    written(&AtomicUsize::new(1), "1");
}

#[test]
fn integers_that_count_in_their_own_way() {
    called::<Wrapping<u8>>("u8");
    written(&Wrapping(255_u8), "255");
    refused::<Wrapping<u8>>("256");
    called::<Saturating<i16>>("i16");
    written(&Saturating(i16::MIN), "-32768");
    assert_eq!(read::<Saturating<u8>>("256").expect("it saturates"), Saturating(255));
    called::<Reverse<u8>>("u8");
    called::<Reverse<Option<u8>>>("option<u8>");
    written(&Reverse(7_u8), "7");
}

#[test]
fn floats() {
    called::<f32>("f32");
    written_apart(&-0.5_f32, "-0.5", b"\xca\xbf\0\0\0");
    called::<f64>("f64");
    written(&f64::MAX, "1.7976931348623157e+308");
    written(&5e-324, "5e-324");
}

#[test]
fn time() {
    called::<Duration>("duration");
    written(&Duration::MAX, r#"{"secs":18446744073709551615,"nanos":999999999}"#);
    called::<SystemTime>("system_time");
    let later = SystemTime::UNIX_EPOCH + Duration::new(1, 2);
    written(&later, r#"{"secs_since_epoch":1,"nanos_since_epoch":2}"#);
}
