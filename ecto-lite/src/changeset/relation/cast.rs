//! Relations from input.

use std::borrow::Cow;
use std::sync::Arc;

use super::child::Refusal;
use super::diff::{self, Wanted};
use super::embed::{self, EmbedField};
use super::link::{self, Link};
use super::{Relation, child};
use crate::Params;
use crate::changeset::{Changeset, FieldError};
use crate::schema::{Assoc, Association, Field, Schema};
use crate::types::{Param, Value};

type With<R> = Arc<dyn Fn(R, &Params, usize) -> Changeset<R> + Send + Sync>;

/// How `cast_assoc` and `cast_embed` read children from input.
///
/// ```ignore
/// robot.cast(&params, Robot::name).cast_assoc_with(
///     Robot::missions,
///     CastRelation::with(Mission::changeset).required().sort_param("missions_sort").drop_param("missions_drop"),
/// )
/// ```
pub struct CastRelation<R> {
    with: With<R>,
    required: bool,
    required_message: Cow<'static, str>,
    invalid_message: Cow<'static, str>,
    sort_param: Option<Cow<'static, str>>,
    drop_param: Option<Cow<'static, str>>,
    force_update_on_change: bool,
}

impl<R: Schema> CastRelation<R> {
    /// Each child is cast by `with`, which is given the child as it is or a new one, and its input.
    pub fn with(with: impl Fn(R, &Params) -> Changeset<R> + Send + Sync + 'static) -> Self {
        Self::with_position(move |child, params, _| with(child, params))
    }

    /// The same; `with` is given the child's place in the input too, from 0.
    pub fn with_position(with: impl Fn(R, &Params, usize) -> Changeset<R> + Send + Sync + 'static) -> Self {
        Self {
            with: Arc::new(with),
            required: false,
            required_message: Cow::Borrowed("can't be blank"),
            invalid_message: Cow::Borrowed("is invalid"),
            sort_param: None,
            drop_param: None,
            force_update_on_change: true,
        }
    }

    /// There must be a child.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// What is said where there must be a child and is none, instead of `can't be blank`.
    #[must_use]
    pub fn required_message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.required_message = message.into();
        self
    }

    /// What is said where the input has the wrong shape, instead of `is invalid`.
    #[must_use]
    pub fn invalid_message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.invalid_message = message.into();
        self
    }

    /// The name of a parameter with the order of the children: a list of the keys of the children's map. A key that is
    /// not in the map is a new child without input.
    #[must_use]
    pub fn sort_param(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.sort_param = Some(name.into());
        self
    }

    /// The name of a parameter with the children to leave out: a list of keys of the children's map.
    #[must_use]
    pub fn drop_param(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.drop_param = Some(name.into());
        self
    }

    /// Whether a change of a child is a change of the owner, which moves its `updated_at`; it is unless told otherwise.
    #[must_use]
    pub fn force_update_on_change(mut self, force: bool) -> Self {
        self.force_update_on_change = force;
        self
    }
}

impl<S: Schema> Changeset<S> {
    /// Casts an association from the parameter of its name; each child by `with`.
    ///
    /// To many, the parameter is a list of maps, or a map of maps by index (`missions[0][name]`). A child without its
    /// primary key, or with an unknown one, is inserted (the key is not taken over unless `with` casts it); a known one is
    /// updated; what is there and not in the input is replaced as `on_replace` says. `with` can have a child deleted by
    /// `with_action(Action::Delete)`.
    ///
    /// The association must be loaded, unless the owner is new. If it is not, the changeset is invalid and the repo
    /// answers with [`crate::RepoError::NotLoaded`].
    pub fn cast_assoc<A: Association>(
        self,
        association: Assoc<S, A>,
        with: impl Fn(A::Related, &Params) -> Changeset<A::Related> + Send + Sync + 'static,
    ) -> Self {
        self.cast_assoc_with(association, CastRelation::with(with))
    }

    /// See [`Self::cast_assoc`] and [`CastRelation`].
    pub fn cast_assoc_with<A: Association>(self, association: Assoc<S, A>, options: CastRelation<A::Related>) -> Self {
        let current = link::current(&self.data, association);
        self.cast_relation(Link::association(association), current, options)
    }

    /// Casts embedded documents from the parameter of their field's name. See [`Self::cast_assoc`].
    pub fn cast_embed<E: EmbedField>(
        self,
        field: Field<S, E>,
        with: impl Fn(E::Document, &Params) -> Changeset<E::Document> + Send + Sync + 'static,
    ) -> Self {
        self.cast_embed_with(field, CastRelation::with(with))
    }

    /// See [`Self::cast_embed`] and [`CastRelation`].
    pub fn cast_embed_with<E: EmbedField>(self, field: Field<S, E>, options: CastRelation<E::Document>) -> Self {
        let current = Ok(embed::current(&self.data, field));
        self.cast_relation(embed::link(field), current, options)
    }

    fn cast_relation<R: Schema>(
        mut self,
        link: Link<R>,
        current: Result<Vec<R>, child::Fault>,
        options: CastRelation<R>,
    ) -> Self {
        let none = Params::new();
        let input = Input::read(self.params.as_ref().unwrap_or(&none), &link, &options);
        let mut blank = current.as_ref().map_or(true, Vec::is_empty);
        let children = match (input, link.read_only()) {
            (Ok(None), _) => Ok(None),
            (Ok(Some(_)), Some(fault)) => Err(Refusal::Fault(fault)),
            (Ok(Some(input)), None) => current.map_err(Refusal::Fault).and_then(|current| {
                let mut source = Cast { link: &link, with: &*options.with };
                let children = match input {
                    Input::Many(items) => diff::many(&link, &mut source, items, current),
                    Input::One(item) => diff::one(&link, &mut source, item, current.into_iter().next()),
                };
                children.map(Some)
            }),
            (Err(refusal), _) => Err(refusal),
        };
        match children {
            Ok(None) => {}
            Ok(Some(children)) => {
                let forces_update = options.force_update_on_change;
                let relation = children.map(|children| Relation { forces_update, ..Relation::new(link, children) });
                if let Some(relation) = &relation {
                    blank = relation.kept().next().is_none();
                }
                self.set_relation(link.name, relation);
            }
            Err(Refusal::Fault(fault)) => {
                self.set_relation(link.name, Some(Relation::faulty(link, fault)));
                return self;
            }
            Err(Refusal::Invalid) => {
                let message = FieldError::new(options.invalid_message);
                let kind = if link.is_embed() { "embed" } else { "assoc" };
                let error = message.with("validation", kind).with("type", link.type_name());
                self.errors.push((Cow::Borrowed(link.name), error));
                return self;
            }
        }
        if options.required && blank {
            let error = FieldError::new(options.required_message).with("validation", "required");
            self.errors.push((Cow::Borrowed(link.name), error));
        }
        self
    }
}

/// The input of one relation.
enum Input {
    One(Option<Params>),
    Many(Vec<Params>),
}

impl Input {
    /// None if there is no input; an error if it has the wrong shape.
    fn read<R: Schema>(params: &Params, link: &Link<R>, options: &CastRelation<R>) -> Result<Option<Self>, Refusal> {
        let input = params.get(link.name);
        if !link.many {
            return Ok(Some(Self::One(match input {
                None => return Ok(None),
                Some(Param::Object(map)) => Some(map.clone().into()),
                Some(input) if is_empty(input) => None,
                Some(_) => return Err(Refusal::Invalid),
            })));
        }
        let keys = |name: &Option<Cow<'static, str>>| -> Option<Vec<String>> {
            Some(params.get(name.as_deref()?)?.as_array()?.iter().map(text).collect())
        };
        let (sort, drop) = (keys(&options.sort_param), keys(&options.drop_param));
        // The input is gone when its last child is: the list of what is left out says so.
        let ordered = sort.is_some() || drop.is_some();
        match input {
            Some(Param::Array(items)) => items.iter().map(object).collect::<Result<_, _>>(),
            Some(Param::Object(map)) => sorted(map.clone(), &sort.unwrap_or_default(), &drop.unwrap_or_default()),
            Some(Param::String(empty)) if empty.is_empty() && !ordered => Ok(Vec::new()),
            None if !ordered => return Ok(None),
            None => sorted(serde_json::Map::new(), &sort.unwrap_or_default(), &drop.unwrap_or_default()),
            Some(empty) if ordered && is_empty(empty) => {
                sorted(serde_json::Map::new(), &sort.unwrap_or_default(), &drop.unwrap_or_default())
            }
            Some(_) => Err(Refusal::Invalid),
        }
        .map(|items| Some(Self::Many(items)))
    }
}

/// The children of a map by key: first those that `sort` names, in its order, then the others by number and by name.
fn sorted(mut map: serde_json::Map<String, Param>, sort: &[String], drop: &[String]) -> Result<Vec<Params>, Refusal> {
    for key in drop {
        map.remove(key);
    }
    let named = sort.iter().filter(|key| !drop.contains(key));
    let mut items: Vec<_> = named.map(|key| map.remove(key).unwrap_or_else(|| Param::Object(<_>::default()))).collect();
    let mut rest: Vec<_> = map.into_iter().collect();
    rest.sort_by_cached_key(|(key, _)| (key.parse::<u64>().unwrap_or(u64::MAX), key.clone()));
    items.extend(rest.into_iter().map(|(_, item)| item));
    items.iter().map(object).collect()
}

fn object(item: &Param) -> Result<Params, Refusal> {
    item.as_object().map(|map| map.clone().into()).ok_or(Refusal::Invalid)
}

fn is_empty(input: &Param) -> bool {
    input.is_null() || input.as_str().is_some_and(str::is_empty)
}

fn text(key: &Param) -> String {
    key.as_str().map_or_else(|| key.to_string(), str::to_owned)
}

/// Children as input.
struct Cast<'a, R> {
    link: &'a Link<R>,
    with: &'a (dyn Fn(R, &Params, usize) -> Changeset<R> + Send + Sync),
}

impl<R: Schema> Wanted<R> for Cast<'_, R> {
    type Item = Params;

    fn key(&self, item: &Params) -> Option<Vec<Value>> {
        let meta = R::meta();
        let part = |&index: &usize| {
            let field = &meta.fields[index];
            let value = (field.cast)(item.get(field.name)?).ok()?;
            (!child::is_unset::<R>(index, &value)).then_some(value)
        };
        if meta.primary_key.is_empty() { None } else { meta.primary_key.iter().map(part).collect() }
    }

    fn updates_in_place(&self, _: &Params) -> bool {
        true
    }

    fn changeset(&mut self, item: Params, current: Option<R>, position: usize) -> Result<Changeset<R>, Refusal> {
        let child = current.map_or_else(|| self.link.build().map_err(Refusal::Fault), Ok)?;
        Ok((self.with)(child, &item, position))
    }
}
