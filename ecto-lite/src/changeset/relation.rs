//! Changes to associated and embedded rows, kept in their owner's changeset.
//!
//! `cast_assoc` and `cast_embed` read them from input, `put_assoc` and `put_embed` take them from the program; both
//! compare what is wanted with what is there, by primary key: what has no key or an unknown one is inserted, what is known
//! is updated, and what is there and not wanted is replaced, as the relation's [`OnReplace`] says
//! (`Ecto.Changeset.Relation`, Ecto 3.13). Nothing is written before the repo writes the owner.

mod cast;
mod child;
mod diff;
mod embed;
mod link;
mod put;
mod write;

use std::any::Any;
use std::fmt;

use chrono::{DateTime, Utc};

pub use cast::CastRelation;
pub use child::Owned;
pub use embed::EmbedField;
pub(crate) use link::surface;
pub(crate) use put::Given;
pub use put::{Entry, IntoChild, IntoChildren, NewChild, Shared};

use child::Child;
use link::{Link, Place};

use super::{Changeset, FieldError, Validation};
use crate::RepoError;
use crate::adapter::BoxFuture;
use crate::repo::Repo;
use crate::schema::{AnyAssociation, Assoc, AssocKind, AssocState, Association, Field, Schema};
use crate::types::{DumpError, Param, Value};

/// What a changeset of `D` asks of one association or embed that is cast or put.
pub trait AnyRelation<D>: fmt::Debug + Send + Sync {
    /// Its name in the struct.
    fn name(&self) -> &'static str;
    /// Whether every child is valid, and the changes make sense.
    fn is_valid(&self) -> bool;
    /// The children's errors, as [`Changeset::traverse_errors`] nests them: a map, or a list of maps with one for each
    /// child. None if there are none.
    fn errors(&self, each: &mut dyn FnMut(&str, &FieldError) -> Param) -> Option<Param>;
    /// The children's checks, in the same shape.
    fn validations(&self, each: &mut dyn FnMut(&str, &Validation) -> Param) -> Option<Param>;
    /// Puts what the changes make of the children into their owner: what is deleted or replaced is gone.
    fn apply(&self, data: &mut D);
    /// A copy.
    fn boxed(&self) -> Box<dyn AnyRelation<D>>;
    /// The children, whose schema is not known.
    #[doc(hidden)]
    fn children(&self) -> &dyn Children;
    /// The same.
    #[doc(hidden)]
    fn children_mut(&mut self) -> &mut dyn Children;
}

/// The rows or documents of one relation. Knows nothing of the owner's type, because schemas refer to one another.
#[doc(hidden)]
pub trait Children: fmt::Debug + Send + Sync {
    /// The owner's field.
    fn name(&self) -> &'static str;
    /// See [`AnyRelation::is_valid`].
    fn is_valid(&self) -> bool;
    /// See [`AnyRelation::errors`].
    fn errors(&self, each: &mut dyn FnMut(&str, &FieldError) -> Param) -> Option<Param>;
    /// See [`AnyRelation::validations`].
    fn validations(&self, each: &mut dyn FnMut(&str, &Validation) -> Param) -> Option<Param>;
    /// A copy.
    fn boxed(&self) -> Box<dyn Children>;
    /// The children that stay, as forms show them.
    #[cfg(feature = "liveview")]
    fn form_rows(&self) -> liveview_core::form::NestedParts;
    /// To be downcast.
    fn as_any(&self) -> &dyn Any;
    /// Where the children are.
    fn place(&self) -> Where;
    /// A mistake of the program, for the repo to report.
    fn fault(&self) -> Option<RepoError>;
    /// Whether the owner is to be updated even if nothing else of it changed.
    fn forces_update(&self) -> bool;
    /// Puts what the changes make of the children into their owner's association.
    fn put(&self, association: &mut dyn AnyAssociation);
    /// What the owner's field is to hold: embeds only. With the time of a write, keys and timestamps are made too.
    fn document(&self, write: Option<DateTime<Utc>>) -> Result<Value, DumpError>;
    /// Stores the children: associations only. What was stored is remembered for [`Children::settle`]. Gives the key
    /// that the owner is to refer to, where it refers to a child.
    fn write<'a>(
        &'a mut self,
        repo: &'a Repo,
        step: Step,
        owner: Owned,
    ) -> BoxFuture<'a, Result<Option<Value>, Failed>>;
    /// Puts the stored children into their owner's association.
    fn settle(&mut self, association: &mut dyn AnyAssociation);
}

/// Where a relation's children are, by index.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// A row that the owner refers to: written before it.
    Parent(usize),
    /// Rows that refer to the owner: written after it.
    Children(usize),
    /// A field of the owner.
    Field(usize),
}

/// When a relation is written.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Before the owner.
    Before,
    /// After it.
    After,
}

/// Why a relation was not written.
#[doc(hidden)]
#[derive(Debug)]
pub enum Failed {
    /// A child is invalid and has the errors.
    Invalid,
    /// The repo could not.
    Repo(RepoError),
}

impl<E: Into<RepoError>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Repo(error.into())
    }
}

/// The children of an owner whose schema is known.
#[derive(Debug)]
struct Erased(Box<dyn Children>);

impl<S: Schema> AnyRelation<S> for Erased {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn is_valid(&self) -> bool {
        self.0.is_valid()
    }

    fn errors(&self, each: &mut dyn FnMut(&str, &FieldError) -> Param) -> Option<Param> {
        self.0.errors(each)
    }

    fn validations(&self, each: &mut dyn FnMut(&str, &Validation) -> Param) -> Option<Param> {
        self.0.validations(each)
    }

    fn apply(&self, owner: &mut S) {
        match self.0.place() {
            Where::Parent(index) | Where::Children(index) => self.0.put(owner.association_mut(index)),
            // A document that no database may hold leaves the field as it was; the repo says what is wrong with it.
            Where::Field(index) => {
                let _ = self.0.document(None).map(|document| owner.put(index, document));
            }
        }
    }

    fn boxed(&self) -> Box<dyn AnyRelation<S>> {
        Box::new(Self(self.0.boxed()))
    }

    fn children(&self) -> &dyn Children {
        &*self.0
    }

    fn children_mut(&mut self) -> &mut dyn Children {
        &mut *self.0
    }
}

/// The changes to a relation whose other side is `R`.
pub(crate) struct Relation<R: Schema> {
    link: Link<R>,
    children: Vec<Child<R>>,
    fault: Option<child::Fault>,
    forces_update: bool,
    /// What was stored, in order.
    stored: Vec<R>,
}

impl<R: Schema> Relation<R> {
    fn new(link: Link<R>, children: Vec<Child<R>>) -> Self {
        Self { link, children, fault: None, forces_update: false, stored: Vec::new() }
    }

    fn faulty(link: Link<R>, fault: child::Fault) -> Self {
        Self { fault: Some(fault), ..Self::new(link, Vec::new()) }
    }

    /// The children that stay.
    fn kept(&self) -> impl Iterator<Item = &Child<R>> {
        self.children.iter().filter(|child| child.stays())
    }

    /// What each child that stays has, in the relation's shape; none if none has any.
    fn nested(&self, of: impl FnMut(&Changeset<R>) -> Param) -> Option<Param> {
        let each: Vec<_> = self.kept().map(|child| &child.changeset).map(of).collect();
        if each.iter().all(|one| one.as_object().is_some_and(serde_json::Map::is_empty)) {
            return None;
        }
        if self.link.many { Some(Param::Array(each)) } else { each.into_iter().next() }
    }

    /// The children that stay, with their changes.
    fn applied(&self) -> Vec<R> {
        self.kept().map(|child| child.changeset.apply_changes()).collect()
    }
}

impl<R: Schema> Clone for Relation<R> {
    fn clone(&self) -> Self {
        Self {
            link: self.link,
            children: self.children.clone(),
            fault: self.fault.clone(),
            forces_update: self.forces_update,
            stored: self.stored.clone(),
        }
    }
}

impl<R: Schema> fmt::Debug for Relation<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        for child in &self.children {
            list.entry(&child.changeset);
        }
        list.finish()
    }
}

impl<R: Schema> Children for Relation<R> {
    fn name(&self) -> &'static str {
        self.link.name
    }

    fn is_valid(&self) -> bool {
        self.fault.is_none() && self.kept().all(|child| child.changeset.is_valid())
    }

    fn errors(&self, each: &mut dyn FnMut(&str, &FieldError) -> Param) -> Option<Param> {
        self.nested(|changeset| changeset.nested_errors(each))
    }

    fn validations(&self, each: &mut dyn FnMut(&str, &Validation) -> Param) -> Option<Param> {
        self.nested(|changeset| changeset.nested_validations(each))
    }

    fn boxed(&self) -> Box<dyn Children> {
        Box::new(self.clone())
    }

    #[cfg(feature = "liveview")]
    fn form_rows(&self) -> liveview_core::form::NestedParts {
        crate::liveview::rows::nested(self.link.many, self.kept().map(|child| &child.changeset))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn place(&self) -> Where {
        match self.link.place {
            Place::Association { index, meta, .. } => match meta.kind {
                AssocKind::BelongsTo { .. } => Where::Parent(index),
                _ => Where::Children(index),
            },
            Place::Field { index, .. } => Where::Field(index),
        }
    }

    fn fault(&self) -> Option<RepoError> {
        self.fault.as_ref().map(child::Fault::to_error)
    }

    fn forces_update(&self) -> bool {
        self.forces_update
    }

    fn put(&self, association: &mut dyn AnyAssociation) {
        if let Place::Association { put, .. } = self.link.place {
            put(association, self.applied(), AssocState::Changed);
        }
    }

    fn document(&self, write: Option<DateTime<Utc>>) -> Result<Value, DumpError> {
        let Place::Field { dump, .. } = self.link.place else { return Ok(Value::Null(crate::DbType::Json)) };
        let documents = self.kept().map(|child| embed::document(&child.changeset, write));
        dump(&documents.collect::<Result<Vec<_>, _>>()?)
    }

    fn write<'a>(
        &'a mut self,
        repo: &'a Repo,
        step: Step,
        owner: Owned,
    ) -> BoxFuture<'a, Result<Option<Value>, Failed>> {
        Box::pin(write::write(self, repo, step, owner))
    }

    fn settle(&mut self, association: &mut dyn AnyAssociation) {
        if let Place::Association { put, .. } = self.link.place {
            put(association, std::mem::take(&mut self.stored), AssocState::Loaded);
        }
    }
}

impl<S: Schema> Changeset<S> {
    /// Replaces the changes to the relation called `name`, or drops them.
    fn set_relation<R: Schema>(&mut self, name: &'static str, relation: Option<Relation<R>>) {
        self.relations.retain(|known| known.name() != name);
        if let Some(relation) = relation {
            self.relations.push(Box::new(Erased(Box::new(relation))));
        }
    }

    /// The changes that store what the struct's associations hold and no database yet does.
    pub(crate) fn surface_associations(&mut self) {
        let meta = S::meta();
        for (index, association) in meta.associations.iter().enumerate() {
            if self.relations.iter().any(|known| known.name() == association.name) {
                continue;
            }
            let children = self.data.association(index).changed(meta.name, index, association);
            self.relations.extend(children.map(|children| Box::new(Erased(children)) as Box<dyn AnyRelation<S>>));
        }
    }

    /// The changes to the relation called `name`.
    fn relation<R: Schema>(&self, name: &str) -> Option<&Relation<R>> {
        let relation = self.relations.iter().find(|relation| relation.name() == name)?;
        relation.children().as_any().downcast_ref()
    }

    /// The association's children as changesets: with their changes where there are some, and as they are where not;
    /// without those that are deleted or replaced. Nothing if nobody knows them (`Ecto.Changeset.get_assoc/2`).
    pub fn get_assoc<A: Association>(&self, association: Assoc<S, A>) -> Vec<Changeset<A::Related>> {
        match self.relation(association.name()) {
            Some(relation) => relation.kept().map(|child| child.changeset.clone()).collect(),
            None => association.of(&self.data).rows().iter().cloned().map(Changeset::new).collect(),
        }
    }

    /// The documents of an embed as changesets. See [`Self::get_assoc`].
    pub fn get_embed<E: EmbedField>(&self, field: Field<S, E>) -> Vec<Changeset<E::Document>> {
        match self.relation(field.name()) {
            Some(relation) => relation.kept().map(|child| child.changeset.clone()).collect(),
            None => embed::current(&self.data, field).into_iter().map(Changeset::new).collect(),
        }
    }
}
