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
    let mut ids = Ids::of(&rows);
    let form = |(index, mut parts): (usize, FormParts)| {
        let own = ids.next(&parts);
        // A row's errors show when its owner's do.
        parts.action.clone_from(&parent.parts.action);
        let (name, id) = (format!("{list}[{index}]"), names::id_in(&id, &own));
        parts.hidden.insert(0, (PERSISTENT_ID.into(), own));
        Form::of_state(State { name, id, parts, row: Some((index, list.clone())) })
    };
    rows.into_iter().enumerate().map(form).collect()
}

/// The ids of rows, each of its own.
struct Ids {
    /// Those that the browser sent back, and those that were made.
    taken: HashSet<String>,
    given: HashSet<String>,
}

impl Ids {
    fn of(rows: &[FormParts]) -> Self {
        let taken = rows.iter().filter_map(known_id).map(str::to_owned).collect();
        Self { taken, given: HashSet::new() }
    }

    /// The id that came with the row, or else a new one: also for a row that came with the id of another, for they are keys.
    fn next(&mut self, row: &FormParts) -> String {
        if let Some(known) = known_id(row)
            && self.given.insert(known.to_owned())
        {
            return known.to_owned();
        }
        let mut number = self.taken.len();
        while self.taken.contains(&number.to_string()) {
            number += 1;
        }
        self.taken.insert(number.to_string());
        number.to_string()
    }
}

/// The id that the browser sent back with a row.
fn known_id(row: &FormParts) -> Option<&str> {
    row.params.get(PERSISTENT_ID)
}
