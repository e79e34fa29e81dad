//! E07, E10, E11, E12: what hangs on a row is written with it.

use ecto_lite::adapter::Dialect;
use ecto_lite::changeset::{Action, CastRelation, Entry};
use ecto_lite::repo::WriteError;
use ecto_lite::schema::{AssocState, BelongsTo, HasMany, HasOne, ManyToMany};
use ecto_lite::{Change, Changeset, Params, Repo, RepoError, Schema, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::schemas::{Badge, LogEntry, Mission, Robot, Site, Tag};

/// An owner of the shared tables, with one policy for all that it replaces.
macro_rules! owner {
    ($name:ident, $policy:ident) => {
        #[derive(Schema, Clone, Debug, PartialEq)]
        #[schema(source = "robots")]
        pub struct $name {
            #[schema(primary_key)]
            pub id: i64,
            pub name: String,
            pub site_id: Option<i64>,
            #[schema(belongs_to(on_replace = $policy))]
            pub site: BelongsTo<Site>,
            #[schema(has_many(foreign_key = robot_id, on_replace = $policy))]
            pub missions: HasMany<Mission>,
            #[schema(has_one(foreign_key = robot_id, on_replace = $policy))]
            pub badge: HasOne<Badge>,
            #[schema(many_to_many(join_through = "robots_tags", join_keys(robot_id, tag_id), on_replace = $policy))]
            pub tags: ManyToMany<Tag>,
        }

        #[allow(dead_code)]
        impl $name {
            async fn with_missions(repo: &Repo, titles: &[&str]) -> Self {
                let missions: Vec<_> = titles.iter().map(|title| mission(title)).collect();
                repo.insert(Self { name: "Ada".into(), missions: missions.into(), ..Self::default() }).await.unwrap()
            }
        }
    };
}

owner!(Raises, raise);
owner!(Marks, mark_as_invalid);
owner!(Nilifies, nilify);
owner!(Updates, update);
owner!(Deletes, delete);
owner!(DeletesIfThere, delete_if_exists);

fn mission(title: &str) -> Mission {
    Mission { title: title.into(), ..Mission::default() }
}

fn cast_mission(mission: Mission, params: &Params) -> Changeset<Mission> {
    mission.cast(params, (Mission::title, Mission::priority)).validate_required(Mission::title)
}

fn cast_badge(badge: Badge, params: &Params) -> Changeset<Badge> {
    badge.cast(params, Badge::number).unique_constraint(Badge::robot_id)
}

fn params(json: Json) -> Params {
    json.into()
}

fn titles(missions: &HasMany<Mission>) -> Vec<&str> {
    missions.get().unwrap().iter().map(|mission| mission.title.as_str()).collect()
}

#[track_caller]
fn invalid<S: Schema + std::fmt::Debug>(result: Result<S, WriteError<S>>) -> Changeset<S> {
    match result {
        Err(WriteError::Invalid(changeset)) => *changeset,
        other => panic!("should be invalid: {other:?}"),
    }
}

#[track_caller]
fn refused<S: Schema + std::fmt::Debug>(result: Result<S, WriteError<S>>) -> RepoError {
    match result {
        Err(WriteError::Repo(error)) => error,
        other => panic!("the repo should refuse: {other:?}"),
    }
}

async fn texts(repo: &Repo, sql: &'static str) -> Vec<String> {
    let rows = repo.query(sql, vec![]).await.unwrap().rows;
    rows.into_iter().map(|row| if let Value::Text(text) = &row[0] { text.clone() } else { panic!("{row:?}") }).collect()
}

async fn stored_titles(repo: &Repo) -> Vec<String> {
    texts(repo, "SELECT title FROM missions WHERE robot_id IS NOT NULL ORDER BY title").await
}

pub async fn a_struct_is_inserted_with_what_it_holds(repo: Repo) {
    let log = |message: &str| LogEntry { message: message.into(), ..LogEntry::default() };
    let robot = Robot {
        name: "Ada".into(),
        site: Site { name: "Lab".into(), ..Site::default() }.into(),
        missions: vec![Mission { logs: vec![log("on"), log("off")].into(), ..mission("Map") }, mission("Dock")].into(),
        badge: Badge { number: 7, ..Badge::default() }.into(),
        tags: vec![Tag { name: "new".into(), ..Tag::default() }].into(),
        ..Robot::default()
    };
    let stored = repo.insert(robot).await.unwrap();
    let site = stored.site.get().unwrap().unwrap();
    assert_eq!((stored.site_id, stored.missions.state()), (Some(site.id), AssocState::Loaded));
    let missions = stored.missions.get().unwrap();
    assert!(missions.iter().all(|mission| mission.id > 0 && mission.robot_id == Some(stored.id)));
    assert_eq!(missions[0].logs.get().unwrap()[1].mission_id, missions[0].id);
    assert_eq!(stored.badge.get().unwrap().unwrap().robot_id, stored.id);
    assert_eq!(texts(&repo, "SELECT message FROM log_entries ORDER BY id").await, ["on", "off"]);
    let joined = "SELECT t.name FROM robots_tags j JOIN tags t ON t.id = j.tag_id JOIN robots r ON r.id = j.robot_id";
    assert_eq!(texts(&repo, joined).await, ["new"]);
}

pub async fn children_are_inserted_updated_and_replaced_by_their_keys(repo: Repo) {
    let owner = Deletes::with_missions(&repo, &["Map", "Dock", "Wait"]).await;
    let [map, dock, _] = owner.missions.get().unwrap() else { panic!() };
    let (map, dock) = (map.id, dock.id);
    let input = json!({"missions": [
        {"id": dock.to_string(), "title": "Dock"},
        {"title": "New"},
        {"id": map, "title": "Map again", "priority": "3"},
    ]});
    let changeset = owner.cast(&input, ()).cast_assoc(Deletes::missions, cast_mission);
    assert!(changeset.is_valid());
    let stored = repo.update(changeset).await.unwrap();
    assert_eq!(titles(&stored.missions), ["Dock", "New", "Map again"]);
    let missions = stored.missions.get().unwrap();
    assert_eq!((missions[0].id, missions[2].id, missions[2].priority), (dock, map, 3));
    assert_eq!(missions[1].robot_id, Some(stored.id));
    assert_eq!(stored_titles(&repo).await, ["Dock", "Map again", "New"]);
}

pub async fn lists_and_maps_by_index_are_the_same_input(repo: Repo) {
    let titles_of = |input: Json| {
        let changeset = Deletes { name: "Ada".into(), ..Deletes::default() }
            .cast(&input, ())
            .cast_assoc(Deletes::missions, cast_mission);
        changeset.get_assoc(Deletes::missions).iter().map(|it| it.get_field(Mission::title)).collect::<Vec<_>>()
    };
    let by_index = json!({"missions": {"10": {"title": "c"}, "9": {"title": "b"}, "0": {"title": "a"}}});
    assert_eq!(titles_of(by_index), ["a", "b", "c"]);
    assert_eq!(titles_of(json!({"missions": [{"title": "a"}, {"title": "b"}]})), ["a", "b"]);
    // As a form sends them.
    let form = Params::from_pairs([("missions[0][title]", "a"), ("missions[1][title]", "b")]);
    let owner = Deletes { name: "Ada".into(), ..Deletes::default() };
    let stored = repo.insert(owner.cast(&form, ()).cast_assoc(Deletes::missions, cast_mission)).await.unwrap();
    assert_eq!(titles(&stored.missions), ["a", "b"]);
}

pub async fn sort_and_drop_order_and_leave_out(repo: Repo) {
    let owner = Deletes::with_missions(&repo, &["a", "b"]).await;
    let id = |at: usize| owner.missions.get().unwrap()[at].id;
    let input = json!({
        "missions": {"0": {"id": id(0)}, "1": {"id": id(1)}, "2": {"title": "c"}, "3": {"title": "d"}},
        "sort": ["2", "1", "new", "3"],
        "drop": ["0", "3"],
    });
    let options = CastRelation::with_position(|mission: Mission, params, position| {
        mission.cast(params, Mission::title).put_change(Mission::priority, i32::try_from(position).unwrap())
    });
    let options = options.sort_param("sort").drop_param("drop");
    let stored = repo.update(owner.cast(&input, ()).cast_assoc_with(Deletes::missions, options)).await.unwrap();
    let stored: Vec<_> = stored.missions.get().unwrap().iter().map(|it| (it.title.as_str(), it.priority)).collect();
    assert_eq!(stored, [("c", 0), ("b", 1), ("", 2)]);
}

pub async fn the_last_child_is_dropped_by_an_empty_input(repo: Repo) {
    let owner = Deletes::with_missions(&repo, &["a"]).await;
    let options = || CastRelation::with(cast_mission).sort_param("sort").drop_param("drop");
    let untouched = owner.clone().cast(&json!({}), ()).cast_assoc_with(Deletes::missions, options());
    assert_eq!(untouched.get_assoc(Deletes::missions).len(), 1);
    let dropped = owner.cast(&json!({"drop": [""]}), ()).cast_assoc_with(Deletes::missions, options());
    assert_eq!(titles(&repo.update(dropped).await.unwrap().missions), [""; 0]);
    assert!(stored_titles(&repo).await.is_empty());
}

pub async fn a_key_given_twice_is_an_error(repo: Repo) {
    let owner = Deletes::with_missions(&repo, &["a"]).await;
    let id = owner.missions.get().unwrap()[0].id;
    let input = json!({"missions": [{"id": id, "title": "x"}, {"id": id, "title": "y"}]});
    let twice = invalid(repo.update(owner.cast(&input, ()).cast_assoc(Deletes::missions, cast_mission)).await);
    assert_eq!(twice.errors_json(), json!({"missions": [{}, {"id": ["has already been taken"]}]}));
}

pub async fn an_unknown_key_makes_a_new_child_with_a_key_of_its_own(repo: Repo) {
    let others = Deletes::with_missions(&repo, &["theirs"]).await;
    let theirs = others.missions.get().unwrap()[0].id;
    let owner = Deletes { name: "Bob".into(), ..Deletes::default() };
    let input = json!({"missions": [{"id": theirs, "title": "mine"}]});
    let stored = repo.insert(owner.cast(&input, ()).cast_assoc(Deletes::missions, cast_mission)).await.unwrap();
    assert_ne!(stored.missions.get().unwrap()[0].id, theirs);
    assert_eq!(stored_titles(&repo).await, ["mine", "theirs"]);
}

pub async fn an_association_that_nobody_loaded_is_not_changed(repo: Repo) {
    let stored = Deletes::with_missions(&repo, &["a"]).await;
    let unloaded = repo.reload(&stored).await.unwrap();
    let changeset = unloaded.cast(&json!({"missions": []}), ()).cast_assoc(Deletes::missions, cast_mission);
    assert!(!changeset.is_valid());
    assert!(matches!(refused(repo.update(changeset).await), RepoError::NotLoaded(it) if it.field == "missions"));
    assert_eq!(stored_titles(&repo).await, ["a"]);
}

pub async fn input_of_the_wrong_shape_is_an_error_of_the_association(repo: Repo) {
    let owner = Deletes { name: "Ada".into(), ..Deletes::default() };
    for input in [json!({"missions": "x"}), json!({"missions": [1]}), json!({"missions": null})] {
        let wrong = owner.clone().cast(&input, ()).cast_assoc(Deletes::missions, cast_mission);
        assert_eq!(wrong.errors_json(), json!({"missions": ["is invalid"]}), "{input}");
    }
    let wrong = owner.cast(&json!({"badge": []}), ()).cast_assoc(Deletes::badge, cast_badge);
    assert_eq!(invalid(repo.insert(wrong).await).errors_json(), json!({"badge": ["is invalid"]}));
}

pub async fn a_required_association_has_a_child(repo: Repo) {
    let required = || CastRelation::with(cast_mission).required().required_message("is missing");
    let none = Deletes::default().cast(&json!({}), ()).cast_assoc_with(Deletes::missions, required());
    assert_eq!(none.errors_json(), json!({"missions": ["is missing"]}));
    let owner = Deletes::with_missions(&repo, &["a"]).await;
    let kept = owner.clone().cast(&json!({}), ()).cast_assoc_with(Deletes::missions, required());
    assert!(kept.is_valid());
    let emptied = owner.cast(&json!({"missions": []}), ()).cast_assoc_with(Deletes::missions, required());
    assert_eq!(emptied.errors_json(), json!({"missions": ["is missing"]}));
}

pub async fn errors_of_children_are_nested(repo: Repo) {
    let input = json!({"name": "", "missions": [{"title": "ok"}, {"title": ""}, {"priority": "x", "title": "t"}]});
    let changeset = Deletes::default()
        .cast(&input, Deletes::name)
        .validate_required(Deletes::name)
        .cast_assoc(Deletes::missions, cast_mission);
    let errors = json!({
        "name": ["can't be blank"],
        "missions": [{}, {"title": ["can't be blank"]}, {"priority": ["is invalid"]}],
    });
    assert_eq!(invalid(repo.insert(changeset).await).errors_json(), errors);
}

pub async fn a_child_that_the_database_refuses_takes_everything_back(repo: Repo) {
    repo.insert(Tag { name: "lab".into(), ..Tag::default() }).await.unwrap();
    let tag = |name: &str| Tag::default().change().put_change(Tag::name, name).unique_constraint(Tag::name);
    let owner = Deletes { name: "Ada".into(), missions: vec![mission("Map")].into(), ..Deletes::default() };
    let changeset = owner.change().put_assoc(Deletes::tags, [tag("new"), tag("lab"), tag("other")]);
    let failed = invalid(repo.insert(changeset).await);
    assert_eq!(failed.errors_json(), json!({"tags": [{}, {"name": ["has already been taken"]}, {}]}));
    assert_eq!(failed.action(), Some(Action::Insert));
    assert_eq!(texts(&repo, "SELECT name FROM tags").await, ["lab"]);
    assert!(texts(&repo, "SELECT name FROM robots").await.is_empty());
    // The changeset is as it was, so that it can be mended and tried again.
    assert_eq!(failed.get_assoc(Deletes::tags).len(), 3);
    assert_eq!(failed.data().id, 0);
}

pub async fn policy_raise_is_the_programs_mistake(repo: Repo) {
    let owner = Raises::with_missions(&repo, &["a", "b"]).await;
    let kept = owner.missions.get().unwrap()[0].id;
    let input = json!({"missions": [{"id": kept}]});
    let error = refused(repo.update(owner.cast(&input, ()).cast_assoc(Raises::missions, cast_mission)).await);
    assert!(error.to_string().contains("`missions` of `Raises`"), "{error}");
    assert_eq!(stored_titles(&repo).await, ["a", "b"]);
}

pub async fn policy_mark_as_invalid_is_an_error(repo: Repo) {
    let owner = Marks::with_missions(&repo, &["a"]).await;
    let marked = owner.cast(&json!({"missions": []}), ()).cast_assoc(Marks::missions, cast_mission);
    assert_eq!(invalid(repo.update(marked).await).errors_json(), json!({"missions": ["is invalid"]}));
}

pub async fn policy_nilify_lets_go(repo: Repo) {
    let owner = Nilifies::with_missions(&repo, &["a", "b"]).await;
    let kept = owner.missions.get().unwrap()[1].clone();
    let stored = repo.update(owner.change().put_assoc(Nilifies::missions, [kept])).await.unwrap();
    assert_eq!(titles(&stored.missions), ["b"]);
    assert_eq!(texts(&repo, "SELECT title FROM missions WHERE robot_id IS NULL").await, ["a"]);
}

pub async fn policy_delete_deletes_and_minds_who_was_faster(repo: Repo) {
    let owner = Deletes::with_missions(&repo, &["a"]).await;
    let emptied = owner.change().put_assoc(Deletes::missions, Vec::<Mission>::new());
    repo.update(emptied.clone()).await.unwrap();
    assert!(texts(&repo, "SELECT title FROM missions").await.is_empty());
    assert!(matches!(refused(repo.update(emptied).await), RepoError::StaleEntry { schema: "Mission", .. }));
}

pub async fn policy_delete_if_exists_does_not_mind(repo: Repo) {
    let owner = DeletesIfThere::with_missions(&repo, &["a"]).await;
    let emptied = owner.change().put_assoc(DeletesIfThere::missions, Vec::<Mission>::new());
    repo.update(emptied.clone()).await.unwrap();
    repo.update(emptied).await.unwrap();
    assert!(texts(&repo, "SELECT title FROM missions").await.is_empty());
}

pub async fn policy_update_changes_the_one_in_place(repo: Repo) {
    let badge = Badge { number: 1, ..Badge::default() };
    let owner = repo.insert(Updates { name: "Ada".into(), badge: badge.into(), ..Updates::default() }).await.unwrap();
    let id = owner.badge.get().unwrap().unwrap().id;
    let changeset = owner.cast(&json!({"badge": {"number": 2}}), ()).cast_assoc(Updates::badge, cast_badge);
    let stored = repo.update(changeset).await.unwrap();
    let badge = stored.badge.get().unwrap().unwrap();
    assert_eq!((badge.id, badge.number), (id, 2));
    let entry = Entry::new().set(Badge::number, 3);
    let stored = repo.update(stored.change().put_assoc(Updates::badge, entry)).await.unwrap();
    assert_eq!(repo.fetch::<Badge>(id).await.unwrap().number, 3);
    let other = stored.change().put_assoc(Updates::badge, Badge { number: 4, ..Badge::default() });
    assert!(refused(repo.update(other).await).to_string().contains("changed in place"));
}

pub async fn the_one_is_deleted_before_another_takes_its_place(repo: Repo) {
    let badge = Badge { number: 1, ..Badge::default() };
    let owner = repo.insert(Deletes { name: "Ada".into(), badge: badge.into(), ..Deletes::default() }).await.unwrap();
    // There is a unique index over the owner's key.
    let changeset = owner.cast(&json!({"badge": {"number": 2}}), ()).cast_assoc(Deletes::badge, cast_badge);
    let stored = repo.update(changeset).await.unwrap();
    assert_eq!(stored.badge.get().unwrap().unwrap().number, 2);
    let gone = stored.cast(&json!({"badge": null}), ()).cast_assoc(Deletes::badge, cast_badge);
    let stored = repo.update(gone).await.unwrap();
    assert_eq!(stored.badge.get().unwrap(), None);
    assert!(repo.all(Badge::query()).await.unwrap().is_empty());
}

pub async fn a_child_says_itself_that_it_is_to_be_deleted(repo: Repo) {
    let owner = Raises::with_missions(&repo, &["a", "b"]).await;
    let ids: Vec<_> = owner.missions.get().unwrap().iter().map(|mission| mission.id).collect();
    let input = json!({"missions": [{"id": ids[0], "delete": true}, {"id": ids[1]}]});
    let changeset = owner.cast(&input, ()).cast_assoc(Raises::missions, |mission, params| {
        let changeset = cast_mission(mission, params);
        if params.contains("delete") { changeset.with_action(Action::Delete) } else { changeset }
    });
    assert_eq!(changeset.get_assoc(Raises::missions).len(), 1);
    assert_eq!(titles(&repo.update(changeset).await.unwrap().missions), ["b"]);
    assert_eq!(stored_titles(&repo).await, ["b"]);
}

pub async fn a_change_of_a_child_is_one_of_its_owner_unless_told_otherwise(repo: Repo) {
    let robot = Robot { name: "Ada".into(), missions: vec![mission("Map")].into(), ..Robot::default() };
    let stored = repo.insert(robot).await.unwrap();
    let input = json!({"missions": [{"id": stored.missions.get().unwrap()[0].id, "title": "x"}]});
    let quiet = CastRelation::with(cast_mission).force_update_on_change(false);
    let same = repo.update(stored.clone().cast(&input, ()).cast_assoc_with(Robot::missions, quiet)).await.unwrap();
    assert_eq!(same.updated_at, stored.updated_at);
    assert_eq!(titles(&same.missions), ["x"]);
    let moved = repo.update(stored.clone().cast(&input, ()).cast_assoc(Robot::missions, cast_mission)).await.unwrap();
    assert!(moved.updated_at > stored.updated_at);
}

pub async fn a_parent_is_stored_first_and_let_go(repo: Repo) {
    let site = |name: &str| Site { name: name.into(), ..Site::default() };
    let robot = Nilifies { name: "Ada".into(), ..Nilifies::default() };
    let stored = repo.insert(robot.change().put_assoc(Nilifies::site, site("Lab"))).await.unwrap();
    assert_eq!(stored.site_id, Some(stored.site.get().unwrap().unwrap().id));
    let input = json!({"site": {"id": stored.site_id, "name": "Laboratory"}});
    let renamed = stored.cast(&input, ()).cast_assoc(Nilifies::site, |site, params| site.cast(params, Site::name));
    let stored = repo.update(renamed).await.unwrap();
    assert_eq!(texts(&repo, "SELECT name FROM sites").await, ["Laboratory"]);
    let moved = repo.update(stored.change().put_assoc(Nilifies::site, site("Yard"))).await.unwrap();
    assert_eq!(repo.fetch::<Site>(moved.site_id.unwrap()).await.unwrap().name, "Yard");
    let homeless = repo.update(moved.change().put_assoc(Nilifies::site, None::<Site>)).await.unwrap();
    assert_eq!((homeless.site_id, homeless.site.get().unwrap()), (None, None));
    assert_eq!(repo.reload(&homeless).await.unwrap().site_id, None);
}

pub async fn a_replaced_parent_is_deleted_when_nobody_refers_to_it(repo: Repo) {
    let site = |name: &str| Site { name: name.into(), ..Site::default() };
    let robot = Deletes { name: "Ada".into(), site: site("Lab").into(), ..Deletes::default() };
    let stored = repo.insert(robot).await.unwrap();
    let stored = repo.update(stored.change().put_assoc(Deletes::site, site("Yard"))).await.unwrap();
    assert_eq!(texts(&repo, "SELECT name FROM sites").await, ["Yard"]);
    repo.update(stored.change().put_assoc(Deletes::site, None::<Site>)).await.unwrap();
    assert!(texts(&repo, "SELECT name FROM sites").await.is_empty());
}

pub async fn many_to_many_writes_join_rows_and_leaves_the_others_rows(repo: Repo) {
    let tag = |name: &str| Tag { name: name.into(), ..Tag::default() };
    let known = repo.insert(tag("known")).await.unwrap();
    let owner = Deletes { name: "Ada".into(), ..Deletes::default() };
    let stored = repo.insert(owner.change().put_assoc(Deletes::tags, vec![known.clone(), tag("new")])).await.unwrap();
    let joined = "SELECT t.name FROM robots_tags j JOIN tags t ON t.id = j.tag_id ORDER BY t.name";
    assert_eq!(texts(&repo, joined).await, ["known", "new"]);
    let stored = repo.update(stored.change().put_assoc(Deletes::tags, vec![known, tag("newer")])).await.unwrap();
    assert_eq!(texts(&repo, joined).await, ["known", "newer"]);
    assert_eq!(stored.tags.get().unwrap().len(), 2);
    assert_eq!(texts(&repo, "SELECT name FROM tags ORDER BY name").await, ["known", "new", "newer"]);
}

/// Between a robot and a tag.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "labels")]
pub struct Label {
    #[schema(primary_key)]
    pub id: i64,
    pub robot_id: i64,
    pub tag_id: i64,
    pub kind: String,
    #[schema(default = 1)]
    pub weight: i64,
}

/// A robot whose tags are of two kinds, which the table between tells apart.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "robots")]
pub struct Labelled {
    #[schema(primary_key)]
    pub id: i64,
    pub name: String,
    #[schema(
        many_to_many(join_through = Label, join_keys(robot_id, tag_id)),
        join_where = |l| l.kind.eq("own"),
        join_defaults(kind = "own", weight = 3),
        on_replace = delete,
        on_delete = delete_all,
    )]
    pub own: ManyToMany<Tag>,
    #[schema(
        many_to_many(join_through = Label, join_keys(robot_id, tag_id)),
        join_where = |l| l.kind.eq("lent"),
        join_defaults(kind = "lent"),
    )]
    pub lent: ManyToMany<Tag>,
}

pub async fn the_rows_of_a_join_table_are_set_and_told_apart(repo: Repo) {
    let key = if repo.dialect() == Dialect::Sqlite { "INTEGER PRIMARY KEY" } else { "bigserial PRIMARY KEY" };
    repo.execute_script(&format!(
        "CREATE TABLE labels (id {key}, robot_id bigint NOT NULL, tag_id bigint NOT NULL, kind text NOT NULL, weight bigint NOT NULL)"
    ))
    .await
    .unwrap();
    let tag = |name: &str| Tag { name: name.into(), ..Tag::default() };
    let both = repo.insert(tag("a")).await.unwrap();
    let owner = Labelled {
        name: "Ada".into(),
        own: vec![both.clone(), tag("b")].into(),
        lent: vec![both.clone()].into(),
        ..Labelled::default()
    };
    let stored = repo.insert(owner).await.unwrap();
    let rows =
        "SELECT l.kind || ' ' || t.name || ' ' || l.weight FROM labels l JOIN tags t ON t.id = l.tag_id ORDER BY 1";
    assert_eq!(texts(&repo, rows).await, ["lent a 1", "own a 3", "own b 3"]);

    let names = |tags: &ManyToMany<Tag>| tags.get().unwrap().iter().map(|tag| tag.name.clone()).collect::<Vec<_>>();
    let tags = (Labelled::own.query(Tag::query().order_by(|t| t.name)), Labelled::lent);
    let read = repo.fetch_one(Labelled::query().preload(tags)).await.unwrap();
    assert_eq!((names(&read.own), names(&read.lent)), (vec!["a".to_owned(), "b".to_owned()], vec!["a".to_owned()]));
    let joined = Labelled::query().join(|r| r.lent).select(|(_, t)| t.name);
    assert_eq!(repo.all(joined).await.unwrap(), ["a"]);

    // What is let go by one kind stays with the other.
    let left = repo.update(read.change().put_assoc(Labelled::own, vec![tag("c")])).await.unwrap();
    assert_eq!(texts(&repo, rows).await, ["lent a 1", "own c 3"]);
    repo.delete(left).await.unwrap();
    assert!(texts(&repo, rows).await.is_empty());
    assert_eq!(stored.own.get().unwrap().len(), 2);
}

pub async fn entries_change_the_child_they_name(repo: Repo) {
    let owner = Deletes::with_missions(&repo, &["a", "b"]).await;
    let id = owner.missions.get().unwrap()[1].id;
    let entries = [Entry::new().set(Mission::id, id).set(Mission::title, "B"), Entry::new().set(Mission::title, "c")];
    let stored = repo.update(owner.change().put_assoc(Deletes::missions, entries)).await.unwrap();
    assert_eq!(titles(&stored.missions), ["B", "c"]);
    assert_eq!(stored.missions.get().unwrap()[0].id, id);
}

pub async fn putting_what_is_there_changes_nothing(repo: Repo) {
    let owner = Raises::with_missions(&repo, &["a", "b"]).await;
    let missions = owner.missions.get().unwrap().to_vec();
    let same = owner.clone().change().put_assoc(Raises::missions, missions);
    assert!(!same.has_changes());
    assert_eq!(repo.update(same).await.unwrap(), owner);
}

pub async fn changes_are_seen_before_they_are_written(repo: Repo) {
    let owner = Deletes::with_missions(&repo, &["a", "b"]).await;
    let id = owner.missions.get().unwrap()[0].id;
    let input = json!({"missions": [{"id": id, "title": "A"}, {"title": "c"}]});
    let changeset = owner.cast(&input, ()).cast_assoc(Deletes::missions, cast_mission);
    let applied = changeset.apply_changes();
    assert_eq!((titles(&applied.missions), applied.missions.state()), (vec!["A", "c"], AssocState::Changed));
    assert_eq!(changeset.get_assoc(Deletes::missions).len(), 2);
    assert_eq!(stored_titles(&repo).await, ["a", "b"]);
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "robots")]
pub struct Through {
    #[schema(primary_key)]
    pub id: i64,
    pub name: String,
    #[schema(has_many(foreign_key = robot_id))]
    pub missions: HasMany<Mission>,
    #[schema(has_many, through(missions, logs))]
    pub logs: HasMany<LogEntry>,
}

pub async fn through_is_for_reading(repo: Repo) {
    let owner = Through { name: "Ada".into(), ..Through::default() };
    let changeset = owner.change().put_assoc(Through::logs, LogEntry::default());
    assert!(refused(repo.insert(changeset).await).to_string().contains("can only be read"));
}

/// Documents with keys of their own.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(embedded)]
pub struct Part {
    #[schema(primary_key, autogenerate)]
    pub id: Uuid,
    pub label: String,
    #[schema(embeds_many, on_replace = delete)]
    pub screws: Vec<Screw>,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(embedded)]
pub struct Screw {
    #[schema(primary_key, autogenerate)]
    pub id: Uuid,
    pub size: i32,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "machines")]
pub struct Machine {
    #[schema(primary_key)]
    pub id: i64,
    pub name: String,
    #[schema(embeds_one, on_replace = update)]
    pub engine: Option<Part>,
    #[schema(embeds_many, on_replace = delete)]
    pub parts: Vec<Part>,
}

async fn machines(repo: &Repo) {
    let sql = match repo.dialect() {
        Dialect::Sqlite => {
            "CREATE TABLE machines (id INTEGER PRIMARY KEY, name TEXT NOT NULL, engine TEXT, parts TEXT)"
        }
        _ => {
            "CREATE TABLE machines (id bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, name text NOT NULL,
             engine jsonb, parts jsonb)"
        }
    };
    repo.execute_script(sql).await.unwrap();
}

fn part(label: &str) -> Part {
    Part { label: label.into(), ..Part::default() }
}

fn cast_part(part: Part, params: &Params) -> Changeset<Part> {
    part.cast(params, Part::label)
        .validate_required(Part::label)
        .cast_embed(Part::screws, |screw, params| screw.cast(params, Screw::size).validate_number(Screw::size, 1..=9))
}

async fn machine(repo: &Repo, labels: &[&str]) -> Machine {
    machines(repo).await;
    let parts = labels.iter().map(|label| part(label)).collect();
    repo.insert(Machine { name: "Press".into(), parts, ..Machine::default() }).await.unwrap()
}

fn labels(machine: &Machine) -> Vec<&str> {
    machine.parts.iter().map(|part| part.label.as_str()).collect()
}

pub async fn documents_of_a_new_struct_get_their_keys(repo: Repo) {
    machines(&repo).await;
    let screws = vec![Screw { size: 3, ..Screw::default() }];
    let machine = Machine {
        name: "Press".into(),
        engine: Some(Part { screws, ..part("motor") }),
        parts: vec![part("a")],
        ..Machine::default()
    };
    let stored = repo.insert(machine).await.unwrap();
    let engine = stored.engine.as_ref().unwrap();
    assert!(!engine.id.is_nil() && !engine.screws[0].id.is_nil() && !stored.parts[0].id.is_nil());
    assert_eq!(repo.reload(&stored).await.unwrap(), stored);
}

pub async fn editing_one_of_three_documents_keeps_keys_and_order(repo: Repo) {
    let stored = machine(&repo, &["a", "b", "c"]).await;
    let ids: Vec<_> = stored.parts.iter().map(|part| part.id).collect();
    let input = json!({"parts": [{"id": ids[0]}, {"id": ids[1], "label": "B"}, {"id": ids[2]}]});
    let updated = repo.update(stored.cast(&input, ()).cast_embed(Machine::parts, cast_part)).await.unwrap();
    assert_eq!(labels(&updated), ["a", "B", "c"]);
    assert_eq!(updated.parts.iter().map(|part| part.id).collect::<Vec<_>>(), ids);
    assert_eq!(repo.reload(&updated).await.unwrap(), updated);
}

pub async fn documents_are_reordered_added_and_dropped(repo: Repo) {
    let stored = machine(&repo, &["a", "b", "c"]).await;
    let ids: Vec<_> = stored.parts.iter().map(|part| part.id).collect();
    let input = json!({"parts": [{"id": ids[2]}, {"id": ids[0]}, {"label": "d"}]});
    let updated = repo.update(stored.cast(&input, ()).cast_embed(Machine::parts, cast_part)).await.unwrap();
    assert_eq!(labels(&updated), ["c", "a", "d"]);
    assert!(!updated.parts[2].id.is_nil());
    let back = json!({"parts": [{"id": ids[0]}, {"id": ids[2]}, {"id": updated.parts[2].id}]});
    let updated = repo.update(updated.cast(&back, ()).cast_embed(Machine::parts, cast_part)).await.unwrap();
    assert_eq!(labels(&repo.reload(&updated).await.unwrap()), ["a", "c", "d"]);
}

pub async fn documents_are_validated_at_any_depth(repo: Repo) {
    machines(&repo).await;
    let input = json!({
        "engine": {"label": "motor", "screws": [{"size": 3}, {"size": 10}]},
        "parts": [{"label": ""}],
    });
    let changeset = Machine { name: "Press".into(), ..Machine::default() }
        .cast(&input, ())
        .cast_embed(Machine::engine, cast_part)
        .cast_embed(Machine::parts, cast_part);
    let errors = invalid(repo.insert(changeset).await).errors_json();
    let size = json!(["must be less than or equal to 9"]);
    assert_eq!(errors, json!({"engine": {"screws": [{}, {"size": size}]}, "parts": [{"label": ["can't be blank"]}]}));
}

pub async fn nested_documents_are_edited_by_their_keys(repo: Repo) {
    machines(&repo).await;
    let input = json!({"engine": {"label": "motor", "screws": [{"size": 3}, {"size": 4}]}});
    let machine = Machine { name: "Press".into(), ..Machine::default() };
    let stored = repo.insert(machine.cast(&input, ()).cast_embed(Machine::engine, cast_part)).await.unwrap();
    let engine = stored.engine.clone().unwrap();
    assert!(!engine.screws[0].id.is_nil() && engine.screws[0].id != engine.screws[1].id);
    let input = json!({"engine": {"screws": [{"id": engine.screws[1].id, "size": 5}]}});
    let updated = repo.update(stored.cast(&input, ()).cast_embed(Machine::engine, cast_part)).await.unwrap();
    let changed = updated.engine.as_ref().unwrap();
    assert_eq!((changed.id, changed.label.as_str(), changed.screws.len()), (engine.id, "motor", 1));
    assert_eq!((changed.screws[0].id, changed.screws[0].size), (engine.screws[1].id, 5));
    assert_eq!(repo.reload(&updated).await.unwrap(), updated);
    let gone =
        repo.update(updated.cast(&json!({"engine": null}), ()).cast_embed(Machine::engine, cast_part)).await.unwrap();
    assert_eq!(repo.reload(&gone).await.unwrap().engine, None);
}

pub async fn documents_can_be_put(repo: Repo) {
    let stored = machine(&repo, &["a", "b"]).await;
    let mut parts = stored.parts.clone();
    parts[0].label = "A".into();
    let stored = repo.update(stored.change().put_embed(Machine::parts, parts)).await.unwrap();
    assert_eq!(labels(&repo.reload(&stored).await.unwrap()), ["A", "b"]);
    let mut second = stored.parts[1].clone();
    second.label = "B".into();
    let updated = repo.update(stored.change().put_embed(Machine::parts, vec![second, part("c")])).await.unwrap();
    assert_eq!(labels(&repo.reload(&updated).await.unwrap()), ["B", "c"]);
    let entry = Entry::new().set(Part::label, "motor");
    let updated = repo.update(updated.change().put_embed(Machine::engine, entry)).await.unwrap();
    assert_eq!(repo.reload(&updated).await.unwrap().engine.unwrap().label, "motor");
    assert_eq!(updated.change().get_embed(Machine::parts).len(), 2);
}

pub async fn a_child_sees_its_own_input_alone(repo: Repo) {
    let seen = params(json!({"name": "Ada", "missions": [{"title": "Map"}]}));
    let changeset = Deletes::default().cast(&seen, Deletes::name).cast_assoc(Deletes::missions, |mission, params| {
        assert!(!params.contains("name"));
        cast_mission(mission, params)
    });
    assert_eq!(titles(&repo.insert(changeset).await.unwrap().missions), ["Map"]);
}
