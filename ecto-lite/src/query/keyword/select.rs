//! Selecting structs of the user's.

use std::sync::Arc;

use super::first;
use crate::query::{Decode, First, Query, Select, Selected, Selection};
use crate::schema::Schema;

/// A part of a select that becomes something else.
pub struct Build<S, F> {
    parts: S,
    build: F,
}

/// Reads `parts` and makes `build`'s result of them.
pub fn build<S: Select, P: 'static, F: Fn(S::Out) -> P + Send + Sync + 'static>(parts: S, build: F) -> Build<S, F> {
    Build { parts, build }
}

impl<S: Select, P: 'static, F: Fn(S::Out) -> P + Send + Sync + 'static> Select for Build<S, F> {
    type Out = P;

    fn select(self, selection: &mut Selection) -> Decode<P> {
        let (parts, build) = (self.parts.select(selection), self.build);
        Arc::new(move |loader| parts(loader).map(&build))
    }
}

/// A part of a select that is one column, with a name.
pub struct NamedColumn<S> {
    name: &'static str,
    part: S,
}

/// Calls the column of `part` by `name`.
pub fn named_column<S: Select>(name: &'static str, part: S) -> NamedColumn<S> {
    NamedColumn { name, part }
}

impl<S: Select> Select for NamedColumn<S> {
    type Out = S::Out;

    fn select(self, selection: &mut Selection) -> Decode<S::Out> {
        let before = selection.0.len();
        let decode = self.part.select(selection);
        if let [Selected::Expr(_, name)] = &mut selection.0[before..] {
            *name = Some(self.name.into());
        }
        decode
    }
}

/// Reads `parts` too, and puts them into what was selected before.
pub fn select_merge<B, O, S, F>(query: Query<B, O>, parts: S, merge: F) -> Query<B, O>
where
    B: First,
    O: 'static,
    S: Select,
    F: Fn(&mut O, S::Out) + Send + Sync + 'static,
{
    let first = first(&query);
    let Query { mut core, decode, attached, of } = query;
    let mut selection = Selection(std::mem::take(&mut core.selected));
    if selection.0.is_empty() {
        selection.0.push(Selected::Row(first.id(), B::Schema::meta()));
    }
    let parts = parts.select(&mut selection);
    core.selected = selection.0;
    let decode: Decode<O> = Arc::new(move |loader| {
        let mut out = decode(loader)?;
        merge(&mut out, parts(loader)?);
        Ok(out)
    });
    Query { core, decode, attached, of }
}
