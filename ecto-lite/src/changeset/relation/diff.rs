//! What is wanted against what is there.

use super::child::{Child, Refusal, key, replace};
use super::link::Link;
use crate::changeset::{Action, Changeset};
use crate::schema::{OnReplace, Schema};
use crate::types::Value;

/// Where wanted rows come from.
pub(super) trait Wanted<R: Schema> {
    /// One wanted row.
    type Item;
    /// Its primary key, if it has a whole one.
    fn key(&self, item: &Self::Item) -> Option<Vec<Value>>;
    /// Whether it may change a row that it does not name (`on_replace = update`).
    fn updates_in_place(&self, item: &Self::Item) -> bool;
    /// Its changeset. Without an action, it is inserted if it is not there, and updated if it is.
    fn changeset(&mut self, item: Self::Item, current: Option<R>, position: usize) -> Result<Changeset<R>, Refusal>;
}

/// The changes that turn `current` into `wanted`; none where there is nothing to do.
pub(super) fn many<R: Schema, W: Wanted<R>>(
    link: &Link<R>,
    source: &mut W,
    wanted: Vec<W::Item>,
    current: Vec<R>,
) -> Result<Option<Vec<Child<R>>>, Refusal> {
    let keys: Vec<_> = current.iter().map(key).collect();
    let mut current: Vec<Option<R>> = current.into_iter().map(Some).collect();
    let mut seen: Vec<Vec<Value>> = Vec::new();
    let mut order = Vec::with_capacity(wanted.len());
    let mut kept = Vec::with_capacity(wanted.len());

    for (position, item) in wanted.into_iter().enumerate() {
        let wanted_key = source.key(&item);
        // Mostly the rows come in the order in which they are, so look there first.
        let place = wanted_key.as_ref().and_then(|wanted| {
            let same = |known: &Option<Vec<Value>>| known.as_ref() == Some(wanted);
            if keys.get(position).is_some_and(same) { Some(position) } else { keys.iter().position(same) }
        });
        order.push(place);
        let mut child = child(source, item, place.and_then(|place| current[place].take()), position)?;
        if let Some(key) = wanted_key {
            if place.is_some() && seen.contains(&key) {
                for &field in R::meta().primary_key {
                    child.changeset.push_error(field, "has already been taken".into());
                }
            } else if place.is_some() {
                seen.push(key);
            }
        }
        kept.push(child);
    }

    let reordered = link.is_embed() && order.iter().flatten().zip(order.iter().flatten().skip(1)).any(|(a, b)| a > b);
    let mut children = Vec::with_capacity(kept.len());
    for dropped in current.into_iter().flatten() {
        children.push(replace(link.owner, link.name, link.on_replace, dropped)?);
    }
    let idle = children.is_empty() && !reordered && kept.iter().all(Child::is_idle);
    // What goes comes first, so that it does not clash with what takes its place.
    children.extend(kept);
    Ok((!idle).then_some(children))
}

/// The same for relations to one.
pub(super) fn one<R: Schema, W: Wanted<R>>(
    link: &Link<R>,
    source: &mut W,
    wanted: Option<W::Item>,
    current: Option<R>,
) -> Result<Option<Vec<Child<R>>>, Refusal> {
    match (wanted, current) {
        (None, None) => Ok(None),
        (None, Some(current)) => Ok(Some(vec![replace(link.owner, link.name, link.on_replace, current)?])),
        (Some(item), None) => Ok(Some(vec![child(source, item, None, 0)?])),
        (Some(item), Some(current)) => {
            let in_place = link.on_replace == OnReplace::Update;
            if source.key(&item) == key(&current) || (in_place && source.updates_in_place(&item)) {
                let child = child(source, item, Some(current), 0)?;
                return Ok((!child.is_idle()).then(|| vec![child]));
            }
            if in_place {
                return Err(Refusal::misuse(format!(
                    "`{}` of `{}` is changed in place (`on_replace = update`): give it the changed fields (an `Entry`), \
                     or set its foreign key to have another row there",
                    link.name, link.owner
                )));
            }
            let dropped = replace(link.owner, link.name, link.on_replace, current)?;
            Ok(Some(vec![dropped, child(source, item, None, 0)?]))
        }
    }
}

fn child<R: Schema, W: Wanted<R>>(
    source: &mut W,
    item: W::Item,
    current: Option<R>,
    position: usize,
) -> Result<Child<R>, Refusal> {
    let known = current.is_some();
    let mut changeset = source.changeset(item, current, position)?;
    let action = *changeset.action.get_or_insert(if known { Action::Update } else { Action::Insert });
    let name = R::meta().name;
    match (known, action) {
        (true, Action::Insert) => Err(Refusal::misuse(format!("cannot insert a related {name} that is already there"))),
        _ => Ok(Child { changeset, replaced: false, known }),
    }
}
