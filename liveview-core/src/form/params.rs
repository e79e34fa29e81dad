//! Forms over parameters alone: a search, a setting, whatever has no changeset.

use super::{FormData, FormParts, NestedParts};
use crate::Params;
use crate::params::Param;

impl FormData for Params {
    type Of = Self;

    fn form_parts(&self) -> FormParts {
        FormParts { params: self.clone(), ..FormParts::default() }
    }
}

/// The rows that were sent under a field's name.
pub(super) fn rows(param: &Param) -> NestedParts {
    match param {
        Param::Text(_) => NestedParts::Many(Vec::new()),
        Param::List(list) => NestedParts::Many(list.iter().filter_map(Param::as_map).map(Params::form_parts).collect()),
        Param::Map(map) => match numbered(map) {
            Some(rows) => NestedParts::Many(rows.into_iter().map(Params::form_parts).collect()),
            None => NestedParts::One(Some(Box::new(map.form_parts()))),
        },
    }
}

/// The maps of a map whose names are all numbers, in the order of these.
fn numbered(map: &Params) -> Option<Vec<&Params>> {
    let row = |(name, param): (&str, _)| Some((name.parse::<u64>().ok()?, Param::as_map(param)?));
    let mut rows = map.iter().map(row).collect::<Option<Vec<_>>>()?;
    rows.sort_by_key(|(number, _)| *number);
    Some(rows.into_iter().map(|(_, row)| row).collect())
}
