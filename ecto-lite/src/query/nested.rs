//! The queries inside of a query: its sources, what it is combined with, its common table expressions, and those in its
//! expressions.

use super::ast::{CteBody, Distinct};
use super::fragment::PartKind;
use super::{Assigned, Assignment, Core, ListKind, Node, OrderBy, Part, Selected, SourceKind};
use crate::RepoError;

/// What a query inside of another one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nested {
    Select,
    Update,
    Delete,
}

/// Sees one query inside of another one; an error ends the walk.
pub(crate) type Visit<'v> = dyn FnMut(Nested, &mut Core) -> Result<(), RepoError> + 'v;

type Walked = Result<(), RepoError>;

impl Core {
    /// Shows `visit` each query inside of this one, but none inside of these.
    pub(crate) fn each_nested(&mut self, visit: &mut Visit<'_>) -> Walked {
        for source in &mut self.sources {
            match &mut source.kind {
                SourceKind::Query(core, _) | SourceKind::Rows(core) => visit(Nested::Select, core)?,
                SourceKind::Fragment(fragment, _) => parts(&mut fragment.parts, visit)?,
                SourceKind::Schema(_)
                | SourceKind::Table(_)
                | SourceKind::Cte(..)
                | SourceKind::Values(_)
                | SourceKind::Invalid(..) => {}
            }
            if let Some(join) = &mut source.join {
                nodes(&mut join.on, visit)?;
            }
        }
        for selected in &mut self.selected {
            match selected {
                Selected::Expr(node, _) => node.each_nested(visit)?,
                Selected::Row(..) => {}
            }
        }
        if let Distinct::On(terms) = &mut self.distinct {
            nodes(terms, visit)?;
        }
        nodes(&mut self.groups, visit)?;
        orders(&mut self.orders, visit)?;
        nodes([&mut self.filter, &mut self.having, &mut self.limit, &mut self.offset].into_iter().flatten(), visit)?;
        for (_, other) in &mut self.combinations {
            visit(Nested::Select, other)?;
        }
        for cte in &mut self.ctes {
            match &mut cte.body {
                CteBody::Select(core) => visit(Nested::Select, core)?,
                CteBody::Delete(core) => visit(Nested::Delete, core)?,
                CteBody::Update(core, assignments) => {
                    visit(Nested::Update, core)?;
                    each_assigned(assignments, visit)?;
                }
            }
        }
        Ok(())
    }
}

/// Shows `visit` each query that a column is set to.
pub(crate) fn each_assigned(assignments: &mut [Assignment], visit: &mut Visit<'_>) -> Walked {
    nodes(
        assignments.iter_mut().map(|assignment| match &mut assignment.value {
            Assigned::Set(node) | Assigned::Inc(node) | Assigned::Push(node, _) | Assigned::Pull(node) => node,
        }),
        visit,
    )
}

impl Node {
    fn each_nested(&mut self, visit: &mut Visit<'_>) -> Walked {
        match self {
            Self::Query(core) | Self::Exists(core) | Self::Quantified(_, core) => visit(Nested::Select, core),
            Self::And(terms) | Self::Or(terms) => nodes(terms, visit),
            Self::Not(node)
            | Self::Negative(node)
            | Self::IsNull { value: node, .. }
            | Self::Cast(node, _)
            | Self::Named(node, _) => node.each_nested(visit),
            Self::Binary(_, both) | Self::ArrayHas(both) => nodes(&mut **both, visit),
            Self::Between(all) => nodes(&mut **all, visit),
            Self::In { value, list, .. } => {
                value.each_nested(visit)?;
                match &mut list.0 {
                    ListKind::Nodes(items) => nodes(items, visit),
                    ListKind::Query(core) => visit(Nested::Select, core),
                }
            }
            Self::Like(like) => nodes([&mut like.value, &mut like.pattern], visit),
            Self::Call(call) => {
                nodes(&mut call.args, visit)?;
                orders(&mut call.order, visit)?;
                nodes(&mut call.filter, visit)?;
                let Some(window) = &mut call.over else { return Ok(()) };
                nodes(&mut window.partition, visit)?;
                orders(&mut window.order, visit)
            }
            Self::Fragment(fragment) => parts(&mut fragment.parts, visit),
            Self::Json(path) => path.value.each_nested(visit),
            Self::DateAdd(add) => nodes([&mut add.value, &mut add.count], visit),
            Self::Rebound(rebound) => rebound.1.each_nested(visit),
            Self::Column(..) | Self::Value(_) | Self::Star | Self::Alias(_) | Self::Number(_) | Self::Invalid(_) => {
                Ok(())
            }
        }
    }
}

fn nodes<'n>(nodes: impl IntoIterator<Item = &'n mut Node>, visit: &mut Visit<'_>) -> Walked {
    nodes.into_iter().try_for_each(|node| node.each_nested(visit))
}

fn orders(orders: &mut [OrderBy], visit: &mut Visit<'_>) -> Walked {
    nodes(orders.iter_mut().map(|order| &mut order.node), visit)
}

fn parts(parts: &mut [Part], visit: &mut Visit<'_>) -> Walked {
    parts.iter_mut().try_for_each(|part| match &mut part.0 {
        PartKind::Node(node) => node.each_nested(visit),
        PartKind::Splice(items) => nodes(items, visit),
        PartKind::Identifier(_) | PartKind::Constant(_) => Ok(()),
    })
}
