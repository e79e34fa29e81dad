//! Selects.

use std::sync::Arc;

use super::writer::{Alias, Writer, Written};
use crate::RepoError;
use crate::adapter::Dialect;
use crate::query::{
    BindingId, Combination, Core, Cte, CteBody, Distinct, Lock, Node, Selected, Strength, Wait, find_named,
};
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
        self.scoped(core, |this, scope| {
            this.clauses(core, scope)?;
            this.combinations(core, scope)?;
            this.order_and_limit(core)?;
            match core.lock {
                Some(lock) => this.lock(core, lock),
                None => Ok(()),
            }
        })
    }

    /// Writes what belongs to the query `core`: after its common table expressions, with its sources in scope. `write` is
    /// told where in the scope they begin.
    pub(super) fn scoped(&mut self, core: &Core, write: impl FnOnce(&mut Self, usize) -> Written) -> Written {
        if let Some(mistake) = &core.mistake {
            return Err(RepoError::Query(mistake.to_string()));
        }
        let prefix = core.prefix.clone().map(|prefix| self.prefix.replace(prefix));
        self.ctes(&core.ctes)?;
        let (scope, aliases) = (self.scope.len(), self.aliases);
        let outputs = std::mem::replace(&mut self.outputs, names(core));
        self.enter(core);
        let written = write(self, scope);
        self.scope.truncate(scope);
        self.aliases = aliases;
        self.outputs = outputs;
        if let Some(outside) = prefix {
            self.prefix = outside;
        }
        written
    }

    /// Gives each source its alias.
    fn enter(&mut self, core: &Core) {
        for source in &core.sources {
            let alias = Alias::Numbered { letter: super::source::letter(source), number: self.aliases };
            self.aliases += 1;
            self.scope.push((source.id, alias));
        }
        let first = self.scope.len() - core.sources.len();
        for (index, source) in core.sources.iter().enumerate() {
            if let (Some(name), Some(meta)) = (&source.name, source.meta())
                && let Some(named) = find_named(name, meta)
            {
                self.scope.push((named, self.scope[first + index].1));
            }
        }
    }

    fn ctes(&mut self, ctes: &[Cte]) -> Written {
        if ctes.is_empty() {
            return Ok(());
        }
        self.push(if ctes.iter().any(|cte| cte.recursive) { "WITH RECURSIVE " } else { "WITH " });
        self.comma(ctes, |this, cte| {
            this.ident(&cte.name);
            this.push(match cte.materialized {
                None => " AS (",
                Some(true) => " AS MATERIALIZED (",
                Some(false) => " AS NOT MATERIALIZED (",
            });
            match &cte.body {
                CteBody::Select(core) => this.select(core)?,
                _ if this.dialect == Dialect::Sqlite => {
                    return Err(this.unsupported(
                        "common table expressions that change rows",
                        "run the update first, in the same transaction",
                    ));
                }
                CteBody::Update(core, assignments) => this.update(core, assignments)?,
                CteBody::Delete(core) => this.delete(core)?,
            }
            this.push(")");
            Ok(())
        })?;
        self.push(" ");
        Ok(())
    }

    fn clauses(&mut self, core: &Core, scope: usize) -> Written {
        self.push("SELECT ");
        self.distinct(&core.distinct)?;
        self.selected(core)?;
        self.push(" FROM ");
        for (index, source) in core.sources.iter().enumerate() {
            self.joined(source, self.scope[scope + index].1)?;
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
        Ok(())
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

    /// Writes what is read: the first source's row if nothing is said.
    pub(super) fn selected(&mut self, core: &Core) -> Written {
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

    fn combinations(&mut self, core: &Core, scope: usize) -> Written {
        if core.combinations.is_empty() {
            return Ok(());
        }
        // The other queries do not see this one's sources.
        let own = self.scope.split_off(scope);
        self.aliases -= core.sources.len() as u16;
        for (kind, other) in &core.combinations {
            self.combination(core, *kind, other)?;
        }
        self.scope.extend(own);
        self.aliases += core.sources.len() as u16;
        Ok(())
    }

    fn combination(&mut self, core: &Core, kind: Combination, other: &Core) -> Written {
        let (columns, others) = (width(core), width(other));
        if columns != others {
            return Err(RepoError::Query(format!(
                "the queries of a {} select {columns} and {others} columns: let both select the same",
                kind.text().trim().to_lowercase()
            )));
        }
        if self.dialect == Dialect::Sqlite && matches!(kind, Combination::IntersectAll | Combination::ExceptAll) {
            return Err(self.unsupported(
                "`INTERSECT ALL` and `EXCEPT ALL`",
                "use `intersect` or `except`, or conditions with `exists`",
            ));
        }
        self.push(kind.text());
        // Neither database takes these in the middle of a combination, and SQLite no parentheses either.
        if is_plain(other) {
            return self.select(other);
        }
        self.push("SELECT * FROM ");
        self.subquery(other)?;
        self.push(" AS combined");
        Ok(())
    }

    fn order_and_limit(&mut self, core: &Core) -> Written {
        if !core.orders.is_empty() {
            self.push(" ORDER BY ");
            if core.combinations.is_empty() { self.orders(&core.orders)? } else { self.outer_orders(core)? }
        }
        if core.with_ties {
            return self.limit_with_ties(core);
        }
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

    /// The order of a union: by the names of its columns, for the sources are gone.
    fn outer_orders(&mut self, core: &Core) -> Written {
        if core.orders.iter().any(|order| !matches!(order.node, Node::Column(..) | Node::Alias(_))) {
            return Err(RepoError::Query(
                "the order of a union can only name columns that are selected: select the expression under a name \
                 (`selected_as`) and order by that"
                    .into(),
            ));
        }
        let scope = self.scope.len();
        for source in &core.sources {
            self.scope.push((source.id, Alias::None));
        }
        let written = self.orders(&core.orders);
        self.scope.truncate(scope);
        written
    }

    fn limit_with_ties(&mut self, core: &Core) -> Written {
        if self.dialect == Dialect::Sqlite {
            return Err(self.unsupported("`WITH TIES`", "filter by `rank` over a window in a subquery"));
        }
        let (Some(limit), false) = (&core.limit, core.orders.is_empty()) else {
            return Err(RepoError::Query("`with_ties` needs a `limit` and an `order_by`".into()));
        };
        if let Some(offset) = &core.offset {
            self.push(" OFFSET ");
            self.expr(offset)?;
        }
        self.push(" FETCH FIRST ");
        self.parenthesised(limit)?;
        self.push(" ROWS WITH TIES");
        Ok(())
    }

    fn lock(&mut self, core: &Core, lock: Lock) -> Written {
        if self.dialect == Dialect::Sqlite {
            return Err(self.unsupported("row locks", "a transaction that writes locks the whole file"));
        }
        self.push(match lock.strength {
            Strength::Update => " FOR UPDATE",
            Strength::NoKeyUpdate => " FOR NO KEY UPDATE",
            Strength::Share => " FOR SHARE",
            Strength::KeyShare => " FOR KEY SHARE",
        });
        if lock.first_only {
            self.push(" OF ");
            if let Some(alias) = self.alias_of(core.root().id) {
                self.alias(alias);
            }
        }
        self.push(match lock.wait {
            Wait::Yes => "",
            Wait::Not => " NOWAIT",
            Wait::Skip => " SKIP LOCKED",
        });
        Ok(())
    }
}

impl Combination {
    fn text(self) -> &'static str {
        match self {
            Self::Union => " UNION ",
            Self::UnionAll => " UNION ALL ",
            Self::Intersect => " INTERSECT ",
            Self::IntersectAll => " INTERSECT ALL ",
            Self::Except => " EXCEPT ",
            Self::ExceptAll => " EXCEPT ALL ",
        }
    }
}

/// Whether it can stand in a combination as it is.
fn is_plain(core: &Core) -> bool {
    core.orders.is_empty()
        && core.limit.is_none()
        && core.offset.is_none()
        && core.combinations.is_empty()
        && core.ctes.is_empty()
        && core.lock.is_none()
}

/// How many columns it selects.
fn width(core: &Core) -> usize {
    let row = |meta: &SchemaMeta| meta.loaded().count();
    if core.selected.is_empty() {
        return core.root().meta().map_or(0, row);
    }
    let columns = core.selected.iter().map(|selected| match selected {
        Selected::Row(_, meta) => row(meta),
        Selected::Expr(..) => 1,
    });
    columns.sum()
}

/// The names that were given to what is selected.
fn names(core: &Core) -> Vec<Arc<str>> {
    let names = core.selected.iter().filter_map(|selected| match selected {
        Selected::Expr(_, name) => name.clone(),
        Selected::Row(..) => None,
    });
    names.collect()
}
