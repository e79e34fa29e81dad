//! Associations as values, and their typed names.
//!
//! Reading never queries. An association is [`AssocState::NotLoaded`] until a preload or a write fills it,
//! [`AssocState::Loaded`] with what the database holds, or [`AssocState::Changed`] with rows that a later write is to
//! store.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

use super::Schema;

/// Which of its three states an association is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssocState {
    /// Nothing is known.
    NotLoaded,
    /// What the database holds.
    Loaded,
    /// What a write is to store.
    Changed,
}

/// An association was read that is not loaded.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("association `{field}` of `{schema}` is not loaded: preload it (`preload: {field}`) or set it first")]
pub struct NotLoaded {
    /// The owner.
    pub schema: &'static str,
    /// The association.
    pub field: &'static str,
}

/// What all kinds of association have in common; rows are seen as a list.
pub trait Association: Clone + Send + Sync + 'static {
    /// The other schema.
    type Related: Schema;
    /// Whether there can be more than one row.
    const MANY: bool;

    /// Not loaded. `owner` and `name` are for the error of whoever reads it.
    fn not_loaded(owner: &'static str, name: &'static str) -> Self;
    /// The state.
    fn state(&self) -> AssocState;
    /// The rows, none if not loaded.
    fn rows(&self) -> &[Self::Related];
    /// The rows, none if not loaded.
    fn rows_mut(&mut self) -> &mut [Self::Related];
    /// Puts `rows` there as what the database holds. To-one associations keep the first.
    fn put_loaded(&mut self, rows: Vec<Self::Related>);
    /// Puts `rows` there as what is to be stored. To-one associations keep the first.
    fn put_changed(&mut self, rows: Vec<Self::Related>);
    /// Forgets the rows.
    fn reset(&mut self);
    /// With its type forgotten.
    fn as_any_association(&self) -> &dyn AnyAssociation {
        self
    }
    /// With its type forgotten.
    fn as_any_association_mut(&mut self) -> &mut dyn AnyAssociation {
        self
    }
}

/// An association whose type is not known: what the repo walks.
pub trait AnyAssociation: Any + Send + Sync {
    /// To be downcast.
    fn as_any(&self) -> &dyn Any;
    /// To be downcast.
    fn as_any_mut(&mut self) -> &mut dyn Any;
    /// See [`Association::state`].
    fn any_state(&self) -> AssocState;
    /// The rows, as forms show them.
    #[cfg(feature = "liveview")]
    #[doc(hidden)]
    fn form_rows(&self) -> liveview_core::form::NestedParts;
    /// What stores the rows, if they are [`AssocState::Changed`]: the changes that the owner's changeset would have.
    #[doc(hidden)]
    fn changed(
        &self,
        owner: &'static str,
        index: usize,
        meta: &'static super::AssocMeta,
    ) -> Option<Box<dyn crate::changeset::relation::Children>>;
}

impl<A: Association> AnyAssociation for A {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn any_state(&self) -> AssocState {
        self.state()
    }

    #[cfg(feature = "liveview")]
    fn form_rows(&self) -> liveview_core::form::NestedParts {
        crate::liveview::rows::of_association(self)
    }

    fn changed(
        &self,
        owner: &'static str,
        index: usize,
        meta: &'static super::AssocMeta,
    ) -> Option<Box<dyn crate::changeset::relation::Children>> {
        crate::changeset::relation::surface(self, owner, index, meta)
    }
}

/// One store for all kinds: to-one associations hold at most one row. `Vec` because schemas refer to one another.
#[derive(Clone)]
struct Rows<T> {
    owner: &'static str,
    name: &'static str,
    state: AssocState,
    held: Vec<T>,
}

impl<T> Rows<T> {
    const fn not_loaded(owner: &'static str, name: &'static str) -> Self {
        Self { owner, name, state: AssocState::NotLoaded, held: Vec::new() }
    }

    fn readable(&self) -> Result<&[T], NotLoaded> {
        match self.state {
            AssocState::NotLoaded => Err(NotLoaded { schema: self.owner, field: self.name }),
            AssocState::Loaded | AssocState::Changed => Ok(&self.held),
        }
    }

    fn put(&mut self, state: AssocState, mut rows: Vec<T>, many: bool) {
        if !many {
            rows.truncate(1);
        }
        self.state = state;
        self.held = rows;
    }
}

impl<T: fmt::Debug> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.state {
            AssocState::NotLoaded => f.write_str("NotLoaded"),
            AssocState::Loaded => f.debug_tuple("Loaded").field(&self.held).finish(),
            AssocState::Changed => f.debug_tuple("Changed").field(&self.held).finish(),
        }
    }
}

macro_rules! association {
    ($(#[$doc:meta])* $name:ident, many: $many:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name<T>(Rows<T>);

        impl<T: fmt::Debug> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl<T: PartialEq> PartialEq for $name<T> {
            fn eq(&self, other: &Self) -> bool {
                self.0.state == other.0.state && self.0.held == other.0.held
            }
        }

        impl<T> $name<T> {
            /// Which of its three states it is in.
            pub fn state(&self) -> AssocState {
                self.0.state
            }

            /// Whether the rows are known.
            pub fn is_loaded(&self) -> bool {
                self.0.state != AssocState::NotLoaded
            }
        }

        impl<T> Default for $name<T> {
            fn default() -> Self {
                Self(Rows::not_loaded("the schema", "the association"))
            }
        }

        impl<T: Schema> Association for $name<T> {
            type Related = T;
            const MANY: bool = $many;

            fn not_loaded(owner: &'static str, name: &'static str) -> Self {
                Self(Rows::not_loaded(owner, name))
            }

            fn state(&self) -> AssocState {
                self.0.state
            }

            fn rows(&self) -> &[T] {
                &self.0.held
            }

            fn rows_mut(&mut self) -> &mut [T] {
                &mut self.0.held
            }

            fn put_loaded(&mut self, rows: Vec<T>) {
                self.0.put(AssocState::Loaded, rows, $many);
            }

            fn put_changed(&mut self, rows: Vec<T>) {
                self.0.put(AssocState::Changed, rows, $many);
            }

            fn reset(&mut self) {
                self.0.put(AssocState::NotLoaded, Vec::new(), $many);
            }
        }
    };
}

macro_rules! many {
    ($name:ident) => {
        impl<T> $name<T> {
            /// The rows.
            pub fn get(&self) -> Result<&[T], NotLoaded> {
                self.0.readable()
            }
        }

        impl<T> From<Vec<T>> for $name<T> {
            /// Rows that a write is to store.
            fn from(rows: Vec<T>) -> Self {
                let mut this = Self::default();
                this.0.put(AssocState::Changed, rows, true);
                this
            }
        }
    };
}

macro_rules! one {
    ($name:ident) => {
        impl<T> $name<T> {
            /// The row, or none.
            pub fn get(&self) -> Result<Option<&T>, NotLoaded> {
                self.0.readable().map(<[T]>::first)
            }
        }

        impl<T> From<T> for $name<T> {
            /// A row that a write is to store.
            fn from(row: T) -> Self {
                let mut this = Self::default();
                this.0.put(AssocState::Changed, vec![row], false);
                this
            }
        }
    };
}

association!(
    /// Rows of `T` that refer to this one.
    HasMany, many: true
);
association!(
    /// The row of `T` that refers to this one.
    HasOne, many: false
);
association!(
    /// The row of `T` that this one refers to.
    BelongsTo, many: false
);
association!(
    /// Rows of `T` that a join table binds to this one.
    ManyToMany, many: true
);
many!(HasMany);
many!(ManyToMany);
one!(HasOne);
one!(BelongsTo);

/// An association of schema `S`: `Robot::missions`. Made by the derive, one for each association.
pub struct Assoc<S, A> {
    index: usize,
    name: &'static str,
    of: PhantomData<fn() -> (S, A)>,
}

impl<S: Schema, A: Association> Assoc<S, A> {
    /// The association in `owner`.
    ///
    /// # Panics
    ///
    /// Never: the derive made the index and the type together.
    pub fn of(self, owner: &S) -> &A {
        owner
            .association(self.index)
            .as_any()
            .downcast_ref()
            .expect("the derive names each association by its own type")
    }

    /// The association in `owner`.
    ///
    /// # Panics
    ///
    /// Never: the derive made the index and the type together.
    pub fn of_mut(self, owner: &mut S) -> &mut A {
        owner
            .association_mut(self.index)
            .as_any_mut()
            .downcast_mut()
            .expect("the derive names each association by its own type")
    }

    /// Its tables.
    pub fn meta(self) -> &'static super::AssocMeta {
        &S::meta().associations[self.index]
    }
}

impl<S, A> Assoc<S, A> {
    /// For the derive.
    #[doc(hidden)]
    pub const fn new(index: usize, name: &'static str) -> Self {
        Self { index, name, of: PhantomData }
    }

    /// Its index in [`super::SchemaMeta::associations`].
    pub const fn index(self) -> usize {
        self.index
    }

    /// Its name in the struct.
    pub const fn name(self) -> &'static str {
        self.name
    }
}

impl<S, A> Clone for Assoc<S, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, A> Copy for Assoc<S, A> {}

impl<S, A> fmt::Debug for Assoc<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
