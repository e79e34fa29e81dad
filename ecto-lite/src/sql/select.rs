//! Selects.

use super::writer::{Alias, Writer, Written};
use crate::RepoError;
use crate::adapter::Dialect;
use crate::query::{BindingId, Core, Distinct, Join, JoinKind, Selected, Source, SourceKind};
use crate::schema::SchemaMeta;

impl Writer {
    /// Writes a select in parentheses.
    pub(super) fn subquery(&mut self, core: &Core) -> Written {
        self.push("(");
        self.select(core)?;
        self.push(")");
        Ok(())
    }

    /// Writes a select. Its sources can be named until it ends.
    pub(super) fn select(&mut self, core: &Core) -> Written {
        if let Some(mistake) = &core.mistake {
            return Err(RepoError::Query(mistake.to_string()));
        }
        let outer = self.scope.len();
        let prefix = core.prefix.clone().map(|prefix| self.prefix.replace(prefix));
        self.enter(core);
        let written = self.clauses(core, outer);
        self.scope.truncate(outer);
        if let Some(outside) = prefix {
            self.prefix = outside;
        }
        written
    }

    /// Gives each source its alias.
    fn enter(&mut self, core: &Core) {
        for source in &core.sources {
            let alias = Alias { letter: letter(source), number: self.scope.len() as u16 };
            self.scope.push((source.id, alias));
        }
    }

    fn clauses(&mut self, core: &Core, scope: usize) -> Written {
        self.push("SELECT ");
        self.distinct(&core.distinct)?;
        self.selected(core)?;
        self.push(" FROM ");
        for (index, source) in core.sources.iter().enumerate() {
            self.source(source, self.scope[scope + index].1)?;
        }
        if let Some(filter) = &core.filter {
            self.push(" WHERE ");
            self.expr(filter)?;
        }
        if !core.groups.is_empty() {
            self.push(" GROUP BY ");
            self.nodes(&core.groups)?;
        }
        if let Some(having) = &core.having {
            self.push(" HAVING ");
            self.expr(having)?;
        }
        if !core.orders.is_empty() {
            self.push(" ORDER BY ");
            self.orders(&core.orders)?;
        }
        self.limit(core)
    }

    fn distinct(&mut self, distinct: &Distinct) -> Written {
        match distinct {
            Distinct::No => {}
            Distinct::Yes => self.push("DISTINCT "),
            Distinct::On(_) if self.dialect == Dialect::Sqlite => {
                return Err(self.unsupported("`DISTINCT ON`", "number the rows of each group by `row_number` instead"));
            }
            Distinct::On(nodes) => {
                self.push("DISTINCT ON (");
                self.nodes(nodes)?;
                self.push(") ");
            }
        }
        Ok(())
    }

    fn selected(&mut self, core: &Core) -> Written {
        if core.selected.is_empty() {
            let root = core.root();
            return match root.meta() {
                Some(meta) => self.row(root.id, meta),
                None => Err(RepoError::Query("a table without a schema has no row: give the query a `select`".into())),
            };
        }
        self.comma(&core.selected, |this, selected| match selected {
            Selected::Row(binding, meta) => this.row(*binding, meta),
            Selected::Expr(node, name) => {
                this.expr(node)?;
                if let Some(name) = name {
                    this.push(" AS ");
                    this.ident(name);
                }
                Ok(())
            }
        })
    }

    fn row(&mut self, binding: BindingId, meta: &SchemaMeta) -> Written {
        self.comma(meta.loaded(), |this, (_, field)| this.column(binding, field.column))
    }

    fn source(&mut self, source: &Source, alias: Alias) -> Written {
        if let Some(join) = &source.join {
            self.join_kind(join)?;
        }
        let prefix = source.prefix.clone();
        match &source.kind {
            SourceKind::Schema(meta) => {
                let Some(table) = meta.source else {
                    return Err(RepoError::Query(format!(
                        "{} is an embedded schema and has no table: read it from a subquery",
                        meta.name
                    )));
                };
                let outer = self.prefix.clone();
                self.table(prefix.as_deref().or(meta.prefix).or(outer.as_deref()), table);
            }
            SourceKind::Table(table) => {
                let outer = self.prefix.clone();
                self.table(prefix.as_deref().or(outer.as_deref()), table);
            }
            SourceKind::Query(core, _) => self.subquery(core)?,
        }
        self.push(" AS ");
        self.alias(alias);
        match &source.join {
            Some(Join { on: Some(on), .. }) => {
                self.push(" ON ");
                self.expr(on)
            }
            Some(Join { kind: JoinKind::InnerLateral | JoinKind::LeftLateral, on: None }) => {
                self.push(" ON TRUE");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn join_kind(&mut self, join: &Join) -> Written {
        if matches!(join.kind, JoinKind::InnerLateral | JoinKind::LeftLateral) && self.dialect == Dialect::Sqlite {
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
        });
        Ok(())
    }

    fn limit(&mut self, core: &Core) -> Written {
        if let Some(limit) = &core.limit {
            self.push(" LIMIT ");
            self.expr(limit)?;
        }
        if let Some(offset) = &core.offset {
            // SQLite knows OFFSET only after LIMIT.
            if core.limit.is_none() && self.dialect == Dialect::Sqlite {
                self.push(" LIMIT -1");
            }
            self.push(" OFFSET ");
            self.expr(offset)?;
        }
        Ok(())
    }
}

fn letter(source: &Source) -> char {
    let name = match &source.kind {
        SourceKind::Schema(meta) => meta.source.unwrap_or("s"),
        SourceKind::Table(table) => table,
        SourceKind::Query(..) => "s",
    };
    match name.chars().next() {
        Some(letter) if letter.is_ascii_alphabetic() => letter.to_ascii_lowercase(),
        _ => 't',
    }
}
