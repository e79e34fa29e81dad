use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::Expr;

use super::scope::Scope;
use super::{Output, dynamic, from, rewrite};
use crate::errors::Errors;

fn root() -> TokenStream {
    quote! { ::e }
}

/// What becomes of an expression in which `r` and `m` are bindings, without the paths of the library; or the mistakes.
fn rewritten(expr: &str) -> String {
    let mut scope = Scope::default();
    scope.bind(&format_ident!("r"));
    scope.bind(&format_ident!("m"));
    let (root, mut errors) = (root(), Errors::default());
    let expr: Expr = syn::parse_str(expr).expect("an expression");
    let expr = rewrite::expression(expr, &scope, &mut Output { root: &root, errors: &mut errors });
    let mistakes = errors.messages();
    assert_eq!(expr.is_none(), !mistakes.is_empty(), "{mistakes:?}");
    match expr {
        Some(expr) => {
            let file = syn::parse2(quote! { const X: () = #expr; }).expect("the expression is Rust");
            let text = prettyplease::unparse(&file).replace("::e::query::functions::", "");
            let text = text.trim_start_matches("const X: () = ").trim_end();
            text.strip_suffix(';').unwrap_or(text).to_owned()
        }
        None => mistakes.join("\n"),
    }
}

#[test]
fn an_operator_with_a_binding_is_the_querys() {
    assert_eq!(rewritten("r.battery < 20.0"), "lt(r.battery, 20.0)");
    assert_eq!(rewritten("20.0 >= r.battery"), "gte(20.0, r.battery)");
    assert_eq!(rewritten("-r.x % 2 != 0"), "ne(rem(neg(r.x), 2), 0)");
    assert_eq!(rewritten("!(r.open && m.open)"), "not(and(r.open, m.open))");
    assert_eq!(rewritten("r.a == 1 && r.b == 2 || m.c == 3"), "or(and(eq(r.a, 1), eq(r.b, 2)), eq(m.c, 3))");
    assert_eq!(rewritten("(r.a + 1) * 2 > m.b - 1"), "gt(mul(add(r.a, 1), 2), sub(m.b, 1))");
}

#[test]
fn an_operator_without_one_is_rust() {
    assert_eq!(rewritten("names.len() > 3 && r.open"), "and(names.len() > 3, r.open)");
    assert_eq!(rewritten("r.age < now - 2 * limit"), "lt(r.age, now - 2 * limit)");
    assert_eq!(rewritten("r.id.is_in(ids(a == b))"), "r.id.is_in(ids(a == b))");
    assert_eq!(rewritten("!flag || -x > 3"), "!flag || -x > 3");
}
