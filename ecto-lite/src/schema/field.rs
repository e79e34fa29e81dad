//! Typed names of fields.

use crate::tuples::tuples;
use std::fmt;
use std::marker::PhantomData;

use super::Schema;

/// A field of schema `S`, of type `T`: `Robot::battery`. Made by the derive, one for each field.
pub struct Field<S, T> {
    index: usize,
    name: &'static str,
    of: PhantomData<fn() -> (S, T)>,
}

impl<S, T> Field<S, T> {
    /// For the derive.
    #[doc(hidden)]
    pub const fn new(index: usize, name: &'static str) -> Self {
        Self { index, name, of: PhantomData }
    }

    /// Its index in [`super::SchemaMeta::fields`].
    pub const fn index(self) -> usize {
        self.index
    }

    /// Its name in the struct.
    pub const fn name(self) -> &'static str {
        self.name
    }
}

impl<S, T> Clone for Field<S, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, T> Copy for Field<S, T> {}

impl<S, T> fmt::Debug for Field<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// One or more fields of a schema: a field, an array or slice of fields of one type, a tuple of up to 16 fields.
pub trait FieldSet<S: Schema> {
    /// Shows each field's index in [`super::SchemaMeta::fields`].
    fn each(&self, visit: &mut dyn FnMut(usize));
}

impl<S: Schema, T> FieldSet<S> for Field<S, T> {
    fn each(&self, visit: &mut dyn FnMut(usize)) {
        visit(self.index);
    }
}

impl<S: Schema, T, const N: usize> FieldSet<S> for [Field<S, T>; N] {
    fn each(&self, visit: &mut dyn FnMut(usize)) {
        for field in self {
            visit(field.index);
        }
    }
}

impl<S: Schema> FieldSet<S> for () {
    fn each(&self, _: &mut dyn FnMut(usize)) {}
}

macro_rules! each {
    ($($name:ident)+) => {
        impl<S: Schema, $($name: FieldSet<S>),+> FieldSet<S> for ($($name,)+) {
            #[allow(non_snake_case)]
            fn each(&self, visit: &mut dyn FnMut(usize)) {
                let ($($name,)+) = self;
                $($name.each(visit);)+
            }
        }
    };
}

tuples!(each: A B C D E F G H I J K L M N O P);
