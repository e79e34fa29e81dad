//! Sources of every kind, to begin with and to join.

use crate::query::{
    AssocRef, Binding, BindingId, Bindings, Core, Grow, IntoExpr, Join, JoinKind, Query, Source, subquery,
};
use crate::schema::{Association, Schema};
use crate::types::{Type, sql};

/// What a `from!` may go on with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing to query",
    label = "neither a schema nor a query",
    note = "give a schema, a query, or a source such as `subquery(…)`"
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

/// What can be joined.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing to join",
    label = "neither a schema, an association, nor a query of a schema's rows",
    note = "give a schema, an association of a binding (`m in r.missions`), or a query"
)]
pub trait Joinable {
    /// Whose columns the binding has.
    type Schema: Schema;
    /// Adds it, as the last source.
    fn join(self, query: &mut Insides<'_>, kind: JoinKind);
}

/// A query's insides, for [`Joinable`] alone.
pub struct Insides<'a>(pub(in crate::query) &'a mut Core);

/// A schema's table.
pub struct Table<S>(std::marker::PhantomData<S>);

/// A schema's table, to be joined.
pub fn table<S: Schema>() -> Table<S> {
    Table(std::marker::PhantomData)
}

impl<S: Schema> Joinable for Table<S> {
    type Schema = S;

    fn join(self, query: &mut Insides<'_>, kind: JoinKind) {
        query.0.sources.push(Source::schema(S::meta(), Some(Join { kind, on: None })));
    }
}

impl<S: Schema, A: Association> Joinable for AssocRef<S, A> {
    type Schema = A::Related;

    fn join(self, query: &mut Insides<'_>, kind: JoinKind) {
        query.0.join_association(kind, self.binding, S::meta(), self.association.meta());
    }
}

impl<B, T: Schema> Joinable for Query<B, T> {
    type Schema = T;

    fn join(self, query: &mut Insides<'_>, kind: JoinKind) {
        subquery(self).join(query, kind);
    }
}

impl<B, T: Schema> Joinable for &Query<B, T> {
    type Schema = T;

    fn join(self, query: &mut Insides<'_>, kind: JoinKind) {
        self.clone().join(query, kind);
    }
}

macro_rules! joins {
    ($($name:ident, $kind:ident;)+) => {
        $(
            /// With one more source, which is given as well.
            pub fn $name<B, O, J>(query: Query<B, O>, source: J) -> (Query<B::Out, O>, Binding<J::Schema>)
            where
                J: Joinable,
                B: Grow<J::Schema>,
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
    J: Joinable,
    B: Grow<J::Schema>,
{
    source.join(&mut Insides(&mut query.core), kind);
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
