//! What `from!` calls: the builder's methods as functions that give the binding of a new source at once, because in
//! `from!` a binding is a variable, not a closure's argument.

use std::sync::Arc;

pub use super::{OrderBy, from, functions, optional, row};

use super::{
    AssocRef, Binding, BindingId, Bindings, Core, Decode, Grow, IntoExpr, Join, JoinKind, Query, Select, Selected,
    Selection, Source,
};
use crate::schema::{Assoc, Association, Schema};
use crate::types::{Type, sql};

/// What a `from!` may go on with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing to query",
    label = "neither a schema nor a query",
    note = "give a schema, a query, or a subquery"
)]
pub trait IntoQuery {
    /// Its sources.
    type Bindings: Bindings;
    /// What its rows become.
    type Out;
    /// The query.
    fn into_query(self) -> Query<Self::Bindings, Self::Out>;
}

impl<B: Bindings, O> IntoQuery for Query<B, O> {
    type Bindings = B;
    type Out = O;

    fn into_query(self) -> Self {
        self
    }
}

impl<B: Bindings, O> IntoQuery for &Query<B, O> {
    type Bindings = B;
    type Out = O;

    fn into_query(self) -> Query<B, O> {
        self.clone()
    }
}

/// The query that `from!` goes on with.
pub fn into_query<Q: IntoQuery>(query: Q) -> Query<Q::Bindings, Q::Out> {
    query.into_query()
}

/// Every binding.
pub fn handles<B: Bindings, O>(query: &Query<B, O>) -> B::Handles {
    query.bindings()
}

/// The first binding of several.
pub trait First {
    /// Its schema.
    type Schema: Schema;
    /// The binding.
    fn first(self) -> Binding<Self::Schema>;
}

impl<S: Schema> First for Binding<S> {
    type Schema = S;

    fn first(self) -> Self {
        self
    }
}

macro_rules! first {
    ($($name:ident)+) => {
        impl<S: Schema, $($name),+> First for (Binding<S>, $($name),+) {
            type Schema = S;

            fn first(self) -> Binding<S> {
                self.0
            }
        }
    };
}

first!(A);
first!(A B);
first!(A B C);
first!(A B C D);
first!(A B C D E);
first!(A B C D E F);
first!(A B C D E F G);

/// The first binding.
pub fn first<B: Bindings<Handles: First>, O>(query: &Query<B, O>) -> Binding<<B::Handles as First>::Schema> {
    query.bindings().first()
}

/// What can be joined.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing to join",
    label = "neither a schema, an association, nor a subquery",
    note = "give a schema, an association of a binding (`m in r.missions`), or a query"
)]
pub trait Joinable {
    /// Whose columns the binding has.
    type Schema: Schema;
    /// Adds it, as the last source.
    fn join(self, core: &mut CoreRef<'_>, kind: JoinKind);
}

/// A query's insides, for [`Joinable`] alone.
pub struct CoreRef<'a>(pub(in crate::query) &'a mut Core);

/// A schema's table.
pub struct Table<S>(std::marker::PhantomData<S>);

/// A schema's table, to be joined.
pub fn table<S: Schema>() -> Table<S> {
    Table(std::marker::PhantomData)
}

impl<S: Schema> Joinable for Table<S> {
    type Schema = S;

    fn join(self, core: &mut CoreRef<'_>, kind: JoinKind) {
        core.0.sources.push(Source::schema(S::meta(), Some(Join { kind, on: None })));
    }
}

impl<S: Schema, A: Association> Joinable for AssocRef<S, A> {
    type Schema = A::Related;

    fn join(self, core: &mut CoreRef<'_>, kind: JoinKind) {
        core.0.join_association(kind, self.binding, S::meta(), self.association.meta());
    }
}

macro_rules! joins {
    ($($name:ident, $kind:ident;)+) => {
        $(
            /// With one more source, which is given as well.
            pub fn $name<B, O, J>(query: Query<B, O>, source: J) -> (Query<B::Out, O>, Binding<J::Schema>)
            where
                B: Grow<J::Schema>,
                J: Joinable,
            {
                join(query, JoinKind::$kind, source)
            }
        )+
    };
}

joins! {
    inner_join, Inner;
    left_join, Left;
    right_join, Right;
    full_join, Full;
    cross_join, Cross;
    inner_lateral_join, InnerLateral;
    left_lateral_join, LeftLateral;
    cross_lateral_join, CrossLateral;
}

pub(in crate::query) fn join<B, O, J>(
    mut query: Query<B, O>,
    kind: JoinKind,
    source: J,
) -> (Query<B::Out, O>, Binding<J::Schema>)
where
    B: Grow<J::Schema>,
    J: Joinable,
{
    source.join(&mut CoreRef(&mut query.core), kind);
    let id = query.core.sources.last().map_or_else(BindingId::next, |source| source.id);
    (query.grown(), Binding::new(id))
}

/// The condition of the last join; one more condition for an association.
pub fn on<B, O, E: IntoExpr<Type: Type<Sql = sql::Bool>>>(mut query: Query<B, O>, condition: E) -> Query<B, O> {
    if let Some(Source { join: Some(join), .. }) = query.core.sources.last_mut() {
        let condition = condition.into_expr().node;
        join.on = Some(match join.on.take() {
            Some(on) => on.and(condition),
            None => condition,
        });
    }
    query
}

/// The binding called `name`; a mistake of the query if there is none, or if it is of another schema.
pub fn named<T: Schema, B, O>(mut query: Query<B, O>, name: &str) -> (Query<B, O>, Binding<T>) {
    let found = query.core.sources.iter().find(|source| source.name.as_deref() == Some(name));
    let wanted = T::meta().name;
    let id = match found.map(|source| (source.id, source.meta())) {
        Some((id, Some(meta))) if std::ptr::eq(meta, T::meta()) => id,
        Some((_, meta)) => {
            let is = meta.map_or("a table without a schema", |meta| meta.name);
            query.core.mistake(format!("the binding {name:?} is of {is}, not of {wanted}"));
            BindingId::next()
        }
        None => {
            query.core.mistake(format!("the query has no binding {name:?}: give a source of it `as: {name:?}`"));
            BindingId::next()
        }
    };
    (query, Binding::new(id))
}

/// The source that was added last is called `name`.
pub fn named_source<B, O>(mut query: Query<B, O>, name: impl Into<Arc<str>>) -> Query<B, O> {
    let name = name.into();
    if query.core.sources.iter().any(|source| source.name.as_ref() == Some(&name)) {
        query.core.mistake(format!("two sources are called {name:?}"));
    }
    if let Some(source) = query.core.sources.last_mut() {
        source.name = Some(name);
    }
    query
}

/// The source that was added last is in `prefix`.
pub fn source_prefix<B, O>(mut query: Query<B, O>, prefix: impl Into<Arc<str>>) -> Query<B, O> {
    if let Some(source) = query.core.sources.last_mut() {
        source.prefix = Some(prefix.into());
    }
    query
}

/// A part of a select that becomes something else: a struct of the user's.
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
    B: Bindings<Handles: First>,
    O: 'static,
    S: Select,
    F: Fn(&mut O, S::Out) + Send + Sync + 'static,
{
    let first = first(&query);
    let Query { mut core, decode, attached, of } = query;
    let mut selection = Selection(std::mem::take(&mut core.selected));
    if selection.0.is_empty() {
        selection.0.push(Selected::Row(first.id(), <<B::Handles as First>::Schema as Schema>::meta()));
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

/// The association of a column set, for a preload.
pub fn association<S, A>(of: AssocRef<S, A>) -> Assoc<S, A> {
    of.association
}

/// The columns at an association's other end, to name associations there.
pub fn related<S, A: Association>(_: AssocRef<S, A>) -> Binding<A::Related> {
    Binding::new(BindingId::next())
}
