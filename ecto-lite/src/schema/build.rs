//! How the derive writes [`FieldMeta`] and [`AssocMeta`]: everything here is evaluated while the user's crate is
//! compiled, and its bounds are what finds associations that do not fit.

use super::{
    Assoc, AssocDefaults, AssocKind, AssocMeta, Association, Autogenerate, BelongsTo, EmbedMeta, Field, FieldKind,
    FieldMeta, HasMany, HasOne, ManyToMany, OnDelete, OnReplace, OnWritableViolation, RefersTo, Schema, Writable,
};
use crate::query::{Binding, BindingId, Expr, IntoExpr, IntoOrders, OrderBy, functions};
use crate::types::{CastError, DbType, DumpError, Param, Value, sql};

/// For the derive.
#[doc(hidden)]
impl FieldMeta {
    pub const fn new(
        name: &'static str,
        (type_name, db, nullable, values): (&'static str, DbType, bool, &'static [&'static str]),
        cast: fn(&Param) -> Result<Value, CastError>,
        default: fn() -> Result<Value, DumpError>,
    ) -> Self {
        Self {
            name,
            column: name,
            type_name,
            db,
            nullable,
            values,
            kind: FieldKind::Column,
            primary_key: false,
            autogenerate: Autogenerate::No,
            read_after_writes: false,
            load_in_query: true,
            redact: false,
            writable: Writable::Always,
            seconds: false,
            has_default: false,
            cast,
            default,
        }
    }

    #[must_use]
    pub const fn column(mut self, column: &'static str) -> Self {
        self.column = column;
        self
    }

    #[must_use]
    pub const fn not_stored(mut self) -> Self {
        self.kind = FieldKind::Virtual;
        self
    }

    #[must_use]
    pub const fn embeds_one<E: super::Embedded>(mut self, on_replace: OnReplace) -> Self {
        self.kind = FieldKind::EmbedsOne(EmbedMeta { related: <E::Schema as Schema>::meta, on_replace });
        self
    }

    #[must_use]
    pub const fn embeds_many<S: Schema>(mut self, on_replace: OnReplace) -> Self {
        self.kind = FieldKind::EmbedsMany(EmbedMeta { related: S::meta, on_replace });
        self
    }

    #[must_use]
    pub const fn primary_key(mut self) -> Self {
        self.primary_key = true;
        self
    }

    #[must_use]
    pub const fn autogenerate(mut self, autogenerate: Autogenerate) -> Self {
        self.autogenerate = autogenerate;
        self
    }

    #[must_use]
    pub const fn read_after_writes(mut self) -> Self {
        self.read_after_writes = true;
        self
    }

    #[must_use]
    pub const fn not_loaded_in_query(mut self) -> Self {
        self.load_in_query = false;
        self
    }

    #[must_use]
    pub const fn redact(mut self) -> Self {
        self.redact = true;
        self
    }

    #[must_use]
    pub const fn writable_on_insert(mut self, violation: OnWritableViolation) -> Self {
        self.writable = Writable::Insert(violation);
        self
    }

    #[must_use]
    pub const fn never_writable(mut self, violation: OnWritableViolation) -> Self {
        self.writable = Writable::Never(violation);
        self
    }

    #[must_use]
    pub const fn names_default(mut self) -> Self {
        self.has_default = true;
        self
    }

    #[must_use]
    pub const fn seconds(mut self) -> Self {
        self.seconds = true;
        self
    }
}

/// For the derive.
#[doc(hidden)]
impl AssocMeta {
    const fn new<O, A: Association>(assoc: Assoc<O, A>, kind: AssocKind) -> Self {
        Self {
            name: assoc.name(),
            related: <A::Related as Schema>::meta,
            kind,
            on_replace: OnReplace::Raise,
            on_delete: OnDelete::Nothing,
            filter: None,
            preload_order: None,
            defaults: || Ok(Vec::new()),
            join_filter: None,
            join_defaults: || Ok(Vec::new()),
        }
    }

    pub const fn has_many<O, R: Schema, K, F: RefersTo<K>>(
        assoc: Assoc<O, HasMany<R>>,
        owner_key: Field<O, K>,
        related_key: Field<R, F>,
    ) -> Self {
        let (owner_key, related_key) = (owner_key.index(), related_key.index());
        Self::new(assoc, AssocKind::HasMany { owner_key, related_key })
    }

    pub const fn has_one<O, R: Schema, K, F: RefersTo<K>>(
        assoc: Assoc<O, HasOne<R>>,
        owner_key: Field<O, K>,
        related_key: Field<R, F>,
    ) -> Self {
        let (owner_key, related_key) = (owner_key.index(), related_key.index());
        Self::new(assoc, AssocKind::HasOne { owner_key, related_key })
    }

    pub const fn belongs_to<O, R: Schema, K, F: RefersTo<K>>(
        assoc: Assoc<O, BelongsTo<R>>,
        owner_key: Field<O, F>,
        related_key: Field<R, K>,
    ) -> Self {
        let (owner_key, related_key) = (owner_key.index(), related_key.index());
        Self::new(assoc, AssocKind::BelongsTo { owner_key, related_key })
    }

    /// The join table has no schema, so its columns cannot be checked here.
    pub const fn many_to_many<O, R: Schema, K, L>(
        assoc: Assoc<O, ManyToMany<R>>,
        owner_key: Field<O, K>,
        related_key: Field<R, L>,
        join_through: &'static str,
        join_owner_column: &'static str,
        join_related_column: &'static str,
    ) -> Self {
        Self::new(
            assoc,
            AssocKind::ManyToMany {
                join_through,
                join_schema: None,
                owner_key: owner_key.index(),
                join_owner_column,
                related_key: related_key.index(),
                join_related_column,
            },
        )
    }

    pub const fn many_to_many_through<O, R: Schema, J: Schema, K, L, F: RefersTo<K>, G: RefersTo<L>>(
        assoc: Assoc<O, ManyToMany<R>>,
        owner_key: Field<O, K>,
        related_key: Field<R, L>,
        join_owner_key: Field<J, F>,
        join_related_key: Field<J, G>,
    ) -> Self {
        let Some(join_through) = J::SOURCE else { panic!("an embedded schema cannot be a join table") };
        Self::new(
            assoc,
            AssocKind::ManyToMany {
                join_through,
                join_schema: Some(J::meta),
                owner_key: owner_key.index(),
                join_owner_column: column_of(join_owner_key),
                related_key: related_key.index(),
                join_related_column: column_of(join_related_key),
            },
        )
    }

    /// Names alone would do; the types are there so that the path leads to what the field holds.
    pub const fn through<O, A, B, C>(
        assoc: Assoc<O, C>,
        _first: Assoc<O, A>,
        _second: Assoc<A::Related, B>,
        path: &'static [&'static str],
    ) -> Self
    where
        A: Association,
        B: Association,
        C: Association<Related = B::Related>,
    {
        Self::new(assoc, AssocKind::Through { path })
    }

    /// What the derive has reported already.
    pub const fn wrong<O, A: Association>(assoc: Assoc<O, A>) -> Self {
        Self::new(assoc, AssocKind::Through { path: &[] })
    }

    #[must_use]
    pub const fn on_replace(mut self, on_replace: OnReplace) -> Self {
        self.on_replace = on_replace;
        self
    }

    #[must_use]
    pub const fn on_delete(mut self, on_delete: OnDelete) -> Self {
        self.on_delete = on_delete;
        self
    }

    #[must_use]
    pub const fn filter(mut self, filter: fn(BindingId) -> Expr<bool>) -> Self {
        self.filter = Some(filter);
        self
    }

    #[must_use]
    pub const fn preload_order(mut self, order: fn(BindingId) -> Vec<OrderBy>) -> Self {
        self.preload_order = Some(order);
        self
    }

    #[must_use]
    pub const fn defaults(mut self, defaults: AssocDefaults) -> Self {
        self.defaults = defaults;
        self
    }

    #[must_use]
    pub const fn join_filter(mut self, filter: fn(BindingId) -> Expr<bool>) -> Self {
        self.join_filter = Some(filter);
        self
    }

    #[must_use]
    pub const fn join_defaults(mut self, defaults: AssocDefaults) -> Self {
        self.join_defaults = defaults;
        self
    }
}

/// The column that holds `field`.
pub const fn column_of<S: Schema, T>(field: Field<S, T>) -> &'static str {
    S::FIELDS[field.index()].column
}

/// An association's `where`.
pub fn filter_of<R: Schema, E: IntoExpr<Type: crate::Type<Sql = sql::Bool>>>(
    binding: BindingId,
    filter: impl FnOnce(Binding<R>) -> E,
) -> Expr<bool> {
    functions::condition(filter(Binding::new(binding)))
}

/// An association's `preload_order`.
pub fn order_of<R: Schema, O: IntoOrders>(binding: BindingId, order: impl FnOnce(Binding<R>) -> O) -> Vec<OrderBy> {
    let mut orders = Vec::new();
    order(Binding::new(binding)).each(&mut orders);
    orders
}

/// One of an association's `defaults`.
pub fn assoc_default<S: Schema, T: crate::Type>(field: Field<S, T>, value: &T) -> Result<(usize, Value), DumpError> {
    Ok((field.index(), value.dump()?))
}
