//! `from!` where the user's names are in its way. That it compiles is most of the test.

#![deny(unused_variables, unused_mut, clippy::all)]

use crate::conformance::schemas::{Mission, Robot};

mod no_imports {
    //! Nothing is in scope but the schemas, and the prelude's names mean other things.
    #![allow(dead_code, non_camel_case_types)]

    use super::{Mission, Robot};

    struct Option;
    struct Some;
    struct Result;
    struct String;
    struct Vec;
    struct Box;
    struct Query;
    mod core {}
    mod std {}

    #[test]
    fn shadowed_names() {
        let query = ecto_lite::from!(r in Robot,
            left_join: m in r.missions,
            where: count(m.id) > 3 && r.name != "x",
            group_by: r.id,
            order_by: [desc_nulls_last: r.battery],
            limit: 3,
            select: (r.id, count(m.id)));
        assert!(query.to_statement(ecto_lite::adapter::Dialect::Sqlite).is_ok());
        let condition = ecto_lite::dynamic!((r, m) in (Robot, Mission), r.id == m.robot_id);
        drop(condition);
    }
}

#[test]
fn variables_are_named_like_clauses_and_functions() {
    use ecto_lite::from;

    let (limit, select, query, value, first) = (3, 5, 6, "x", 7_i64);
    let query = from!(
        count in Robot,
        where: count.id == query && count.id > 1 || count.id == first && count(count.id) > 1,
        where: count.name == value,
        limit: limit,
        offset: select,
        select: count.id
    );
    assert!(query.to_statement(ecto_lite::adapter::Dialect::Sqlite).is_ok());
}

#[test]
fn bindings_need_not_be_used() {
    let query = ecto_lite::from!(r in Robot, join: m in r.missions, cross_join: _ in Mission);
    assert_eq!(
        ecto_lite::from!((_, m, ..) in &query, select: m.id)
            .to_statement(ecto_lite::adapter::Dialect::Sqlite)
            .map(|_| ())
            .ok(),
        Some(())
    );
}

#[test]
fn the_macro_works_inside_other_macros() {
    macro_rules! low {
        ($schema:ident, $field:ident, $limit:expr) => {
            ecto_lite::from!(row in $schema, where: row.$field < $limit)
        };
    }
    let sql = low!(Robot, battery, 10.0 * 2.0).to_statement(ecto_lite::adapter::Dialect::Sqlite);
    assert!(sql.is_ok_and(|statement| statement.sql.contains("\"battery\" <")));
}
