//! Joins: by an association, by a schema with a condition.

use super::Query;
use crate::query::ast::{Join, JoinKind, Source, SourceKind};
use crate::query::keyword::{self, Joinable};
use crate::query::{AssocRef, BindingId, Bindings, Core, Expr, Grow, Node, Operator};
use crate::schema::{AssocKind, AssocMeta, Association, Schema, SchemaMeta};

macro_rules! kinds {
    ($($(#[$doc:meta])* $assoc:ident, $on:ident, $kind:ident;)+) => {
        $(
            $(#[$doc])*
            ///
            /// By an association; its own filter is honoured.
            pub fn $assoc<S, A>(self, association: impl FnOnce(B::Handles) -> AssocRef<S, A>) -> Query<B::Out, O>
            where
                S: Schema,
                A: Association,
                B: Grow<A::Related>,
            {
                self.join_association(JoinKind::$kind, association)
            }

            $(#[$doc])*
            ///
            /// With a schema, on a condition.
            pub fn $on<T>(self, on: impl FnOnce(<B::Out as Bindings>::Handles) -> Expr<bool>) -> Query<B::Out, O>
            where
                T: Schema,
                B: Grow<T>,
            {
                self.join_schema::<T>(JoinKind::$kind, on)
            }
        )+
    };
}

impl<B: Bindings, O> Query<B, O> {
    kinds! {
        /// Only rows that have one on both sides.
        join, join_on, Inner;
        /// All rows before it, and nulls where there is none to join.
        left_join, left_join_on, Left;
        /// All rows of what is joined, and nulls where none before it fits.
        right_join, right_join_on, Right;
        /// All rows of both sides.
        full_join, full_join_on, Full;
    }

    /// Each row with each of `T`.
    pub fn cross_join<T>(mut self) -> Query<B::Out, O>
    where
        T: Schema,
        B: Grow<T>,
    {
        self.core.sources.push(Source::schema(T::meta(), Some(Join { kind: JoinKind::Cross, on: None })));
        self.grown()
    }

    /// Joins what a subquery, common table expression, list or fragment gives ([`crate::query::Rows`]), on a condition; a
    /// schema ([`crate::query::table`]) or an association as well, with one more condition.
    pub fn join_source<J>(
        self,
        kind: JoinKind,
        source: J,
        on: impl FnOnce(<B::Out as Bindings>::Handles) -> Expr<bool>,
    ) -> Query<B::Out, O>
    where
        J: Joinable,
        B: Grow<J::Schema>,
    {
        let (query, _) = keyword::join(self, kind, source);
        let on = on(query.bindings());
        keyword::on(query, on)
    }

    /// Joins each row with those of a subquery that may name the sources before it. `kind` is one of the lateral ones.
    /// PostgreSQL.
    pub fn join_lateral<J>(self, kind: JoinKind, source: impl FnOnce(B::Handles) -> J) -> Query<B::Out, O>
    where
        J: Joinable,
        B: Grow<J::Schema>,
    {
        let source = source(self.bindings());
        keyword::join(self, kind, source).0
    }

    fn join_schema<T>(
        mut self,
        kind: JoinKind,
        on: impl FnOnce(<B::Out as Bindings>::Handles) -> Expr<bool>,
    ) -> Query<B::Out, O>
    where
        T: Schema,
        B: Grow<T>,
    {
        self.core.sources.push(Source::schema(T::meta(), Some(Join { kind, on: None })));
        let mut query = self.grown::<B::Out>();
        let on = on(query.bindings()).node;
        if let Some(Source { join: Some(join), .. }) = query.core.sources.last_mut() {
            join.on = Some(on);
        }
        query
    }

    fn join_association<S, A>(
        mut self,
        kind: JoinKind,
        association: impl FnOnce(B::Handles) -> AssocRef<S, A>,
    ) -> Query<B::Out, O>
    where
        S: Schema,
        A: Association,
        B: Grow<A::Related>,
    {
        let found = association(self.bindings());
        self.core.join_association(kind, found.binding, S::meta(), found.association.meta());
        self.grown()
    }

    pub(in crate::query) fn grown<Out>(self) -> Query<Out, O> {
        Query { core: self.core, decode: self.decode, attached: self.attached, of: std::marker::PhantomData }
    }
}

impl Core {
    /// Joins `association` of the source `owner`, with the tables between them; the last source is the related one.
    pub(in crate::query) fn join_association(
        &mut self,
        kind: JoinKind,
        owner: BindingId,
        owner_meta: &'static SchemaMeta,
        association: &AssocMeta,
    ) {
        let related_meta = (association.related)();
        let related = BindingId::next();
        let on = match association.kind {
            AssocKind::HasMany { owner_key, related_key }
            | AssocKind::HasOne { owner_key, related_key }
            | AssocKind::BelongsTo { owner_key, related_key } => {
                same((related, column(related_meta, related_key)), (owner, column(owner_meta, owner_key)))
            }
            AssocKind::ManyToMany {
                join_through,
                join_schema,
                owner_key,
                join_owner_column,
                related_key,
                join_related_column,
            } => {
                let between = BindingId::next();
                let on = same((between, join_owner_column), (owner, column(owner_meta, owner_key)));
                let on = match association.join_filter {
                    Some(filter) => on.and(filter(between).node),
                    None => on,
                };
                let source = match join_schema {
                    Some(meta) => SourceKind::Schema(meta()),
                    None => SourceKind::Table(join_through),
                };
                self.joined(between, source, Join { kind, on: Some(on) }, false);
                same((related, column(related_meta, related_key)), (between, join_related_column))
            }
            AssocKind::Through { path } => return self.join_through(kind, owner, owner_meta, path, association),
        };
        let on = match association.filter {
            Some(filter) => on.and(filter(related).node),
            None => on,
        };
        self.joined(related, SourceKind::Schema(related_meta), Join { kind, on: Some(on) }, true);
    }

    fn join_through(
        &mut self,
        kind: JoinKind,
        mut owner: BindingId,
        mut owner_meta: &'static SchemaMeta,
        path: &[&'static str],
        association: &AssocMeta,
    ) {
        for (step, name) in path.iter().enumerate() {
            let Some(index) = owner_meta.association_index(name) else {
                return self.mistake(format!(
                    "association `{}` goes through `{name}`, and {} has no association of that name",
                    association.name, owner_meta.name
                ));
            };
            let next = &owner_meta.associations[index];
            self.join_association(kind, owner, owner_meta, next);
            let Some(last) = self.sources.last_mut() else { return };
            last.visible = step + 1 == path.len();
            owner = last.id;
            owner_meta = (next.related)();
        }
        let Some(filter) = association.filter else { return };
        if let Some(Source { join: Some(Join { on: on @ Some(_), .. }), .. }) = self.sources.last_mut() {
            *on = on.take().map(|on| on.and(filter(owner).node));
        }
    }

    fn joined(&mut self, id: BindingId, kind: SourceKind, join: Join, visible: bool) {
        self.sources.push(Source { id, kind, join: Some(join), visible, name: None, prefix: None });
    }
}

fn column(meta: &'static SchemaMeta, index: usize) -> &'static str {
    meta.fields[index].column
}

fn same(left: (BindingId, &'static str), right: (BindingId, &'static str)) -> Node {
    Node::binary(Operator::Eq, Node::Column(left.0, left.1), Node::Column(right.0, right.1))
}
