//! Changes that the program makes, and what a field is with its change.

use super::{Changeset, Data, FieldError, FieldRef, IntoField};
use crate::Type;
use crate::types::Value;

/// Where a field's value is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched<T> {
    /// It is a change.
    Change(T),
    /// It is the struct's.
    Data(T),
}

impl<T> Fetched<T> {
    /// The value.
    pub fn into_inner(self) -> T {
        match self {
            Self::Change(value) | Self::Data(value) => value,
        }
    }
}

impl<D: Data> Changeset<D> {
    /// Changes a field. What equals the data is no change, and drops an earlier one. What no database may hold, such as a float
    /// that is not a number, is the error `is invalid`.
    pub fn put_change<F: FieldRef<D, Of: Type>>(self, field: F, value: impl IntoField<F::Of>) -> Self {
        let index = field.index_in(&self.data);
        self.put(index, value.into_field(), false)
    }

    /// Changes a field even if the value equals the data.
    pub fn force_change<F: FieldRef<D, Of: Type>>(self, field: F, value: impl IntoField<F::Of>) -> Self {
        let index = field.index_in(&self.data);
        self.put(index, value.into_field(), true)
    }

    /// Changes the change of a field, if there is one.
    pub fn update_change<F: FieldRef<D, Of: Type>>(self, field: F, update: impl FnOnce(F::Of) -> F::Of) -> Self {
        let index = field.index_in(&self.data);
        match self.change_at(index).and_then(|value| F::Of::load(value.clone()).ok()) {
            Some(value) => self.put(index, update(value), false),
            None => self,
        }
    }

    /// Forgets the change of a field.
    pub fn delete_change<F: FieldRef<D>>(mut self, field: F) -> Self {
        let index = field.index_in(&self.data);
        self.drop_change(index);
        self
    }

    /// The changes, errors, checks and constraints of both, of which `other`'s changes win.
    ///
    /// # Panics
    ///
    /// If the two are not of the same data: then there is no telling which changes are meant.
    #[track_caller]
    pub fn merge(mut self, other: Self) -> Self {
        let same = (0..self.data.field_count()).all(|index| match (self.data.value(index), other.data.value(index)) {
            (Ok(ours), Ok(theirs)) => ours == theirs,
            (ours, theirs) => ours.is_err() && theirs.is_err(),
        });
        assert!(
            same && self.data.field_count() == other.data.field_count(),
            "only changesets of the same data can be merged"
        );
        for (index, value) in other.changes {
            self.set_change(index, value);
        }
        self.params = match (self.params, other.params) {
            (Some(ours), Some(theirs)) => Some(ours.merge(&theirs)),
            (ours, theirs) => theirs.or(ours),
        };
        self.errors.extend(other.errors);
        self.constraints.extend(other.constraints);
        self.validations.extend(other.validations);
        self.required.extend(other.required);
        self.required.sort_unstable();
        self.required.dedup();
        self.prepare.0.extend(other.prepare.0);
        self.filters.extend(other.filters);
        self.lock = other.lock.or(self.lock);
        for relation in other.relations {
            self.relations.retain(|ours| ours.name() != relation.name());
            self.relations.push(relation);
        }
        self.action = other.action.or(self.action);
        self
    }

    /// What a field is with the changes.
    ///
    /// # Panics
    ///
    /// If the struct holds what no database may hold, such as a float that is not a number.
    #[track_caller]
    pub fn get_field<F: FieldRef<D, Of: Type>>(&self, field: F) -> F::Of {
        self.fetch_field(field).into_inner()
    }

    /// What a field is with the changes, and whether it is one.
    ///
    /// # Panics
    ///
    /// If the struct holds what no database may hold, such as a float that is not a number.
    #[track_caller]
    pub fn fetch_field<F: FieldRef<D, Of: Type>>(&self, field: F) -> Fetched<F::Of> {
        let index = field.index_in(&self.data);
        let load = |value| F::Of::load(value).expect("a field's value is one of its type");
        match self.change_at(index) {
            Some(value) => Fetched::Change(load(value.clone())),
            None => Fetched::Data(load(self.data.value(index).expect("the struct holds what can be stored"))),
        }
    }

    /// The change of a field, if there is one.
    pub fn get_change<F: FieldRef<D, Of: Type>>(&self, field: F) -> Option<F::Of> {
        self.change_at(field.index_in(&self.data)).and_then(|value| F::Of::load(value.clone()).ok())
    }

    /// Whether a field is changed. A relation is changed where a row of it is.
    pub fn changed<F: FieldRef<D>>(&self, field: F) -> bool {
        self.change_at(field.index_in(&self.data)).is_some()
    }

    /// Whether a field is changed from one value to another.
    pub fn changed_between<F: FieldRef<D, Of: Type>>(&self, field: F, from: &F::Of, to: &F::Of) -> bool {
        let index = field.index_in(&self.data);
        let is = |value: &Value, wanted: &F::Of| wanted.dump().is_ok_and(|wanted| wanted == *value);
        self.change_at(index).is_some_and(|value| is(value, to))
            && self.data.value(index).is_ok_and(|value| is(&value, from))
    }

    /// Whether anything is changed, relations included.
    pub fn has_changes(&self) -> bool {
        !self.changes.is_empty() || !self.relations.is_empty()
    }

    /// The changes by the fields' names, in the order in which they were made.
    pub fn changes(&self) -> impl Iterator<Item = (std::borrow::Cow<'static, str>, &Value)> {
        self.changes.iter().map(|(index, value)| (self.data.key(*index), value))
    }

    fn put<T: Type>(mut self, index: usize, value: T, force: bool) -> Self {
        match value.into_value() {
            Ok(value) => self.store(index, value, force),
            Err(_) => {
                let error = FieldError::new("is invalid").with("validation", "cast");
                let error = error.with("type", self.data.type_name(index));
                self.push_error(index, error);
            }
        }
        self
    }
}
