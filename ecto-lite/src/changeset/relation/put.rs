//! Relations from the program.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use super::child::{self, Fault, Refusal, key};
use super::diff::{self, Wanted};
use super::embed::{self, EmbedField};
use super::link::{self, Link};
use super::{Relation, Schema};
use crate::changeset::{Action, Changeset, Data, FieldError};
use crate::schema::{Assoc, Association, Field};
use crate::types::{DumpError, Type, Value};

/// Values of some fields of schema `S`: a child that is changed or made by them, a row of
/// [`insert_all`](crate::Repo::insert_all).
///
/// ```ignore
/// Entry::new().set(Robot::name, "Ada").set(Robot::battery, 80.0)
/// ```
pub struct Entry<S> {
    pub(crate) values: Vec<(usize, Given)>,
    /// The first value that no database may hold, for whoever takes the entry to report.
    pub(crate) refused: Option<DumpError>,
    of: PhantomData<fn() -> S>,
}

/// A value of an entry.
#[derive(Clone, Debug)]
pub(crate) enum Given {
    Own(Value),
    Shared(Arc<Value>),
}

impl Given {
    fn value(&self) -> &Value {
        match self {
            Self::Own(value) => value,
            Self::Shared(value) => value,
        }
    }

    fn into_value(self) -> Value {
        match self {
            Self::Own(value) => value,
            Self::Shared(value) => Arc::unwrap_or_clone(value),
        }
    }
}

impl<S: Schema> Entry<S> {
    /// Of no field.
    pub fn new() -> Self {
        Self { values: Vec::new(), refused: None, of: PhantomData }
    }

    /// With a field; the last value given for it counts.
    #[must_use]
    pub fn set<T: Type>(mut self, field: Field<S, T>, value: impl Into<T>) -> Self {
        match value.into().into_value() {
            Ok(value) => self.put(field.index(), Given::Own(value)),
            Err(error) => self.refuse(field.index(), error),
        }
        self
    }

    /// With a field whose value many entries share: an `insert_all` sends it once (`:placeholders`).
    #[must_use]
    pub fn set_shared<T: Type>(mut self, field: Field<S, T>, value: &Shared<T>) -> Self {
        match &value.value {
            Ok(value) => self.put(field.index(), Given::Shared(Arc::clone(value))),
            Err(error) => self.refuse(field.index(), error.clone()),
        }
        self
    }

    fn refuse(&mut self, index: usize, error: DumpError) {
        let redact = S::meta().fields[index].redact;
        self.refused.get_or_insert_with(|| if redact { error.redacted() } else { error });
    }

    pub(crate) fn put(&mut self, index: usize, value: Given) {
        match self.values.iter_mut().find(|(known, _)| *known == index) {
            Some((_, known)) => *known = value,
            None => self.values.push((index, value)),
        }
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Value> {
        self.values.iter().find(|(known, _)| *known == index).map(|(_, given)| given.value())
    }
}

impl<S: Schema> Default for Entry<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Clone for Entry<S> {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), refused: self.refused.clone(), of: PhantomData }
    }
}

impl<S: Schema> std::fmt::Debug for Entry<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fields = S::meta().fields;
        let mut map = f.debug_map();
        for (index, value) in &self.values {
            if fields[*index].redact {
                map.entry(&fields[*index].name, &crate::schema::derived::Redacted);
            } else {
                map.entry(&fields[*index].name, value.value());
            }
        }
        map.finish()
    }
}

/// A value that many entries share. See [`Entry::set_shared`].
#[derive(Clone, Debug)]
pub struct Shared<T> {
    value: Result<Arc<Value>, DumpError>,
    of: PhantomData<fn() -> T>,
}

impl<T: Type> Shared<T> {
    /// Of `value`.
    pub fn new(value: impl Into<T>) -> Self {
        Self { value: value.into().into_value().map(Arc::new), of: PhantomData }
    }
}

/// A child to be put.
#[derive(Clone, Debug)]
pub enum NewChild<R: Schema> {
    /// As it is: inserted if it is new, otherwise kept without a change.
    Struct(Box<R>),
    /// As its changeset says.
    Changeset(Box<Changeset<R>>),
    /// The child with this key, or else a new one, with these values.
    Entry(Entry<R>),
}

/// What [`Changeset::put_assoc`] takes for a child: a struct, a changeset, an [`Entry`].
pub trait IntoChild<R: Schema> {
    /// The child.
    fn into_child(self) -> NewChild<R>;
}

impl<R: Schema> IntoChild<R> for R {
    fn into_child(self) -> NewChild<R> {
        NewChild::Struct(Box::new(self))
    }
}

impl<R: Schema> IntoChild<R> for Changeset<R> {
    fn into_child(self) -> NewChild<R> {
        NewChild::Changeset(Box::new(self))
    }
}

impl<R: Schema> IntoChild<R> for Entry<R> {
    fn into_child(self) -> NewChild<R> {
        NewChild::Entry(self)
    }
}

impl<R: Schema> IntoChild<R> for NewChild<R> {
    fn into_child(self) -> NewChild<R> {
        self
    }
}

/// What [`Changeset::put_assoc`] takes: one child, an `Option` of one, or a list.
pub trait IntoChildren<R: Schema> {
    /// The children.
    fn into_children(self) -> Vec<NewChild<R>>;
}

impl<R: Schema> IntoChildren<R> for R {
    fn into_children(self) -> Vec<NewChild<R>> {
        vec![self.into_child()]
    }
}

impl<R: Schema> IntoChildren<R> for Changeset<R> {
    fn into_children(self) -> Vec<NewChild<R>> {
        vec![self.into_child()]
    }
}

impl<R: Schema> IntoChildren<R> for Entry<R> {
    fn into_children(self) -> Vec<NewChild<R>> {
        vec![self.into_child()]
    }
}

impl<R: Schema, C: IntoChild<R>> IntoChildren<R> for Option<C> {
    fn into_children(self) -> Vec<NewChild<R>> {
        self.into_iter().map(C::into_child).collect()
    }
}

impl<R: Schema, C: IntoChild<R>> IntoChildren<R> for Vec<C> {
    fn into_children(self) -> Vec<NewChild<R>> {
        self.into_iter().map(C::into_child).collect()
    }
}

impl<R: Schema, C: IntoChild<R>, const N: usize> IntoChildren<R> for [C; N] {
    fn into_children(self) -> Vec<NewChild<R>> {
        self.into_iter().map(C::into_child).collect()
    }
}

impl<S: Schema> Changeset<S> {
    /// Has the association hold `children` and no others; what is there and not among them is replaced as `on_replace` says
    /// (`Ecto.Changeset.put_assoc/4`).
    ///
    /// A struct is inserted if it is new, which its [`Meta`](crate::schema::Meta) says or, without one, its unset primary key;
    /// otherwise it is kept as it is. A changeset does what its action says, or the same. An [`Entry`] changes the child
    /// whose primary key it has, or makes a new one.
    ///
    /// The association must be loaded, unless the owner is new: see [`Self::cast_assoc`].
    pub fn put_assoc<A: Association>(self, association: Assoc<S, A>, children: impl IntoChildren<A::Related>) -> Self {
        let current = link::current(&self.data, association);
        self.put_relation(Link::association(association), current, children.into_children())
    }

    /// Has the field hold these documents and no others. See [`Self::put_assoc`].
    pub fn put_embed<E: EmbedField>(self, field: Field<S, E>, documents: impl IntoChildren<E::Document>) -> Self {
        let current = Ok(embed::current(&self.data, field));
        self.put_relation(embed::link(field), current, documents.into_children())
    }

    fn put_relation<R: Schema>(
        mut self,
        link: Link<R>,
        current: Result<Vec<R>, Fault>,
        children: Vec<NewChild<R>>,
    ) -> Self {
        let current = link.read_only().map_or(current, Err).map_err(Refusal::Fault);
        let changes = current.and_then(|current| {
            let mut source = Put { link: &link };
            if link.many {
                diff::many(&link, &mut source, children, current)
            } else {
                diff::one(&link, &mut source, children.into_iter().next(), current.into_iter().next())
            }
        });
        match changes {
            Ok(children) => {
                let relation = children.map(|children| Relation::new(link, children));
                self.set_relation(link.name, relation);
            }
            Err(Refusal::Fault(fault)) => self.set_relation(link.name, Some(Relation::faulty(link, fault))),
            Err(Refusal::Invalid) => {
                let error = FieldError::new("is invalid").with("type", link.type_name());
                self.errors.push((Cow::Borrowed(link.name), error));
            }
        }
        self
    }
}

/// Children of the program.
struct Put<'a, R> {
    link: &'a Link<R>,
}

impl<R: Schema> Wanted<R> for Put<'_, R> {
    type Item = NewChild<R>;

    fn key(&self, item: &NewChild<R>) -> Option<Vec<Value>> {
        match item {
            NewChild::Struct(data) => key(&**data),
            NewChild::Changeset(changeset) => key(&changeset.data),
            NewChild::Entry(entry) => {
                let primary_key = R::meta().primary_key;
                let part =
                    |&index: &usize| entry.get(index).filter(|value| !child::is_unset::<R>(index, value)).cloned();
                if primary_key.is_empty() { None } else { primary_key.iter().map(part).collect() }
            }
        }
    }

    fn updates_in_place(&self, item: &NewChild<R>) -> bool {
        matches!(item, NewChild::Entry(_))
    }

    fn changeset(&mut self, item: NewChild<R>, current: Option<R>, _: usize) -> Result<Changeset<R>, Refusal> {
        // Embedded documents have no life of their own: what is not there yet is new.
        let new = |data: &R| if self.link.is_embed() || data.is_new() { Action::Insert } else { Action::Update };
        match item {
            NewChild::Struct(data) => match current {
                Some(current) if self.link.is_embed() => Ok(edited(current, &data)),
                Some(_) => Ok(Changeset::new(*data).with_action(Action::Update)),
                None => {
                    let action = new(&data);
                    Ok(Changeset::new(*data).with_action(action))
                }
            },
            NewChild::Changeset(mut changeset) => {
                if current.is_none() {
                    let action = new(&changeset.data);
                    changeset.action.get_or_insert(action);
                }
                Ok(*changeset)
            }
            NewChild::Entry(entry) => {
                if let Some(error) = entry.refused {
                    return Err(Refusal::misuse(format!("a value of `{}` cannot be stored: {error}", self.link.name)));
                }
                let child = current.map_or_else(|| self.link.build().map_err(Refusal::Fault), Ok)?;
                let mut changeset = Changeset::new(child);
                for (index, given) in entry.values {
                    if changeset.data.get(index).ok().as_ref() != Some(given.value()) {
                        changeset.set_change(index, given.into_value());
                    }
                }
                Ok(changeset)
            }
        }
    }
}

/// The changes that make `wanted` of `current`. A document is stored with its owner, so it can be compared as it is.
fn edited<R: Schema>(current: R, wanted: &R) -> Changeset<R> {
    let mut changeset = Changeset::new(current).with_action(Action::Update);
    for (index, field) in R::meta().fields.iter().enumerate().filter(|(_, field)| field.is_stored()) {
        match wanted.get(index) {
            Ok(value) if changeset.data.get(index).ok().as_ref() == Some(&value) => {}
            Ok(value) => changeset.set_change(index, value),
            // What cannot be stored is this field's fault, and not of the whole.
            Err(error) => changeset.push_error(
                index,
                FieldError::new("is invalid").with("type", field.type_name).with("reason", error.reason),
            ),
        }
    }
    changeset
}
