use rust_decimal::Decimal;

use crate::expect::{called, read, refused, written};

#[test]
fn decimals_are_text_with_their_scale() {
    called::<Decimal>("decimal");
    written(&Decimal::new(-1250, 2), r#""-12.50""#);
    written(&Decimal::new(0, 2), r#""0.00""#);
    written(&Decimal::MAX, r#""79228162514264337593543950335""#);
    written(&Decimal::MIN, r#""-79228162514264337593543950335""#);
    written(&Decimal::new(1, 28), r#""0.0000000000000000000000000001""#);
    read::<Decimal>(r#""79228162514264337593543950336""#).expect_err("one more than fits");
    refused::<Decimal>(r#""""#);
    refused::<Decimal>(r#""1,5""#);
}
