use ecto_lite::adapter::Dialect;
use ecto_lite::query;
use ecto_lite::schema::{AssocKind, AssocMeta, AssocState, OnDelete, OnReplace};
use ecto_lite::{Schema, Value};

use super::{Lone, Mission, Robot, Site};

fn meta<S: Schema>(name: &str) -> &'static AssocMeta {
    &S::meta().associations[S::meta().association_index(name).expect("the schema has the association")]
}

/// E06: the keys are where convention has them.
#[test]
fn keys_are_found_by_convention() {
    let (id, robot_id) = (Robot::id.index(), Mission::robot_id.index());
    assert!(
        matches!(meta::<Robot>("missions").kind, AssocKind::HasMany { owner_key, related_key } if owner_key == id && related_key == robot_id)
    );
    let (site_id, id) = (Robot::site_id.index(), Site::id.index());
    assert!(
        matches!(meta::<Robot>("site").kind, AssocKind::BelongsTo { owner_key, related_key } if owner_key == site_id && related_key == id)
    );
    let site_id = Lone::site_id.index();
    assert!(
        matches!(meta::<Site>("robot").kind, AssocKind::HasOne { owner_key, related_key } if owner_key == id && related_key == site_id)
    );
    assert!(matches!(meta::<Robot>("mission_sites").kind, AssocKind::Through { path: ["missions", "site"] }));
    assert_eq!((meta::<Robot>("missions").related)().name, "Mission");
}

/// E06: through a table, or through a schema, whose columns then are checked.
#[test]
fn a_join_table_may_have_a_schema() {
    let AssocKind::ManyToMany { join_through, join_schema, join_owner_column, join_related_column, .. } =
        meta::<Robot>("visited").kind
    else {
        panic!("`visited` is many-to-many")
    };
    assert_eq!((join_through, join_owner_column, join_related_column), ("robots_sites", "robot_id", "place_id"));
    assert!(join_schema.is_none());
    let AssocKind::ManyToMany { join_through, join_schema, join_owner_column, join_related_column, .. } =
        meta::<Robot>("assigned").kind
    else {
        panic!("`assigned` is many-to-many")
    };
    assert_eq!((join_through, join_owner_column, join_related_column), ("missions", "robot_id", "site_id"));
    assert_eq!(join_schema.map(|schema| schema().name), Some("Mission"));
}

#[test]
fn policies_and_defaults_are_in_the_tables() {
    let missions = meta::<Robot>("missions");
    assert_eq!((missions.on_delete, missions.on_replace), (OnDelete::DeleteAll, OnReplace::Raise));
    assert_eq!(meta::<Robot>("site").on_replace, OnReplace::Nilify);
    assert_eq!(
        (missions.defaults)(),
        Ok(vec![(Mission::priority.index(), Value::Int(3)), (Mission::note.index(), Value::Text("none".into()))])
    );
}

/// E06: what a filtered association is bound by, as SQL.
#[test]
fn where_and_preload_order_are_over_the_related_binding() {
    let missions = meta::<Robot>("missions");
    let (filter, order) =
        (missions.filter.expect("there is a filter"), missions.preload_order.expect("there is an order"));
    let statement = query::from::<Mission>()
        .filter(|m| filter(m.id()))
        .order_by(|m| order(m.id()))
        .to_statement(Dialect::Sqlite)
        .expect("it can be written");
    assert!(
        statement.sql.ends_with(r#"WHERE m0."done" = ? ORDER BY m0."priority" DESC, m0."id""#),
        "{}",
        statement.sql
    );
    assert_eq!(statement.values, [Value::Bool(false)]);
}

#[test]
fn an_association_is_not_loaded_until_somebody_puts_rows_there() {
    let mut robot = Robot::default();
    assert_eq!(
        robot.missions.get().expect_err("nothing is loaded").to_string(),
        "association `missions` of `Robot` is not loaded: preload it (`preload: missions`) or set it first"
    );
    robot.missions = vec![Mission::default()].into();
    assert_eq!(Robot::missions.of(&robot).state(), AssocState::Changed);
    assert_eq!(robot.association(Robot::missions.index()).any_state(), AssocState::Changed);
    assert_eq!(Robot::missions.meta().name, "missions");
    let _: &[Mission] = robot.missions.get().expect("rows were put there");
    let _: Option<&Site> = Robot::site.of_mut(&mut robot).get().unwrap_or(None);
}
