//! What the database checks, and which field is to blame.
//!
//! A constraint is matched by kind, and then by what the database tells of it: a name (PostgreSQL; SQLite for checks and
//! for indexes of expressions), or the table and its columns (SQLite for unique constraints). SQLite tells nothing of a
//! failed foreign key: such a failure is the changeset's foreign key if it has exactly one.

use std::borrow::Cow;

use regex::Regex;

use super::{Changeset, Data, ErrorKey, FieldError, FieldRef, Fields};
use crate::adapter::{AdapterError, ConstraintKind};
use crate::schema::{Assoc, AssocKind, Association, Schema};

/// PostgreSQL cuts names that are longer, in bytes.
const LONGEST_NAME: usize = 63;

/// A constraint's name.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ConstraintName {
    /// What migrations call a constraint of these columns: `robots_name_index`.
    Of {
        /// `index`, `fkey`, `exclusion`.
        suffix: &'static str,
    },
    /// This one.
    Named(Cow<'static, str>),
}

/// How a constraint's name is compared.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum ConstraintMatch {
    /// It is the name.
    #[default]
    Exact,
    /// The database's name begins with it: partitions append to it.
    Prefix,
    /// The database's name ends with it: prefixes are put before it.
    Suffix,
    /// The database's name matches this instead.
    Regex(Regex),
}

/// One constraint of a changeset, to be handed to the function that declares it, or as it is declared.
#[derive(Clone, Debug)]
pub struct Constraint {
    kind: ConstraintKind,
    /// What the error's metadata calls it.
    label: &'static str,
    name: ConstraintName,
    matches: ConstraintMatch,
    table: Option<&'static str>,
    columns: Vec<Cow<'static, str>>,
    key: Cow<'static, str>,
    message: Cow<'static, str>,
}

/// What a constraint's declaration may say beside its fields.
#[derive(Clone, Debug, Default)]
pub struct ConstraintOptions {
    name: Option<Cow<'static, str>>,
    matches: ConstraintMatch,
    message: Option<Cow<'static, str>>,
    key: Option<Cow<'static, str>>,
}

impl ConstraintOptions {
    /// The database's own name for it, if it is not what migrations would call it.
    #[must_use]
    pub fn name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// How the name is compared.
    #[must_use]
    pub fn matches(mut self, matches: ConstraintMatch) -> Self {
        self.matches = matches;
        self
    }

    /// The error's message.
    #[must_use]
    pub fn message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// The field, or other name, under which the error stands.
    #[must_use]
    pub fn error_key(mut self, key: impl ErrorKey) -> Self {
        self.key = Some(key.error_key());
        self
    }
}

impl Constraint {
    /// Its kind.
    pub fn kind(&self) -> ConstraintKind {
        self.kind
    }

    /// Its name in the database.
    pub fn name(&self) -> Cow<'static, str> {
        match &self.name {
            ConstraintName::Named(name) => name.clone(),
            ConstraintName::Of { suffix } => {
                format!("{}_{}_{suffix}", self.table.unwrap_or_default(), self.columns.join("_")).into()
            }
        }
    }

    /// The field, or other name, under which the error stands.
    pub fn error_key(&self) -> &str {
        &self.key
    }

    fn is_called(&self, found: &str) -> bool {
        let name = self.name();
        match &self.matches {
            ConstraintMatch::Exact => found == name || (found.len() == LONGEST_NAME && name.starts_with(found)),
            ConstraintMatch::Prefix => found.starts_with(name.as_ref()),
            ConstraintMatch::Suffix => found.ends_with(name.as_ref()),
            ConstraintMatch::Regex(regex) => regex.is_match(found),
        }
    }

    fn is_of(&self, table: Option<&str>, columns: &[String]) -> bool {
        table.is_none_or(|table| self.table == Some(table))
            && !columns.is_empty()
            && columns.len() == self.columns.len()
            && columns.iter().all(|column| self.columns.iter().any(|ours| ours == column))
    }
}

impl<D: Data> Changeset<D> {
    /// Turns a violation of a unique index into the error `has already been taken` on the (first) field. The name is
    /// `<table>_<columns>_index` unless the options say otherwise.
    pub fn unique_constraint(self, fields: impl Fields<D>) -> Self {
        self.unique_constraint_with(fields, ConstraintOptions::default())
    }

    /// [`Self::unique_constraint`], with options.
    pub fn unique_constraint_with(self, fields: impl Fields<D>, options: ConstraintOptions) -> Self {
        self.constrain(ConstraintKind::Unique, "unique", "index", "has already been taken", &fields, options)
    }

    /// Turns a violation of a foreign key into the error `does not exist` on the field. The name is
    /// `<table>_<column>_fkey` unless the options say otherwise.
    pub fn foreign_key_constraint<F: FieldRef<D> + Fields<D>>(self, field: F) -> Self {
        self.foreign_key_constraint_with(field, ConstraintOptions::default())
    }

    /// [`Self::foreign_key_constraint`], with options.
    pub fn foreign_key_constraint_with<F: FieldRef<D> + Fields<D>>(self, field: F, options: ConstraintOptions) -> Self {
        self.constrain(ConstraintKind::ForeignKey, "foreign", "fkey", "does not exist", &field, options)
    }

    /// Turns a violation of the check called `name` into the error `is invalid` on the field.
    pub fn check_constraint<F: FieldRef<D> + Fields<D>>(self, field: F, name: impl Into<Cow<'static, str>>) -> Self {
        self.check_constraint_with(field, ConstraintOptions::default().name(name))
    }

    /// [`Self::check_constraint`], with options; the name defaults to `<table>_<column>_check`, as PostgreSQL names a
    /// column's check.
    pub fn check_constraint_with<F: FieldRef<D> + Fields<D>>(self, field: F, options: ConstraintOptions) -> Self {
        self.constrain(ConstraintKind::Check, "check", "check", "is invalid", &field, options)
    }

    /// Turns a violation of an exclusion constraint into an error on the field. The name is
    /// `<table>_<column>_exclusion` unless the options say otherwise.
    pub fn exclusion_constraint<F: FieldRef<D> + Fields<D>>(self, field: F) -> Self {
        self.exclusion_constraint_with(field, ConstraintOptions::default())
    }

    /// [`Self::exclusion_constraint`], with options.
    pub fn exclusion_constraint_with<F: FieldRef<D> + Fields<D>>(self, field: F, options: ConstraintOptions) -> Self {
        let message = "violates an exclusion constraint";
        self.constrain(ConstraintKind::Exclusion, "exclusion", "exclusion", message, &field, options)
    }

    fn constrain(
        mut self,
        kind: ConstraintKind,
        label: &'static str,
        suffix: &'static str,
        message: &'static str,
        fields: &impl Fields<D>,
        options: ConstraintOptions,
    ) -> Self {
        let (mut columns, mut first) = (Vec::new(), None);
        fields.each_in(&self.data, &mut |index| {
            first.get_or_insert(index);
            columns.push(self.data.column(index));
        });
        let key = first.map_or(Cow::Borrowed("base"), |index| self.data.key(index));
        let table = self.data.source();
        self.constraints.push(Constraint::new(kind, label, suffix, message, table, columns, key, options));
        self
    }

    /// Turns a constraint that failed into the error of the field that is to blame. False if none of this changeset's
    /// constraints is the one, or if it was none that failed.
    pub(crate) fn constraint_to_error(&mut self, error: &AdapterError) -> bool {
        let AdapterError::Constraint { kind, name, table, columns } = error else { return false };
        let mut of_kind = self.constraints.iter().filter(|constraint| constraint.kind == *kind);
        let found = if name.is_empty() && columns.is_empty() {
            // Nothing is told: it can only be the one there is.
            of_kind.next().filter(|_| of_kind.next().is_none())
        } else {
            of_kind.find(|constraint| {
                (!name.is_empty() && constraint.is_called(name)) || constraint.is_of(table.as_deref(), columns)
            })
        };
        let Some(constraint) = found else { return false };
        let called = if name.is_empty() { constraint.name() } else { Cow::Owned(name.clone()) };
        let error = FieldError::new(constraint.message.clone())
            .with("constraint", constraint.label)
            .with("constraint_name", called.as_ref());
        self.errors.push((constraint.key.clone(), error));
        true
    }
}

impl<S: Schema> Changeset<S> {
    /// Turns a violation of the foreign key behind a `belongs_to` into the error `does not exist` on the association.
    pub fn assoc_constraint<A: Association>(self, association: Assoc<S, A>) -> Self {
        self.assoc_constraint_with(association, ConstraintOptions::default())
    }

    /// [`Self::assoc_constraint`], with options.
    ///
    /// # Panics
    ///
    /// If the association is no `belongs_to`: the foreign key is elsewhere then, and that is `no_assoc_constraint`.
    #[track_caller]
    pub fn assoc_constraint_with<A: Association>(
        mut self,
        association: Assoc<S, A>,
        options: ConstraintOptions,
    ) -> Self {
        let AssocKind::BelongsTo { owner_key, .. } = association.meta().kind else {
            panic!("`{}` is no belongs_to: use `no_assoc_constraint`", association.name())
        };
        let columns = vec![self.data.column(owner_key)];
        let table = self.data.source();
        self.constraints.push(Constraint::new(
            ConstraintKind::ForeignKey,
            "assoc",
            "fkey",
            "does not exist",
            table,
            columns,
            Cow::Borrowed(association.name()),
            options,
        ));
        self
    }

    /// Turns a violation of the foreign key that refers to this row, when it is deleted, into the error
    /// `are still associated with this entry` on the association.
    pub fn no_assoc_constraint<A: Association>(self, association: Assoc<S, A>) -> Self {
        self.no_assoc_constraint_with(association, ConstraintOptions::default())
    }

    /// [`Self::no_assoc_constraint`], with options.
    ///
    /// # Panics
    ///
    /// If the association is neither `has_one` nor `has_many`.
    #[track_caller]
    pub fn no_assoc_constraint_with<A: Association>(
        mut self,
        association: Assoc<S, A>,
        options: ConstraintOptions,
    ) -> Self {
        let meta = association.meta();
        let (related_key, message) = match meta.kind {
            AssocKind::HasMany { related_key, .. } => (related_key, "are still associated with this entry"),
            AssocKind::HasOne { related_key, .. } => (related_key, "is still associated with this entry"),
            _ => panic!("`{}` is neither has_one nor has_many", association.name()),
        };
        let related = (meta.related)();
        let columns = vec![Cow::Borrowed(related.fields[related_key].column)];
        self.constraints.push(Constraint::new(
            ConstraintKind::ForeignKey,
            "no_assoc",
            "fkey",
            message,
            related.source,
            columns,
            Cow::Borrowed(association.name()),
            options,
        ));
        self
    }
}

impl Constraint {
    #[expect(clippy::too_many_arguments, reason = "one call for each kind of constraint, all of it data")]
    fn new(
        kind: ConstraintKind,
        label: &'static str,
        suffix: &'static str,
        message: &'static str,
        table: Option<&'static str>,
        columns: Vec<Cow<'static, str>>,
        key: Cow<'static, str>,
        options: ConstraintOptions,
    ) -> Self {
        Self {
            kind,
            label,
            name: options.name.map_or(ConstraintName::Of { suffix }, ConstraintName::Named),
            matches: options.matches,
            table,
            columns,
            key: options.key.unwrap_or(key),
            message: options.message.unwrap_or(Cow::Borrowed(message)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ConstraintMatch, ConstraintOptions};
    use crate::adapter::{AdapterError, ConstraintKind};
    use crate::schema::{BelongsTo, HasMany, HasOne};
    use crate::{Change, Changeset, Schema};

    #[derive(Schema, Clone)]
    #[schema(source = "robots")]
    struct Robot {
        #[schema(primary_key)]
        id: i64,
        #[schema(source = "label")]
        name: String,
        site_id: i64,
        owner_id: i64,
        #[schema(belongs_to)]
        site: BelongsTo<Site>,
    }

    #[derive(Schema, Clone)]
    #[schema(source = "sites")]
    struct Site {
        #[schema(primary_key)]
        id: i64,
        #[schema(has_many)]
        robots: HasMany<Robot>,
        #[schema(has_one(foreign_key = owner_id))]
        first: HasOne<Robot>,
    }

    fn named(kind: ConstraintKind, name: &str) -> AdapterError {
        AdapterError::Constraint { kind, name: name.to_owned(), table: None, columns: Vec::new() }
    }

    /// As SQLite tells of it.
    fn columns(table: &str, columns: &[&str]) -> AdapterError {
        AdapterError::Constraint {
            kind: ConstraintKind::Unique,
            name: columns.join(", "),
            table: Some(table.to_owned()),
            columns: columns.iter().map(ToString::to_string).collect(),
        }
    }

    /// The errors after `error`; none if it is nobody's.
    fn blames<S: Schema>(changeset: &Changeset<S>, error: &AdapterError) -> Option<String> {
        let mut changeset = changeset.clone();
        changeset.constraint_to_error(error).then(|| changeset.errors_json().to_string())
    }

    const TAKEN: &str = r#"{"name":["has already been taken"]}"#;

    #[test]
    fn a_name_is_what_migrations_would_call_it() {
        let robot = Robot::default().change().unique_constraint(Robot::name);
        assert_eq!(robot.constraints()[0].name(), "robots_label_index");
        let found = named(ConstraintKind::Unique, "robots_label_index");
        assert_eq!(blames(&robot, &found).as_deref(), Some(TAKEN));
        assert_eq!(blames(&robot, &named(ConstraintKind::Unique, "robots_pkey")), None);
        assert_eq!(blames(&robot, &named(ConstraintKind::Check, "robots_label_index")), None, "of another kind");
        assert_eq!(blames(&robot, &AdapterError::Busy(String::new())), None);
        let two = Robot::default().change().unique_constraint((Robot::site_id, Robot::name));
        assert_eq!(two.constraints()[0].name(), "robots_site_id_label_index");
        assert_eq!(two.constraints()[0].error_key(), "site_id");
    }

    #[test]
    fn columns_are_as_good_as_a_name() {
        let named = ConstraintOptions::default().name("whatever");
        let robot = Robot::default()
            .change()
            .unique_constraint(Robot::name)
            .unique_constraint_with((Robot::site_id, Robot::name), named.error_key("base").message("is there"));
        assert_eq!(blames(&robot, &columns("robots", &["label"])).as_deref(), Some(TAKEN));
        let both = blames(&robot, &columns("robots", &["label", "site_id"]));
        assert_eq!(both.as_deref(), Some(r#"{"base":["is there"]}"#));
        assert_eq!(blames(&robot, &columns("sites", &["label"])), None, "of another table");
        assert_eq!(blames(&robot, &columns("robots", &["id"])), None);
    }

    #[test]
    fn names_match_as_asked() {
        let with = |name: &'static str, matches| {
            let options = ConstraintOptions::default().name(name).matches(matches);
            Robot::default().change().unique_constraint_with(Robot::name, options)
        };
        let found = named(ConstraintKind::Unique, "tenant_robots_label_index_p7");
        assert!(blames(&with("robots_label_index", ConstraintMatch::Exact), &found).is_none());
        assert!(blames(&with("tenant_robots", ConstraintMatch::Prefix), &found).is_some());
        assert!(blames(&with("robots", ConstraintMatch::Prefix), &found).is_none());
        assert!(blames(&with("index_p7", ConstraintMatch::Suffix), &found).is_some());
        assert!(blames(&with("index", ConstraintMatch::Suffix), &found).is_none());
        let regex = |pattern: &str| ConstraintMatch::Regex(regex::Regex::new(pattern).expect("an expression"));
        assert!(blames(&with("", regex("_p[0-9]$")), &found).is_some());
        assert!(blames(&with("", regex("^robots")), &found).is_none());
    }

    #[test]
    fn a_name_that_postgres_has_cut_still_matches() {
        let long = "a".repeat(80);
        let options = ConstraintOptions::default().name(long.clone());
        let robot = Robot::default().change().unique_constraint_with(Robot::name, options);
        assert!(blames(&robot, &named(ConstraintKind::Unique, &long[..63])).is_some());
        assert!(blames(&robot, &named(ConstraintKind::Unique, &long[..62])).is_none());
    }

    #[test]
    fn a_foreign_key_without_a_name_is_the_only_one_there_is() {
        let unnamed = named(ConstraintKind::ForeignKey, "");
        let one = Robot::default().change().unique_constraint(Robot::name).foreign_key_constraint(Robot::site_id);
        assert_eq!(blames(&one, &unnamed).as_deref(), Some(r#"{"site_id":["does not exist"]}"#));
        let two = one.foreign_key_constraint(Robot::owner_id);
        assert_eq!(blames(&two, &unnamed), None, "one of two: nobody can tell which");
        let owner = named(ConstraintKind::ForeignKey, "robots_owner_id_fkey");
        assert_eq!(blames(&two, &owner).as_deref(), Some(r#"{"owner_id":["does not exist"]}"#));
    }

    #[test]
    fn associations_are_to_blame_by_their_keys() {
        let found = named(ConstraintKind::ForeignKey, "robots_site_id_fkey");
        let robot = Robot::default().change().assoc_constraint(Robot::site);
        assert_eq!(blames(&robot, &found).as_deref(), Some(r#"{"site":["does not exist"]}"#));
        let site = Site::default().change().no_assoc_constraint(Site::robots).no_assoc_constraint(Site::first);
        assert_eq!(blames(&site, &found).as_deref(), Some(r#"{"robots":["are still associated with this entry"]}"#));
        let first = named(ConstraintKind::ForeignKey, "robots_owner_id_fkey");
        assert_eq!(blames(&site, &first).as_deref(), Some(r#"{"first":["is still associated with this entry"]}"#));
    }

    #[test]
    fn checks_and_exclusions() {
        let robot = Robot::default()
            .change()
            .check_constraint(Robot::name, "name_is_short")
            .exclusion_constraint(Robot::site_id);
        let check = named(ConstraintKind::Check, "name_is_short");
        assert_eq!(blames(&robot, &check).as_deref(), Some(r#"{"name":["is invalid"]}"#));
        let exclusion = named(ConstraintKind::Exclusion, "robots_site_id_exclusion");
        let expected = r#"{"site_id":["violates an exclusion constraint"]}"#;
        assert_eq!(blames(&robot, &exclusion).as_deref(), Some(expected));
    }

    #[test]
    fn metadata_is_ectos() {
        let mut robot = Robot::default().change().unique_constraint(Robot::name);
        assert!(robot.constraint_to_error(&named(ConstraintKind::Unique, "robots_label_index")));
        let error = &robot.errors()[0].1;
        assert_eq!(error.get("constraint"), Some(&"unique".into()));
        assert_eq!(error.get("constraint_name"), Some(&"robots_label_index".into()));
    }

    #[test]
    #[should_panic(expected = "`robots` is no belongs_to: use `no_assoc_constraint`")]
    fn the_key_of_a_has_many_is_elsewhere() {
        drop(Site::default().change().assoc_constraint(Site::robots));
    }
}
