//! Lengths in the names of types.

/// A length, in decimal digits.
pub(super) struct Length<const N: usize>;

impl<const N: usize> Length<N> {
    const DIGITS: usize = match N.checked_ilog10() {
        Some(logarithm) => logarithm as usize + 1,
        None => 1,
    };

    /// The digits, after bytes that do not count: an array's length cannot depend on `N`.
    const BYTES: &'static [u8; 20] = &{
        let mut bytes = [0; 20];
        let (mut at, mut rest) = (bytes.len(), N);
        while at > bytes.len() - Self::DIGITS {
            at -= 1;
            bytes[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        bytes
    };

    pub(super) const TEXT: &'static str = match str::from_utf8(Self::BYTES.split_at(Self::BYTES.len() - Self::DIGITS).1)
    {
        Ok(digits) => digits,
        Err(_) => panic!("digits are text"),
    };
}
