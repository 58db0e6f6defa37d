//! What crosses the wire is owned.

use quote::ToTokens;
use syn::{GenericArgument, Lifetime, Path, PathArguments, PathSegment, Type, TypeReference, visit::Visit};

use crate::fault::{Code, Faults};

/// Whether `written` is data of its own with a name, as whatever crosses the wire is.
pub(super) fn check_owned(written: &Type, what: &str, faults: &mut Faults) -> bool {
    struct Borrows<'a> {
        what: &'a str,
        faults: &'a mut Faults,
        fine: bool,
    }
    impl Borrows<'_> {
        fn fault(&mut self, place: &impl ToTokens, mend: &str) {
            let message = format!("{} {mend}", self.what);
            self.faults.at(place, Code::BorrowedType, message);
            self.fine = false;
        }
    }
    impl<'ast> Visit<'ast> for Borrows<'_> {
        fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
            if let Type::Path(lent) = &*reference.elem
                && lent
                    .path
                    .segments
                    .last()
                    .is_some_and(|last| last.ident == "CallContext")
            {
                return self.fault(
                    reference,
                    "cannot borrow, since it crosses the wire; mark the context of the call with `#[context]`",
                );
            }
            self.fault(
                reference,
                "cannot borrow, since it crosses the wire: use `String` for `&str`, `Vec<T>` for `&[T]`, `T` for `&T`",
            );
        }
        fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
            if lifetime.ident != "static" {
                self.fault(
                    lifetime,
                    "cannot borrow, since it crosses the wire: use a type without a lifetime",
                );
            }
        }
        fn visit_type_impl_trait(&mut self, written: &'ast syn::TypeImplTrait) {
            self.fault(
                written,
                "is a type with a name; of `impl Trait`, a method may only return `impl Stream<Item = T> + 'static`",
            );
        }
        fn visit_type_trait_object(&mut self, written: &'ast syn::TypeTraitObject) {
            self.fault(
                written,
                "is data, so it cannot be a trait object; name a contract type, or a `Mailbox<dyn Trait>` of the actor",
            );
        }
        fn visit_path_segment(&mut self, segment: &'ast PathSegment) {
            // A mailbox is data, and named by the contract of its actor. Whether another type is, its traits say; pointers
            // are known not to be.
            let points = ["Box", "Arc", "Rc", "Cow"]
                .iter()
                .any(|pointer| segment.ident == pointer);
            match &segment.arguments {
                PathArguments::AngleBracketed(arguments) if !points => arguments
                    .args
                    .iter()
                    .filter(|argument| !matches!(argument, GenericArgument::Type(Type::TraitObject(_))))
                    .for_each(|argument| self.visit_generic_argument(argument)),
                _ => syn::visit::visit_path_segment(self, segment),
            }
        }
        fn visit_path(&mut self, path: &'ast Path) {
            if path.is_ident("Self") {
                self.fault(
                    path,
                    "cannot be the actor itself; name a contract type that holds what callers need of it",
                );
            }
            syn::visit::visit_path(self, path);
        }
    }
    let mut borrows = Borrows {
        what,
        faults,
        fine: true,
    };
    borrows.visit_type(written);
    borrows.fine
}
