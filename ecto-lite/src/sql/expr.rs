//! Expressions.

use std::sync::Arc;

use super::writer::{Alias, Writer, Written};
use crate::RepoError;
use crate::adapter::Dialect;
use crate::query::{BindingId, Like, List, ListKind, Node, Nulls, Operator, OrderBy, name_of};
use crate::types::{DbType, Value};

/// How tightly a part binds; what binds no tighter than what is around it goes into parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tightness {
    Or,
    And,
    Not,
    Comparison,
    Concat,
    Sum,
    Product,
    Atom,
}

fn tightness(node: &Node) -> Tightness {
    match node {
        // A fragment may be anything.
        Node::Or(_) | Node::Fragment(_) => Tightness::Or,
        Node::And(_) => Tightness::And,
        Node::Not(_) => Tightness::Not,
        Node::IsNull { .. } | Node::Between(_) | Node::In { .. } | Node::Like(_) => Tightness::Comparison,
        Node::Binary(operator, _) => operator.tightness(),
        Node::Named(node, _) => tightness(node),
        Node::Rebound(rebound) => tightness(&rebound.1),
        _ => Tightness::Atom,
    }
}

impl Operator {
    fn tightness(self) -> Tightness {
        match self {
            Self::Eq | Self::Ne | Self::Lt | Self::Lte | Self::Gt | Self::Gte => Tightness::Comparison,
            Self::Concat => Tightness::Concat,
            Self::Add | Self::Sub => Tightness::Sum,
            Self::Mul | Self::Div | Self::Rem => Tightness::Product,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Eq => " = ",
            Self::Ne => " <> ",
            Self::Lt => " < ",
            Self::Lte => " <= ",
            Self::Gt => " > ",
            Self::Gte => " >= ",
            Self::Add => " + ",
            Self::Sub => " - ",
            Self::Mul => " * ",
            Self::Div => " / ",
            Self::Rem => " % ",
            Self::Concat => " || ",
        }
    }
}

impl Writer {
    /// Writes an expression.
    pub(super) fn expr(&mut self, node: &Node) -> Written {
        match node {
            Node::Column(binding, column) => self.column(*binding, column),
            Node::Value(value) => {
                self.bind(value.clone());
                Ok(())
            }
            Node::Star => {
                self.push("*");
                Ok(())
            }
            Node::And(terms) => self.chain(terms, " AND ", "1 = 1", Tightness::And),
            Node::Or(terms) => self.chain(terms, " OR ", "1 = 0", Tightness::Or),
            Node::Not(condition) => {
                self.push("NOT ");
                self.parenthesised(condition)
            }
            Node::Negative(number) => {
                // A space, for two minus signs begin a comment.
                self.push("(- ");
                self.within(number, Tightness::Product)?;
                self.push(")");
                Ok(())
            }
            Node::IsNull { value, negated } => {
                self.within(value, Tightness::Comparison)?;
                self.push(if *negated { " IS NOT NULL" } else { " IS NULL" });
                Ok(())
            }
            Node::Binary(operator, operands) => self.binary(*operator, operands),
            Node::Between(operands) => self.between(operands),
            Node::In { value, list, negated } => self.is_in(value, list, *negated),
            Node::Like(like) => self.like(like),
            Node::Call(call) => self.call(call),
            Node::Quantified(quantifier, query) => self.quantified(*quantifier, query),
            Node::Fragment(fragment) => self.fragment(fragment),
            Node::Named(value, _) => self.expr(value),
            Node::Alias(name) => self.output(name),
            Node::Number(number) => {
                self.number(*number as usize);
                Ok(())
            }
            Node::Json(path) => self.json(path),
            Node::ArrayHas(operands) => self.array_has(operands),
            Node::DateAdd(sum) => self.date_add(sum),
            Node::Rebound(rebound) => self.rebound(&rebound.0, &rebound.1),
            Node::Cast(value, to) => self.cast(*to, |this| this.expr(value)),
            Node::Query(query) => self.subquery(query),
            Node::Exists(query) => {
                self.push("EXISTS ");
                self.subquery(query)
            }
            Node::Invalid(why) => Err(RepoError::Query(why.to_string())),
        }
    }

    pub(super) fn column(&mut self, binding: BindingId, column: &str) -> Written {
        // From the end: an inner query's own sources hide those of the same name around it.
        let alias = self.alias_of(binding).ok_or_else(|| absent(binding, column))?;
        if !matches!(alias, Alias::None) {
            self.alias(alias);
            self.push(".");
        }
        self.ident(column);
        Ok(())
    }

    pub(super) fn alias_of(&self, binding: BindingId) -> Option<Alias> {
        self.scope.iter().rev().find(|(id, _)| *id == binding).map(|(_, alias)| *alias)
    }

    /// Writes `node`, in which the first of each pair stands for the second.
    fn rebound(&mut self, pairs: &[(BindingId, BindingId)], node: &Node) -> Written {
        let outer = self.scope.len();
        for (binding, of) in pairs {
            // What is not there is reported where a column of it is written.
            if let Some(alias) = self.alias_of(*of) {
                self.scope.push((*binding, alias));
            }
        }
        let written = self.expr(node);
        self.scope.truncate(outer);
        written
    }

    /// Writes the name of something that is selected.
    fn output(&mut self, name: &Arc<str>) -> Written {
        if !self.outputs.contains(name) {
            return Err(RepoError::Query(format!(
                "nothing is selected as {name:?}: name it by `selected_as` in the query's `select`"
            )));
        }
        self.ident(name);
        Ok(())
    }

    fn chain(&mut self, terms: &[Node], between: &'static str, none: &'static str, tightness: Tightness) -> Written {
        if terms.is_empty() {
            self.push(none);
        }
        for (index, term) in terms.iter().enumerate() {
            if index > 0 {
                self.push(between);
            }
            self.within(term, tightness)?;
        }
        Ok(())
    }

    pub(super) fn parenthesised(&mut self, node: &Node) -> Written {
        self.push("(");
        self.expr(node)?;
        self.push(")");
        Ok(())
    }

    /// Writes `node` as an operand of something that binds as tightly as `around`.
    pub(super) fn within(&mut self, node: &Node, around: Tightness) -> Written {
        if tightness(node) > around { self.expr(node) } else { self.parenthesised(node) }
    }

    fn binary(&mut self, operator: Operator, [left, right]: &[Node; 2]) -> Written {
        let around = operator.tightness();
        if operator == Operator::Concat {
            // In SQLite it binds more tightly than anything else, in PostgreSQL less so than a sum.
            self.concatenated(left)?;
            self.push(operator.text());
            return self.concatenated(right);
        }
        // `a - b - c` is `(a - b) - c`.
        let chained = around >= Tightness::Concat && tightness(left) == around;
        if chained {
            self.expr(left)?;
        } else {
            self.within(left, around)?;
        }
        self.push(operator.text());
        self.within(right, around)
    }

    fn concatenated(&mut self, node: &Node) -> Written {
        match tightness(node) {
            Tightness::Atom | Tightness::Concat => self.expr(node),
            _ => self.parenthesised(node),
        }
    }

    fn between(&mut self, [value, low, high]: &[Node; 3]) -> Written {
        self.within(value, Tightness::Comparison)?;
        self.push(" BETWEEN ");
        self.within(low, Tightness::Comparison)?;
        self.push(" AND ");
        self.within(high, Tightness::Comparison)
    }

    fn is_in(&mut self, value: &Node, list: &List, negated: bool) -> Written {
        match list.kind() {
            // SQL has no empty list.
            ListKind::Nodes(nodes) if nodes.is_empty() => {
                self.push(if negated { "1 = 1" } else { "1 = 0" });
                Ok(())
            }
            ListKind::Nodes(nodes) => {
                self.within(value, Tightness::Comparison)?;
                if self.dialect == Dialect::Postgres
                    && let Some(array) = array(nodes)
                {
                    // One value whatever the length, so that the statement stays the same.
                    self.push(if negated { " <> ALL(" } else { " = ANY(" });
                    self.bind(array);
                } else {
                    self.push(if negated { " NOT IN (" } else { " IN (" });
                    self.nodes(nodes)?;
                }
                self.push(")");
                Ok(())
            }
            ListKind::Query(query) => {
                self.within(value, Tightness::Comparison)?;
                self.push(if negated { " NOT IN " } else { " IN " });
                self.subquery(query)
            }
        }
    }

    fn like(&mut self, like: &Like) -> Written {
        self.within(&like.value, Tightness::Comparison)?;
        // SQLite's LIKE ignores the case of ASCII anyway.
        let operator = match (like.ignore_case && self.dialect == Dialect::Postgres, like.negated) {
            (true, false) => " ILIKE ",
            (true, true) => " NOT ILIKE ",
            (false, false) => " LIKE ",
            (false, true) => " NOT LIKE ",
        };
        self.push(operator);
        self.within(&like.pattern, Tightness::Comparison)?;
        // PostgreSQL escapes by `\` unless told otherwise, SQLite by nothing.
        if like.escaped || self.dialect == Dialect::Sqlite {
            self.push(r" ESCAPE '\'");
        }
        Ok(())
    }

    /// Writes the terms of `ORDER BY`.
    pub(super) fn orders(&mut self, orders: &[OrderBy]) -> Written {
        self.comma(orders, |this, order| {
            this.expr(&order.node)?;
            if order.descending {
                this.push(" DESC");
            }
            match order.nulls {
                Some(Nulls::First) => this.push(" NULLS FIRST"),
                Some(Nulls::Last) => this.push(" NULLS LAST"),
                None => {}
            }
            Ok(())
        })
    }
}

fn absent(binding: BindingId, column: &str) -> RepoError {
    RepoError::Query(match name_of(binding) {
        Some((name, schema)) => format!(
            "column {column:?} belongs to a source called {name:?} of {schema}, and neither this query nor one around it \
             has it: name one by `as_({name:?})`"
        ),
        None => format!(
            "column {column:?} belongs to a source that is not in this query: join it, or use a binding of this query"
        ),
    })
}

/// The nodes as one array, if they are values of one type that PostgreSQL has arrays of.
fn array(nodes: &[Node]) -> Option<Value> {
    let Some(Node::Value(first)) = nodes.first() else { return None };
    let of = element(first.db_type())?;
    let values = nodes.iter().map(|node| match node {
        Node::Value(value) if value.db_type() == *of => Some(value.clone()),
        _ => None,
    });
    Some(Value::Array(of, values.collect::<Option<_>>()?))
}

fn element(of: DbType) -> Option<&'static DbType> {
    Some(match of {
        DbType::Bool => &DbType::Bool,
        DbType::Int => &DbType::Int,
        DbType::Float => &DbType::Float,
        DbType::Text => &DbType::Text,
        DbType::Binary => &DbType::Binary,
        DbType::Uuid => &DbType::Uuid,
        DbType::Decimal => &DbType::Decimal,
        DbType::Date => &DbType::Date,
        DbType::Time => &DbType::Time,
        DbType::NaiveDateTime => &DbType::NaiveDateTime,
        DbType::DateTime => &DbType::DateTime,
        DbType::Json => &DbType::Json,
        DbType::Array(_) => return None,
    })
}
