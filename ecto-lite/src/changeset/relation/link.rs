//! How an owner holds a relation.

use super::child::{Child, Fault};
use super::{Children, Relation};
use crate::changeset::{Action, Changeset, Data};
use crate::schema::{AnyAssociation, Assoc, AssocKind, AssocMeta, AssocState, Association, OnReplace, Schema};
use crate::types::{DumpError, Value};

/// How schema `R` hangs on its owner.
pub(super) struct Link<R> {
    /// The owner's name.
    pub(super) owner: &'static str,
    /// The owner's field.
    pub(super) name: &'static str,
    pub(super) many: bool,
    pub(super) on_replace: OnReplace,
    pub(super) place: Place<R>,
}

/// Where the rows or documents are. The functions know the field's type.
pub(super) enum Place<R> {
    Association { index: usize, meta: &'static AssocMeta, put: fn(&mut dyn AnyAssociation, Vec<R>, AssocState) },
    Field { index: usize, dump: fn(&[R]) -> Result<Value, DumpError> },
}

impl<R> Clone for Link<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Link<R> {}

impl<R> Clone for Place<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Place<R> {}

impl<R: Schema> Link<R> {
    /// The link of an association.
    pub(super) fn association<S: Schema, A: Association<Related = R>>(association: Assoc<S, A>) -> Self {
        Self::of::<A>(S::meta().name, association.index(), association.meta())
    }

    fn of<A: Association<Related = R>>(owner: &'static str, index: usize, meta: &'static AssocMeta) -> Self {
        let place = Place::Association { index, meta, put: put::<A> };
        Self { owner, name: meta.name, many: A::MANY, on_replace: meta.on_replace, place }
    }

    pub(super) fn is_embed(&self) -> bool {
        matches!(self.place, Place::Field { .. })
    }

    /// What input must be.
    pub(super) fn type_name(&self) -> &'static str {
        if self.many { "array of maps" } else { "map" }
    }

    /// A new row or document, with the association's defaults.
    pub(super) fn build(&self) -> Result<R, Fault> {
        let mut row = R::blank();
        if let Place::Association { meta, .. } = self.place {
            let defaults = (meta.defaults)().map_err(|error| self.unfit(&error))?;
            for (index, value) in defaults {
                row.put(index, value).map_err(|error| self.unfit(&error))?;
            }
        }
        Ok(row)
    }

    fn unfit(&self, error: &dyn std::error::Error) -> Fault {
        Fault::Misuse(format!("a default of `{}` of `{}` does not fit: {error}", self.name, self.owner))
    }

    /// Why the rows may not be written through this association.
    pub(super) fn read_only(&self) -> Option<Fault> {
        match self.place {
            Place::Association { meta, .. } if matches!(meta.kind, AssocKind::Through { .. }) => {
                Some(Fault::Misuse(format!(
                    "`{}` of `{}` goes through other associations and can only be read: write those instead",
                    self.name, self.owner
                )))
            }
            _ => None,
        }
    }
}

fn put<A: Association>(association: &mut dyn AnyAssociation, rows: Vec<A::Related>, state: AssocState) {
    let Some(association) = association.as_any_mut().downcast_mut::<A>() else { return };
    match state {
        AssocState::Changed => association.put_changed(rows),
        AssocState::Loaded => association.put_loaded(rows),
        AssocState::NotLoaded => association.reset(),
    }
}

/// The rows of an association as they are: none if the owner is new, a fault if nobody knows.
pub(super) fn current<S: Schema, A: Association>(
    owner: &S,
    association: Assoc<S, A>,
) -> Result<Vec<A::Related>, Fault> {
    let rows = association.of(owner);
    match rows.state() {
        AssocState::NotLoaded if owner.is_new() => Ok(Vec::new()),
        AssocState::NotLoaded => {
            Err(Fault::NotLoaded(crate::schema::NotLoaded { schema: S::meta().name, field: association.name() }))
        }
        AssocState::Loaded | AssocState::Changed => Ok(rows.rows().to_vec()),
    }
}

/// The changes that store what a struct's association holds, where that is new (`AssocState::Changed`).
pub(crate) fn surface<A: Association>(
    association: &A,
    owner: &'static str,
    index: usize,
    meta: &'static AssocMeta,
) -> Option<Box<dyn Children>> {
    if association.state() != AssocState::Changed {
        return None;
    }
    let link = Link::of::<A>(owner, index, meta);
    let children = association.rows().iter().map(|row| {
        let mut changeset = Changeset::new(row.clone());
        changeset.action = Some(if row.is_new() { Action::Insert } else { Action::Update });
        Child { changeset, replaced: false, known: false }
    });
    Some(match link.read_only() {
        Some(fault) => Box::new(Relation::faulty(link, fault)),
        None => Box::new(Relation::new(link, children.collect())),
    })
}
