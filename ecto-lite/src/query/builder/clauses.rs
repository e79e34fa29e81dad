//! `where`, `group_by`, `having`, `order_by`, `limit`, `offset`, `distinct` and what is like them.

use super::Query;
use crate::query::ast::Distinct;
use crate::query::{Bindings, IntoExpr, IntoNodes, IntoOrders, Node, Nodes, OrderBy};
use crate::types::{Type, Value, sql};

impl<B: Bindings, O> Query<B, O> {
    /// Only rows for which the condition holds, and all those before it.
    pub fn filter<E>(mut self, condition: impl FnOnce(B::Handles) -> E) -> Self
    where
        E: IntoExpr<Type: Type<Sql = sql::Bool>>,
    {
        let condition = condition(self.bindings()).into_expr().node;
        self.core.and_filter(condition);
        self
    }

    /// Also rows for which the condition holds: `(all conditions before it) or condition`.
    pub fn or_filter<E>(mut self, condition: impl FnOnce(B::Handles) -> E) -> Self
    where
        E: IntoExpr<Type: Type<Sql = sql::Bool>>,
    {
        let condition = condition(self.bindings()).into_expr().node;
        self.core.filter = Some(match self.core.filter.take() {
            Some(filter) => filter.or(condition),
            None => condition,
        });
        self
    }

    /// One row for each group of equal terms.
    pub fn group_by<N: IntoNodes>(mut self, terms: impl FnOnce(B::Handles) -> N) -> Self {
        let mut nodes = Nodes(std::mem::take(&mut self.core.groups));
        terms(self.bindings()).each(&mut nodes);
        self.core.groups = nodes.0;
        self
    }

    /// Only groups for which the condition holds, and all those before it.
    pub fn having<E>(mut self, condition: impl FnOnce(B::Handles) -> E) -> Self
    where
        E: IntoExpr<Type: Type<Sql = sql::Bool>>,
    {
        let condition = condition(self.bindings()).into_expr().node;
        self.core.having = Some(match self.core.having.take() {
            Some(having) => having.and(condition),
            None => condition,
        });
        self
    }

    /// Also groups for which the condition holds.
    pub fn or_having<E>(mut self, condition: impl FnOnce(B::Handles) -> E) -> Self
    where
        E: IntoExpr<Type: Type<Sql = sql::Bool>>,
    {
        let condition = condition(self.bindings()).into_expr().node;
        self.core.having = Some(match self.core.having.take() {
            Some(having) => having.or(condition),
            None => condition,
        });
        self
    }

    /// In this order, where the orders before it are equal.
    pub fn order_by<I: IntoOrders>(mut self, terms: impl FnOnce(B::Handles) -> I) -> Self {
        let mut orders = std::mem::take(&mut self.core.orders);
        terms(self.bindings()).each(&mut orders);
        self.core.orders = orders;
        self
    }

    /// In this order first.
    pub fn prepend_order_by<I: IntoOrders>(mut self, terms: impl FnOnce(B::Handles) -> I) -> Self {
        let mut orders = Vec::new();
        terms(self.bindings()).each(&mut orders);
        orders.append(&mut self.core.orders);
        self.core.orders = orders;
        self
    }

    /// Of the rows that are equal in these terms only the first, by the query's order. PostgreSQL.
    pub fn distinct_on<N: IntoNodes>(mut self, terms: impl FnOnce(B::Handles) -> N) -> Self {
        let mut nodes = Nodes::default();
        terms(self.bindings()).each(&mut nodes);
        self.core.distinct = Distinct::On(nodes.0);
        self
    }
}

impl<B, O> Query<B, O> {
    /// At most so many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.core.limit = Some(count(rows));
        self
    }

    /// Without the first so many rows.
    pub fn offset(mut self, rows: u64) -> Self {
        self.core.offset = Some(count(rows));
        self
    }

    /// Each row once.
    pub fn distinct(mut self) -> Self {
        self.core.distinct = Distinct::Yes;
        self
    }

    /// The other way round; by the primary key descending if there is no order.
    pub fn reverse_order(mut self) -> Self {
        if self.core.orders.is_empty() {
            self.order_by_primary_key();
        }
        self.core.orders = std::mem::take(&mut self.core.orders).into_iter().map(OrderBy::reverse).collect();
        self
    }

    /// The first row, by the query's order or else by the primary key.
    pub fn first(mut self) -> Self {
        if self.core.orders.is_empty() {
            self.order_by_primary_key();
        }
        self.limit(1)
    }

    /// The last row, by the query's order or else by the primary key.
    pub fn last(self) -> Self {
        self.reverse_order().limit(1)
    }

    /// The tables of this query are in `prefix` (PostgreSQL: a schema, SQLite: an attached database), but for those of
    /// schemas that name their own.
    pub fn prefix(mut self, prefix: impl Into<std::sync::Arc<str>>) -> Self {
        self.core.prefix = Some(prefix.into());
        self
    }

    fn order_by_primary_key(&mut self) {
        let root = self.core.root();
        let keys = root.meta().map_or(&[][..], |meta| meta.primary_key);
        let orders: Vec<_> = keys
            .iter()
            .filter_map(|&key| Some(Node::Column(root.id, root.meta()?.fields[key].column)))
            .map(|node| OrderBy { node, descending: false, nulls: None })
            .collect();
        if orders.is_empty() {
            let name = self.core.source_name();
            self.core.mistake(format!("{name} has no primary key to order by: give the query an `order_by`"));
        }
        self.core.orders = orders;
    }
}

fn count(rows: u64) -> Node {
    Node::Value(Value::Int(i64::try_from(rows).unwrap_or(i64::MAX)))
}
