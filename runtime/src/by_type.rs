//! Values that are kept by a type, one of each, and lent for as long as the whole is.

use std::{any::TypeId, sync::OnceLock};

/// Values of many types, as objects `T`. There are few, so they are looked for one by one; none is ever taken out, so what is
/// lent stays where it is.
pub struct ByType<T: ?Sized>(OnceLock<Box<Kept<T>>>);

struct Kept<T: ?Sized> {
    of: TypeId,
    value: Box<T>,
    next: ByType<T>,
}

impl<T: ?Sized> ByType<T> {
    pub(crate) const fn new() -> Self {
        ByType(OnceLock::new())
    }

    /// What is kept by the type `of`; `make` makes it if there is nothing yet.
    pub(crate) fn get(&self, of: TypeId, make: impl Fn() -> Box<T>) -> &T {
        let mut place = self;
        loop {
            let kept = place.0.get_or_init(|| {
                Box::new(Kept {
                    of,
                    value: make(),
                    next: ByType::new(),
                })
            });
            if kept.of == of {
                return &kept.value;
            }
            place = &kept.next;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::any::{Any, TypeId};

    use super::ByType;

    #[test]
    fn each_type_has_one_value_which_stays_where_it_is() {
        let kept = ByType::<dyn Any>::new();
        let number = kept.get(TypeId::of::<u32>(), || Box::new(1_u32));
        let text = kept.get(TypeId::of::<String>(), || Box::new("one".to_owned()));
        let again = kept.get(TypeId::of::<u32>(), || Box::new(2_u32));
        assert_eq!(number.downcast_ref(), Some(&1_u32));
        assert_eq!(text.downcast_ref::<String>().map(String::as_str), Some("one"));
        assert!(std::ptr::addr_eq(number, again));
    }
}
