//! How a changeset's functions are told of fields.

use std::marker::PhantomData;

use super::{Data, Schemaless};
use crate::schema::{Field, FieldSet, Schema};

/// One field of `D`, of a known type: `Robot::name`; of [`Schemaless`] data [`named`] or, where no type is needed, `&str`.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a field of `{D}`", label = "not a field of `{D}`")]
pub trait FieldRef<D> {
    /// The field's type.
    type Of;
    /// Where it is.
    ///
    /// # Panics
    ///
    /// If a name is no field's: that is a mistake in the program.
    fn index_in(&self, data: &D) -> usize;
}

impl<S: Schema, T> FieldRef<S> for Field<S, T> {
    type Of = T;

    fn index_in(&self, _data: &S) -> usize {
        self.index()
    }
}

/// A field of [`Schemaless`] data whose type is not told.
#[derive(Clone, Copy, Debug)]
pub enum Untyped {}

/// A field of [`Schemaless`] data and its type. See [`named`].
#[derive(Debug)]
pub struct Named<'a, T> {
    name: &'a str,
    of: PhantomData<fn() -> T>,
}

/// The field called `name` of [`Schemaless`] data, known to be of type `T`.
pub fn named<T>(name: &str) -> Named<'_, T> {
    Named { name, of: PhantomData }
}

impl<T> Clone for Named<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Named<'_, T> {}

impl<T: crate::Type> FieldRef<Schemaless> for Named<'_, T> {
    type Of = T;

    #[track_caller]
    fn index_in(&self, data: &Schemaless) -> usize {
        let index = self.name.index_in(data);
        let (is, asked) = (data.type_name(index), T::NAME);
        assert!((data.db_type(index), is) == (T::DB, asked), "field `{}` is of type {is} and not {asked}", self.name);
        index
    }
}

impl FieldRef<Schemaless> for &str {
    type Of = Untyped;

    #[track_caller]
    fn index_in(&self, data: &Schemaless) -> usize {
        data.index_of(self).unwrap_or_else(|| panic!("there is no field `{self}`"))
    }
}

/// One or more fields of `D`: what [`FieldSet`] is for schemas, names for [`Schemaless`] data.
#[diagnostic::on_unimplemented(message = "`{Self}` does not name fields of `{D}`", label = "not fields of `{D}`")]
pub trait Fields<D> {
    /// Shows each field's index.
    fn each_in(&self, data: &D, visit: &mut dyn FnMut(usize));
}

#[diagnostic::do_not_recommend]
impl<S: Schema, F: FieldSet<S>> Fields<S> for F {
    fn each_in(&self, _data: &S, visit: &mut dyn FnMut(usize)) {
        self.each(visit);
    }
}

impl Fields<Schemaless> for &str {
    fn each_in(&self, data: &Schemaless, visit: &mut dyn FnMut(usize)) {
        visit(self.index_in(data));
    }
}

impl<T: crate::Type> Fields<Schemaless> for Named<'_, T> {
    fn each_in(&self, data: &Schemaless, visit: &mut dyn FnMut(usize)) {
        visit(self.index_in(data));
    }
}

impl Fields<Schemaless> for &[&str] {
    fn each_in(&self, data: &Schemaless, visit: &mut dyn FnMut(usize)) {
        self.iter().for_each(|name| visit(name.index_in(data)));
    }
}

impl<const N: usize> Fields<Schemaless> for [&str; N] {
    fn each_in(&self, data: &Schemaless, visit: &mut dyn FnMut(usize)) {
        self.as_slice().each_in(data, visit);
    }
}
