use proc_macro2::TokenStream;
use quote::quote;

use super::{derive, parse};
use crate::errors::Errors;

/// Snapshots are named for the test alone, and do not repeat its source.
macro_rules! snapshot {
    ($value:expr) => {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!($value)
        })
    };
}

fn pretty(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).expect("the expansion is Rust"))
}

/// The variants' names and the mistakes.
fn read(item: TokenStream) -> (Vec<String>, Vec<String>) {
    let input = syn::parse2(item).expect("an item");
    let mut errors = Errors::default();
    let found = parse::db_enum(&input, &mut errors);
    let names = found.variants.into_iter().map(|variant| variant.name).collect();
    (names, errors.messages())
}

#[test]
fn an_enum_stored_by_number() {
    snapshot!(pretty(derive(quote! {
        #[db_enum(integer)]
        pub enum Level {
            Low = 1,
            #[db_enum(name = "top")]
            VeryHigh = -10,
        }
    })));
}

#[test]
fn a_generic_enum_is_refused_and_still_implemented() {
    snapshot!(pretty(derive(quote! { enum Of<T> { It(T) } })));
}

#[test]
fn names_are_made_as_asked() {
    for (case, expected) in [
        ("snake_case", "on_mission"),
        ("SCREAMING_SNAKE_CASE", "ON_MISSION"),
        ("kebab-case", "on-mission"),
        ("lowercase", "onmission"),
        ("UPPERCASE", "ONMISSION"),
        ("camelCase", "onMission"),
        ("PascalCase", "OnMission"),
    ] {
        let (names, mistakes) =
            read(quote! { #[db_enum(rename_all = #case)] enum Mode { OnMission, #[db_enum(name = "x")] Y } });
        assert_eq!(names, [expected, "x"]);
        assert_eq!(mistakes, [""; 0]);
    }
}

#[test]
fn every_mistake_is_reported_in_one_go() {
    let (_, mistakes) = read(quote! {
        #[db_enum(integer, text, rename_all = "Title Case")]
        enum Mode { Idle, #[db_enum(name = "idle")] Waiting = 2, Driving(f64) = 3, #[db_enum(rename = "x")] Off = 4 }
    });
    let [struct_, empty] = [quote! { struct Mode; }, quote! { enum Mode {} }].map(|item| read(item).1.join("\n"));
    snapshot!([mistakes.join("\n"), struct_, empty].join("\n\n"));
}
