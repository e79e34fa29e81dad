//! Changesets: what is to change, checked, before it is written (`Ecto.Changeset`, Ecto 3.13).
//!
//! A changeset holds the struct as it is, the input, the changes that came of it, and what is wrong with them. It is
//! a value: each function takes one and gives the next, nothing is asked of a database until a repo is given it, and
//! invalid input is no error of the program but a changeset with errors in it.
//!
//! ```
//! use ecto_lite::changeset::Action;
//! use ecto_lite::{Change, Changeset, Params, Schema};
//!
//! #[derive(Schema, Clone)]
//! #[schema(source = "robots")]
//! struct Robot {
//!     #[schema(primary_key)]
//!     id: i64,
//!     name: String,
//!     #[schema(default = 100.0)]
//!     battery: f64,
//! }
//!
//! impl Robot {
//!     fn changeset(self, params: &Params) -> Changeset<Robot> {
//!         self.cast(params, (Robot::name, Robot::battery))
//!             .validate_required(Robot::name)
//!             .validate_length(Robot::name, 3..=40)
//!             .validate_number(Robot::battery, 0.0..=100.0)
//!             .unique_constraint(Robot::name)
//!     }
//! }
//!
//! let params = Params::from([("name", "Al"), ("battery", "101")]);
//! let invalid = Robot::default().changeset(&params).apply_action(Action::Insert).err().expect("errors");
//! assert_eq!(invalid.errors_json(), serde_json::json!({
//!     "name": ["should be at least 3 character(s)"],
//!     "battery": ["must be less than or equal to 100.0"],
//! }));
//!
//! let params = Params::from([("name", "Ada"), ("battery", "87.5"), ("id", "7")]);
//! let robot = Robot::default().changeset(&params).apply_action(Action::Insert).ok().expect("valid");
//! assert_eq!((robot.id, robot.name.as_str(), robot.battery), (0, "Ada", 87.5));
//! ```
//!
//! The same functions check input for which there is no struct: see [`Schemaless`].

mod cast;
mod constraint;
mod data;
mod edit;
mod errors;
mod fields;
mod into_field;
mod prepare;
pub(crate) mod relation;
mod schemaless;
mod validate;

use std::borrow::Cow;
use std::fmt;

pub use cast::{CastOptions, Change, EmptyValue};
pub use constraint::{Constraint, ConstraintMatch, ConstraintName, ConstraintOptions};
pub use data::Data;
pub use edit::Fetched;
pub use errors::{ErrorKey, FieldError};
pub use fields::{FieldRef, Fields, Named, Untyped, named};
pub use into_field::IntoField;
pub use prepare::CountsVersions;
pub(crate) use prepare::{Lock, Prepare};
pub use relation::{AnyRelation, CastRelation, EmbedField, Entry, IntoChild, IntoChildren, NewChild, Shared};
pub use schemaless::{AnyType, Schemaless};
pub use validate::{
    Bounds, Choices, Count, Format, HasLength, IsList, IsNumber, IsText, Length, Message, Number, NumberKind, Required,
    Validation,
};

use crate::Params;
use crate::types::Value;

/// What a changeset is for. The repo sets it when it is given one, so that a form knows to show the errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// A new row.
    Insert,
    /// A change of a row.
    Update,
    /// A deletion.
    Delete,
    /// Another row takes its place.
    Replace,
    /// Nothing is written.
    Ignore,
    /// A check only, while a form is being filled in.
    Validate,
}

/// Changes of `D`: a schema's struct, or [`Schemaless`] data.
#[must_use = "a changeset changes nothing until it is applied or given to a repo"]
pub struct Changeset<D> {
    pub(crate) data: D,
    /// The input of all casts; none where nothing was cast.
    pub(crate) params: Option<Params>,
    /// By field index, in the order in which they were made; each field once.
    pub(crate) changes: Vec<(usize, Value)>,
    /// In the order in which they were found.
    pub(crate) errors: Vec<(Cow<'static, str>, FieldError)>,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) validations: Vec<(usize, Validation)>,
    /// The fields of `validate_required`.
    pub(crate) required: Vec<usize>,
    pub(crate) action: Option<Action>,
    /// What is cast or put for associations and embeds.
    pub(crate) relations: Vec<Box<dyn relation::AnyRelation<D>>>,
    /// Run by the repo in the transaction of the write.
    pub(crate) prepare: prepare::Prepares<D>,
    /// What must hold of the row when it is updated or deleted: `where field = value`.
    pub(crate) filters: Vec<(usize, Value)>,
    /// The column that tells whether somebody else has written the row.
    pub(crate) lock: Option<Lock>,
}

impl<D: Data> Changeset<D> {
    /// Of `data`, with no changes.
    pub fn new(data: D) -> Self {
        Self {
            data,
            params: None,
            changes: Vec::new(),
            errors: Vec::new(),
            constraints: Vec::new(),
            validations: Vec::new(),
            required: Vec::new(),
            action: None,
            relations: Vec::new(),
            prepare: prepare::Prepares::default(),
            filters: Vec::new(),
            lock: None,
        }
    }

    /// The struct without the changes.
    pub fn data(&self) -> &D {
        &self.data
    }

    /// The input, if there was any.
    pub fn params(&self) -> Option<&Params> {
        self.params.as_ref()
    }

    /// What it is for, once that is known.
    pub fn action(&self) -> Option<Action> {
        self.action
    }

    /// Says what it is for. A form shows errors only once this is said.
    pub fn with_action(mut self, action: Action) -> Self {
        self.action = Some(action);
        self
    }

    /// Whether nothing is wrong, neither here nor in a relation.
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty() && self.relations.iter().all(|relation| relation.is_valid())
    }

    /// The fields that `validate_required` names, for forms.
    pub fn required(&self) -> impl Iterator<Item = Cow<'static, str>> {
        self.required.iter().map(|index| self.data.key(*index))
    }

    /// The checks of each field, for forms and documentation.
    pub fn validations(&self) -> impl Iterator<Item = (Cow<'static, str>, &Validation)> {
        self.validations.iter().map(|(index, validation)| (self.data.key(*index), validation))
    }

    /// The constraints that a write will turn into errors.
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// The struct with the changes, valid or not. Associations and embeds are applied too.
    pub fn apply_changes(&self) -> D {
        let mut data = self.data.clone();
        for (index, value) in &self.changes {
            // Every change was made by the field's own type, so it is one that the field takes.
            let _ = data.set(*index, value.clone());
        }
        for relation in &self.relations {
            relation.apply(&mut data);
        }
        data
    }

    /// The struct with the changes if they are valid; otherwise the changeset with its action set, for a form to show.
    pub fn apply_action(mut self, action: Action) -> Result<D, Box<Self>> {
        self.action = Some(action);
        if self.is_valid() { Ok(self.apply_changes()) } else { Err(Box::new(self)) }
    }

    /// The change of a field.
    pub(crate) fn change_at(&self, index: usize) -> Option<&Value> {
        self.changes.iter().find(|(changed, _)| *changed == index).map(|(_, value)| value)
    }

    /// Replaces the change of a field.
    pub(crate) fn set_change(&mut self, index: usize, value: Value) {
        match self.changes.iter_mut().find(|(changed, _)| *changed == index) {
            Some((_, old)) => *old = value,
            None => self.changes.push((index, value)),
        }
    }

    /// Forgets the change of a field.
    pub(crate) fn drop_change(&mut self, index: usize) {
        self.changes.retain(|(changed, _)| *changed != index);
    }
}

impl<D: Clone> Clone for Changeset<D> {
    fn clone(&self) -> Self {
        Self {
            data: self.data.clone(),
            params: self.params.clone(),
            changes: self.changes.clone(),
            errors: self.errors.clone(),
            constraints: self.constraints.clone(),
            validations: self.validations.clone(),
            required: self.required.clone(),
            action: self.action,
            relations: self.relations.iter().map(|relation| relation.boxed()).collect(),
            prepare: prepare::Prepares(self.prepare.0.clone()),
            filters: self.filters.clone(),
            lock: self.lock.clone(),
        }
    }
}

impl<D: Data> From<D> for Changeset<D> {
    fn from(data: D) -> Self {
        Self::new(data)
    }
}

/// Redacted fields are masked; the struct is named and not printed.
impl<D: Data> fmt::Debug for Changeset<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changeset")
            .field("action", &self.action)
            .field("changes", &Changes(self))
            .field("relations", &self.relations)
            .field("errors", &self.errors)
            .field("data", &format_args!("{}", self.data.schema_name()))
            .field("is_valid", &self.is_valid())
            .finish()
    }
}

struct Changes<'a, D>(&'a Changeset<D>);

impl<D: Data> fmt::Debug for Changes<'_, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(changeset) = self;
        let mut map = f.debug_map();
        for (index, value) in &changeset.changes {
            let name = changeset.data.key(*index);
            if changeset.data.is_redacted(*index) {
                map.entry(&format_args!("{name}"), &format_args!("**redacted**"));
            } else {
                map.entry(&format_args!("{name}"), value);
            }
        }
        map.finish()
    }
}
