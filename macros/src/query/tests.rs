use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Expr;

use super::scope::Scope;
use super::{Output, checked, dynamic, from, rewrite};
use crate::errors::Errors;

/// Snapshots are named for the test alone, and do not repeat its source.
macro_rules! snapshot {
    ($value:expr) => {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!($value)
        })
    };
}

fn root() -> TokenStream {
    quote! { ::e }
}

fn pretty(expr: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(quote! { const X: () = #expr; }).expect("the expansion is Rust"))
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
            let text = pretty(quote! { #expr }).replace("::e::query::functions::", "");
            let text = text.trim_end().trim_start_matches("const X: () = ").trim_end_matches(';');
            let text = text.lines().fold(String::new(), |text, line| match text.chars().last() {
                None | Some('(' | '{') => text + line.trim(),
                _ if line.trim().starts_with([')', '.']) => text.trim_end_matches(',').to_owned() + line.trim(),
                _ => text + " " + line.trim(),
            });
            text
        }
        None => mistakes.join("\n"),
    }
}

/// What is reported for a query.
fn mistakes(query: &str) -> Vec<String> {
    let mut errors = Errors::default();
    checked(query.parse().expect("tokens"), &root(), &mut errors);
    errors.messages()
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

#[test]
fn an_operator_borrows_its_values_as_in_rust() {
    assert_eq!(rewritten("r.name == name"), "eq(r.name, &name)");
    assert_eq!(rewritten("(self.limit) > r.x"), "gt(&self.limit, r.x)");
    assert_eq!(rewritten("r.name == name()"), "eq(r.name, name())");
    assert_eq!(rewritten("r.name.like(pattern)"), "r.name.like(pattern)");
}

#[test]
fn arguments_of_methods_and_functions_are_of_the_query() {
    assert_eq!(rewritten("count(m.id).filter(m.open == true) > 3"), "gt(count(m.id).filter(eq(m.open, true)), 3)");
    assert_eq!(rewritten("r.x.between(m.low + 1, m.high)"), "r.x.between(add(m.low, 1), m.high)");
    assert_eq!(rewritten("count() > 3"), "gt(count_all(), 3)");
    assert_eq!(
        rewritten("json_path_as::<f64, _>(r.meta, (\"a\", 0)) > 3.0"),
        "gt(json_path_as::<f64, _>(r.meta, (\"a\", 0)), 3.0)"
    );
    assert_eq!(rewritten("coalesce((r.x), 0) + 1"), "add(coalesce(r.x, 0), 1)");
}

#[test]
fn a_function_of_another_path_is_rust() {
    assert_eq!(rewritten("r.x < cmp::max(a + 1, b)"), "lt(r.x, cmp::max(a + 1, b))");
    assert_eq!(rewritten("mine(r.x) == 1"), "eq(mine(r.x), 1)");
}

#[test]
fn a_closures_parameter_hides_a_binding() {
    assert_eq!(rewritten("r.id.is_in(ids.iter().filter(|r| r.id > 3))"), "r.id.is_in(ids.iter().filter(|r| r.id > 3))");
    assert_eq!(
        rewritten("match x { Some(m) => m > 3, None => r.open == m.open }"),
        "match x {Some(m) => m > 3, None => eq(r.open, m.open), }"
    );
    assert_eq!(rewritten("{ let r = 3; r > 2 }"), "{let r = 3; r > 2 }");
}

#[test]
fn arguments_of_macros_are_of_the_query() {
    assert_eq!(rewritten("vec![r.x + 1, 2]"), "vec![add(r.x, 1), 2]");
    assert_eq!(rewritten("r.x == format!(\"{}\", a == b)"), "eq(r.x, format!(\"{}\", a == b))");
    assert_eq!(rewritten("fragment!(\"? + ?\", r.x, y) > 3"), "gt(::e::query::fragment!(\"? + ?\", r.x, y), 3)");
    assert_eq!(rewritten("fragment!(\"f(?)\", r.x + 1 => i64)"), "::e::query::fragment!(\"f(?)\", add(r.x, 1) => i64)");
}

#[test]
fn null_compares_with_nothing() {
    assert_eq!(rewritten("r.site_id == None"), "null compares with nothing; use the column's `.is_null()`");
    assert_eq!(rewritten("Option::None != r.x"), "null compares with nothing; use the column's `.is_not_null()`");
    assert_eq!(rewritten("r.x == Some(3)"), "an `Option` compares with nothing; compare with what is in it");
    assert_eq!(rewritten("r.kind == Kind::None"), "eq(r.kind, &Kind::None)");
}

#[test]
fn operators_that_queries_lack() {
    assert_eq!(rewritten("r.a & r.b"), "this is no operator of queries; did you mean `&&`?");
    assert_eq!(rewritten("r.a << 2"), "this is no operator of queries");
    assert_eq!(rewritten("r.a = 2"), "`=` assigns; to compare write `==`");
    assert_eq!(rewritten("r.a as f64"), "`as` casts values of Rust; in a query write `cast_as`");
    assert_eq!(
        rewritten("fragment!(sql, r.a)"),
        "a fragment begins with its SQL, which is a literal; values stand in it as `?` and follow it"
    );
}

#[test]
fn a_query_with_everything() {
    snapshot!(pretty(from(
        quote! {
            r in Robot,
            as: "robots",
            join: m in r.missions,
            left_join: t in fleet::Tag, on: t.robot_id == r.id, as: "tags", prefix: tenant,
            cross_join: s in Site,
            inner_lateral_join: last in subquery(from!(l in LogEntry, where: l.robot_id == r.id, limit: 1)), on: true,
            where: m.status == Status::Open && r.name != name,
            where: [battery: 3.0, name: "x"],
            or_where: exists(from!(l in LogEntry, where: r.id == l.robot_id && m.open)),
            group_by: (r.id, r.name),
            having: count(m.id) > 3,
            or_having: r.open,
            windows: { w: { partition_by: r.site_id, order_by: [desc: r.battery] } },
            order_by: [desc: r.battery, asc_nulls_last: r.name, m.id],
            prepend_order_by: r.id,
            limit: 10,
            offset: page * 10,
            distinct: true,
            select: Summary { name: r.name, r#type: (r.kind, m.kind), tag: t, inner: Inner(count(m.id)), ..Default::default() },
            select_merge: { total: count(m.id) + 1, r.kind },
            preload: [missions: (m, logs), site: [company, owner: pets], tags: from!(t in Tag, order_by: t.name)],
            lock: update skip_locked first_only,
            with_ties: true,
            comment: "fleet",
            union_all: other,
        },
        &root()
    )));
}

#[test]
fn a_query_that_goes_on() {
    snapshot!(pretty(from(
        quote! { (r, _, .., t in Tag as "tags") in base.clone(), where: t.open, select: { r.name, open: t.open } },
        &root()
    )));
}

#[test]
fn an_update() {
    snapshot!(pretty(from(
        quote! {
            r in Robot,
            update: { r.battery = 100.0, r.resets += 1, r.lives -= n, r.tags.push("x"), r.tags.pull(r.name) }
        },
        &root()
    )));
}

#[test]
fn more_terms_than_a_tuple_holds() {
    snapshot!(pretty(from(quote! { r in Robot, group_by: (a, b, c, d, e, f, g, h, i), order_by: [r.a] }, &root())));
}

#[test]
fn dynamics() {
    snapshot!(pretty(dynamic(quote! { r in Robot, r.battery < limit }, &root())));
}

#[test]
fn dynamics_of_several_bindings() {
    snapshot!(pretty(dynamic(quote! { (r, m) in (Robot, Mission), r.id == m.robot_id || !flag }, &root())));
}

#[test]
fn every_mistake_is_reported_at_once() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_debug_snapshot!(mistakes(
            r#"r in Robot,
            wher: r.open,
            filter: r.open,
            selct: r.name,
            zebra: 3,
            on: r.open,
            join: m in Mission,
            join: r in Site, on: true,
            cross_join: x in Site, on: true,
            as: "x",
            left_join: k on: 3,
            where: k.open,
            where: r.a = 2,
            where: r.site_id == None && z.open,
            where: ,
            where: r.open r.closed,
            order_by: [down: r.x],
            order_by: desc: r.x,
            limit: 1, limit: 2,
            lock: update maybe,
            lock: hard now,
            update: { m.open = true, r.x },
            update: r.x = 3,
            preload: 3,
            select_merge: { 3 },
            join: z in Site, on: true, on: false,
            where: exists(from!(l in LogEntry, were: l.x))"#
        ))
    });
}

#[test]
fn sources_that_cannot_be_read() {
    assert_eq!(mistakes("Robot"), ["expected `in` and a source: a schema, a query or an association"]);
    assert_eq!(mistakes("3 in Robot"), ["here comes the name of a binding, as in `r in Robot`"]);
    assert_eq!(
        mistakes("(r, m) in Robot"),
        ["a schema is one binding, as in `r in Robot`; several are for a query that has joins"]
    );
    assert_eq!(mistakes("(r, r) in query"), ["there is a binding `r` already: give this one another name"]);
}
