//! The forms of nested rows, with names by place and ids that rows keep (`Phoenix.Component.inputs_for/1`).

use std::collections::HashSet;

use super::{Form, FormParts, NestedParts, State, names, params};
use crate::params::PERSISTENT_ID;

/// The forms below `field` of the form `parent`.
pub(super) fn forms<T>(parent: &State, field: &str) -> Vec<Form<T>> {
    let found = parent.parts.nested.find(field);
    let found = found.or_else(|| parent.parts.params.param(field).map(params::rows));
    match found {
        None | Some(NestedParts::One(None)) => Vec::new(),
        Some(NestedParts::One(Some(mut parts))) => {
            parts.action.clone_from(&parent.parts.action);
            let name = names::name_in(&parent.name, field);
            vec![Form::of_state(State { name, id: names::id_in(&parent.id, field), parts: *parts, row: None })]
        }
        Some(NestedParts::Many(rows)) => many(parent, field, rows),
    }
}

fn many<T>(parent: &State, field: &str, rows: Vec<FormParts>) -> Vec<Form<T>> {
    let list = names::name_in(&parent.name, field);
    let id = names::id_in(&parent.id, field);
    let mut taken: HashSet<String> = rows.iter().filter_map(|row| known_id(row).map(str::to_owned)).collect();
    let form = |(index, mut parts): (usize, FormParts)| {
        let own = known_id(&parts).map(str::to_owned).unwrap_or_else(|| {
            let free = (taken.len()..).map(|number| number.to_string()).find(|id| !taken.contains(id));
            let free = free.unwrap_or_default();
            taken.insert(free.clone());
            free
        });
        let state_id = names::id_in(&id, &own);
        // A row's errors show when its owner's do.
        parts.action.clone_from(&parent.parts.action);
        parts.hidden.insert(0, (PERSISTENT_ID.into(), own));
        Form::of_state(State {
            name: format!("{list}[{index}]"),
            id: state_id,
            parts,
            row: Some((index, list.clone())),
        })
    };
    rows.into_iter().enumerate().map(form).collect()
}

/// The id that the browser sent back with a row.
fn known_id(row: &FormParts) -> Option<&str> {
    row.params.get(PERSISTENT_ID)
}
