use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::LitStr;

use super::model::Template;
use super::{expand, parse};
use crate::errors::Errors;

macro_rules! snapshot {
    ($value:expr) => {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!($value)
        })
    };
}

fn pretty(tokens: &TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(quote! { fn path() -> String #tokens }).expect("the expansion is a block"))
}

fn mistakes(input: TokenStream) -> Vec<String> {
    let mut errors = Errors::default();
    parse::path(input, &mut errors);
    errors.messages()
}

fn template(text: &str) -> syn::Result<Template> {
    Template::new(LitStr::new(text, Span::call_site()))
}

#[test]
fn a_path_is_checked_and_built() {
    snapshot!(pretty(&super::expand(quote! {
        "/robots/{self.robot.id}/v{version(1)}/{parts..}#line-{line}", status = "open", page, "filter[a]" = a, ..params
    })));
}

#[test]
fn a_path_may_be_of_another_router_and_under_a_prefix() {
    snapshot!(pretty(&super::expand(quote! { in admin::Routes, under "/{locale}", "/" })));
}

#[test]
fn the_shape_is_what_routes_are_compared_with() {
    for (text, shape) in [
        ("/", "/"),
        ("/#top", "/"),
        ("/robots/{robot}/log", "/robots/{}/log"),
        ("/api/v{version}", "/api/v{}"),
        ("/files/{ parts .. }", "/files/{..}"),
        ("/a/{match a { A { x } => x }}/b", "/a/{}/b"),
    ] {
        assert_eq!(template(text).expect(text).shape(), shape);
    }
}

#[test]
fn a_string_that_is_no_path_says_why() {
    for (text, said) in [
        ("robots", "`/robots`"),
        ("/robots/", "`/robots`"),
        ("/a//b", "empty segment"),
        ("/a/../b", "`..`"),
        ("/robots?status=open", "path!(\"/robots\", status"),
        ("/a%20b", "as it reads"),
        ("/robots/:id", "`{id}`"),
        ("/files/*rest", "`{rest..}`"),
        ("/robots/{}", "expression"),
        ("/robots/{robot:?}", "without a format"),
        ("/robots/{{id}}", "no route's path has any"),
        ("/robots/{id", "without its `}`"),
        ("/robots/id}", "without its `{`"),
        ("/files/{parts..}/x", "at the end"),
        ("/files/x{parts..}", "stands alone"),
        ("/files#{parts..}", "no list"),
    ] {
        let message = template(text).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(message.contains(said), "{text}: {message}");
    }
}

#[test]
fn arguments_say_what_is_wrong_with_them() {
    for (input, said) in [
        (quote! {}, "as a string"),
        (quote! { robot }, "as a string"),
        (quote! { in "/a" }, "router's type"),
        (quote! { in Routes "/a" }, "`,`"),
        (quote! { below "/a", "/b" }, "under"),
        (quote! { under "/", "/b" }, "leave it out"),
        (quote! { under "/a#b", "/b" }, "other string"),
        (quote! { "/a" page = 1 }, "`,`"),
        (quote! { "/a", page = 1, page = 2 }, "given twice"),
        (quote! { "/a", ..params, page = 2 }, "comes last"),
        (quote! { "/a", self.page }, "query parameter"),
        (quote! { "/a", 7 }, "query parameter"),
    ] {
        let found = mistakes(input.clone()).join(" ");
        assert!(found.contains(said), "{input}: {found}");
    }
    assert!(mistakes(quote! { "/a", page = 1, }).is_empty());
}

#[test]
fn after_a_mistake_there_is_still_a_string() {
    let expanded = super::expand(quote! { "robots" }).to_string();
    assert!(expanded.contains("compile_error") && expanded.contains("finish"), "{expanded}");
    let _ = expand::stub(Errors::default());
}
