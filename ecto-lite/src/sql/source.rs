//! What a query reads from: `FROM` and joins.

use super::writer::{Alias, Writer, Written};
use crate::RepoError;
use crate::adapter::Dialect;
use crate::query::{Core, Join, JoinKind, Node, Selected, Source, SourceKind, ValuesSource};
use crate::schema::SchemaMeta;

impl Writer {
    /// Writes a source: its join, itself, its alias, its condition.
    pub(super) fn joined(&mut self, source: &Source, alias: Alias) -> Written {
        if let Some(join) = &source.join {
            self.join_kind(join)?;
        }
        self.source(source, alias)?;
        match &source.join {
            Some(Join { on: Some(on), .. }) => {
                self.push(" ON ");
                self.expr(on)
            }
            Some(Join { kind: JoinKind::InnerLateral | JoinKind::LeftLateral, on: None }) => {
                self.push(" ON TRUE");
                Ok(())
            }
            Some(Join { kind: JoinKind::Cross | JoinKind::CrossLateral, on: None }) | None => Ok(()),
            Some(Join { on: None, .. }) => Err(RepoError::Query(format!(
                "the join with {} has no condition: give it one (`on`), or say `cross_join` if every row is to meet every \
                 row",
                source.meta().map_or("a table", |meta| meta.name)
            ))),
        }
    }

    /// Writes a source and its alias.
    pub(super) fn source(&mut self, source: &Source, alias: Alias) -> Written {
        match &source.kind {
            SourceKind::Schema(meta) => self.schema(source, meta)?,
            SourceKind::Table(table) => self.prefixed(source, None, table),
            SourceKind::Query(core, meta) => {
                has_columns(core, meta)?;
                self.subquery(core)?;
            }
            SourceKind::Rows(core) => self.subquery(core)?,
            SourceKind::Cte(name, _) => self.ident(name),
            SourceKind::Values(values) => self.values(values)?,
            SourceKind::Fragment(fragment, _) => self.fragment(fragment)?,
            SourceKind::Invalid(why, _) => return Err(RepoError::Query(why.to_string())),
        }
        self.push(" AS ");
        self.alias(alias);
        Ok(())
    }

    /// Writes the name of a schema's table.
    pub(super) fn schema(&mut self, source: &Source, meta: &SchemaMeta) -> Written {
        let Some(table) = meta.source else {
            return Err(RepoError::Query(format!(
                "{} is an embedded schema and has no table: read it from a subquery",
                meta.name
            )));
        };
        self.prefixed(source, meta.prefix, table);
        Ok(())
    }

    fn prefixed(&mut self, source: &Source, own: Option<&str>, table: &str) {
        let outer = self.prefix.clone();
        self.table(source.prefix.as_deref().or(own).or(outer.as_deref()), table);
    }

    fn join_kind(&mut self, join: &Join) -> Written {
        if matches!(join.kind, JoinKind::InnerLateral | JoinKind::LeftLateral | JoinKind::CrossLateral)
            && self.dialect == Dialect::Sqlite
        {
            return Err(self.unsupported("lateral joins", "join a grouped subquery, or select a subquery"));
        }
        self.push(match join.kind {
            JoinKind::Inner => " INNER JOIN ",
            JoinKind::Left => " LEFT JOIN ",
            JoinKind::Right => " RIGHT JOIN ",
            JoinKind::Full => " FULL JOIN ",
            JoinKind::Cross => " CROSS JOIN ",
            JoinKind::InnerLateral => " INNER JOIN LATERAL ",
            JoinKind::LeftLateral => " LEFT JOIN LATERAL ",
            JoinKind::CrossLateral => " CROSS JOIN LATERAL ",
        });
        Ok(())
    }

    /// Writes rows that are part of the query. Neither database lets them be empty.
    fn values(&mut self, values: &ValuesSource) -> Written {
        let rows = values.rows.as_ref().map_err(|refused| RepoError::Query(refused.to_string()))?;
        self.push("(SELECT ");
        self.comma(values.meta.loaded().enumerate(), |this, (position, (_, field))| {
            if rows.is_empty() {
                this.cast(field.db, |this| {
                    this.push("NULL");
                    Ok(())
                })?;
            } else {
                this.push("column");
                this.number(position + 1);
            }
            this.push(" AS ");
            this.ident(field.column);
            Ok(())
        })?;
        if rows.is_empty() {
            self.push(" WHERE 1 = 0)");
            return Ok(());
        }
        self.push(" FROM (VALUES ");
        self.comma(rows, |this, row| {
            this.push("(");
            this.comma(row, |this, value| {
                this.bind(value.clone());
                Ok(())
            })?;
            this.push(")");
            Ok(())
        })?;
        self.push(") AS list)");
        Ok(())
    }
}

pub(super) fn letter(source: &Source) -> char {
    let name = match &source.kind {
        SourceKind::Schema(meta) => meta.source.unwrap_or("s"),
        SourceKind::Table(table) => table,
        SourceKind::Cte(name, _) => name,
        SourceKind::Query(..) | SourceKind::Rows(_) => "s",
        SourceKind::Values(_) => "v",
        SourceKind::Fragment(..) | SourceKind::Invalid(..) => "f",
    };
    match name.chars().next() {
        Some(letter) if letter.is_ascii_alphabetic() => letter.to_ascii_lowercase(),
        _ => 't',
    }
}

/// A subquery is read as a schema: it has to select its columns.
fn has_columns(core: &Core, meta: &SchemaMeta) -> Written {
    let selects = |column: &str| {
        if core.selected.is_empty() {
            return core.root().meta().is_some_and(|meta| has(meta, column));
        }
        core.selected.iter().any(|selected| match selected {
            Selected::Row(_, meta) => has(meta, column),
            Selected::Expr(_, Some(name)) => &**name == column,
            Selected::Expr(Node::Column(_, name), None) => *name == column,
            Selected::Expr(..) => false,
        })
    };
    match meta.loaded().find(|(_, field)| !selects(field.column)) {
        None => Ok(()),
        Some((_, field)) => Err(RepoError::Query(format!(
            "the subquery selects nothing called {:?}, which {} has a field for: name a column so (`selected_as`)",
            field.column, meta.name
        ))),
    }
}

fn has(meta: &SchemaMeta, column: &str) -> bool {
    meta.loaded().any(|(_, field)| field.column == column)
}
