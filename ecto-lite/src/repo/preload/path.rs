//! How an association's rows are reached from their owner: table by table.

use crate::error::RepoError;
use crate::query::{BindingId, Expr, OrderBy};
use crate::schema::{AssocKind, AssocMeta, SchemaMeta};
use crate::types::DbType;

/// One equality of columns on the way from an owner to what is associated with it.
#[derive(Clone, Debug)]
pub(crate) struct Hop {
    /// The column of the table that is left; of the owner's, for the first hop.
    pub(crate) from: &'static str,
    /// The table that is entered.
    pub(crate) source: &'static str,
    /// The prefix of that table's own schema.
    pub(crate) prefix: Option<&'static str>,
    /// The column of the table that is entered.
    pub(crate) to: &'static str,
    /// Which of that table's rows belong to the association.
    pub(crate) filters: Vec<fn(BindingId) -> Expr<bool>>,
}

/// The way of one association. The last hop enters the related table.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    /// The owner's field, by index, that the first hop leaves by.
    pub(crate) owner_key: usize,
    /// How that field is held.
    pub(crate) key: DbType,
    /// At least one.
    pub(crate) hops: Vec<Hop>,
    /// Whether one row can be reached in several ways.
    pub(crate) repeats: bool,
    /// The order that the schema asks for; given the related binding.
    pub(crate) order: Option<fn(BindingId) -> Vec<OrderBy>>,
}

impl Path {
    /// The way from `owner` along `association`.
    ///
    /// # Errors
    ///
    /// A `through` that names no association of its schema, or a table that is none (an embedded schema).
    pub(crate) fn new(owner: &'static SchemaMeta, association: &'static AssocMeta) -> Result<Self, RepoError> {
        let order = association.preload_order;
        let mut path = Self { owner_key: 0, key: DbType::Int, hops: Vec::new(), repeats: false, order };
        path.walk(owner, association)?;
        path.key = owner.fields[path.owner_key].db;
        Ok(path)
    }

    fn walk(&mut self, owner: &'static SchemaMeta, association: &'static AssocMeta) -> Result<(), RepoError> {
        let related = (association.related)();
        match association.kind {
            AssocKind::HasMany { owner_key, related_key }
            | AssocKind::HasOne { owner_key, related_key }
            | AssocKind::BelongsTo { owner_key, related_key } => {
                self.start(owner_key);
                self.hops.push(Hop {
                    from: owner.fields[owner_key].column,
                    source: table(related)?,
                    prefix: related.prefix,
                    to: related.fields[related_key].column,
                    filters: association.filter.into_iter().collect(),
                });
            }
            AssocKind::ManyToMany {
                join_through,
                join_schema,
                owner_key,
                join_owner_column,
                related_key,
                join_related_column,
            } => {
                self.start(owner_key);
                self.hops.push(Hop {
                    from: owner.fields[owner_key].column,
                    source: join_through,
                    prefix: join_schema.and_then(|schema| schema().prefix),
                    to: join_owner_column,
                    filters: association.join_filter.into_iter().collect(),
                });
                self.hops.push(Hop {
                    from: join_related_column,
                    source: table(related)?,
                    prefix: related.prefix,
                    to: related.fields[related_key].column,
                    filters: association.filter.into_iter().collect(),
                });
            }
            AssocKind::Through { path } => {
                self.repeats = true;
                let mut schema = owner;
                for name in path {
                    let index = schema.association_index(name).ok_or_else(|| {
                        RepoError::Query(format!(
                            "`{}` of `{}` goes through `{name}`, which `{}` has not",
                            association.name, owner.name, schema.name
                        ))
                    })?;
                    let step = &schema.associations[index];
                    self.walk(schema, step)?;
                    schema = (step.related)();
                }
                if let Some(last) = self.hops.last_mut() {
                    last.filters.extend(association.filter);
                }
            }
        }
        Ok(())
    }

    fn start(&mut self, owner_key: usize) {
        if self.hops.is_empty() {
            self.owner_key = owner_key;
        }
    }
}

fn table(schema: &'static SchemaMeta) -> Result<&'static str, RepoError> {
    schema
        .source
        .ok_or_else(|| RepoError::Query(format!("`{}` is embedded: it has no table to preload from", schema.name)))
}
