//! `UPDATE` and `DELETE` of a query's rows.

use super::writer::{Alias, Writer, Written};
use crate::RepoError;
use crate::adapter::Dialect;
use crate::query::{Assigned, Assignment, Core, Distinct, Join, JoinKind, Node, Selected, Source, SourceKind};
use crate::schema::SchemaMeta;
use crate::types::{DbType, Value};

/// Which rows are changed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    /// Those for which the conditions hold.
    Filtered,
    /// The same, where the conditions name other tables, which go into `FROM`.
    Joined,
    /// Those whose primary key the query selects.
    Selected,
}

impl Writer {
    /// Writes an update of a query's rows.
    pub(super) fn update(&mut self, core: &Core, assignments: &[Assignment]) -> Written {
        if assignments.is_empty() {
            return Err(RepoError::Query("an update of nothing: set a field".into()));
        }
        let meta = target(core)?;
        self.scoped(core, |this, scope| {
            let which = which(core);
            this.push("UPDATE ");
            this.changed_table(core, meta, scope)?;
            this.push(" SET ");
            this.only_visible(core, which, scope);
            this.comma(assignments, |this, assignment| this.assignment(core, assignment))?;
            if which == Which::Joined {
                this.push(" FROM ");
                this.comma(core.sources.iter().enumerate().skip(1), |this, (index, source)| {
                    this.source(source, this.scope[scope + index].1)
                })?;
            }
            this.changed_rows(core, meta, which)?;
            this.returning_selected(core, scope)
        })
    }

    /// Writes a deletion of a query's rows.
    pub(super) fn delete(&mut self, core: &Core) -> Written {
        let meta = target(core)?;
        self.scoped(core, |this, scope| {
            let which = match which(core) {
                // SQLite's DELETE knows one table.
                Which::Joined => Which::Selected,
                which => which,
            };
            this.push("DELETE FROM ");
            this.changed_table(core, meta, scope)?;
            this.only_visible(core, which, scope);
            this.changed_rows(core, meta, which)?;
            this.returning_selected(core, scope)
        })
    }

    /// Where rows are chosen by a subquery, the other sources are inside of it.
    fn only_visible(&mut self, core: &Core, which: Which, scope: usize) {
        if which == Which::Selected {
            self.scope.truncate(scope + 1);
            self.aliases -= core.sources.len() as u16 - 1;
        }
    }

    fn changed_table(&mut self, core: &Core, meta: &SchemaMeta, scope: usize) -> Written {
        self.schema(core.root(), meta)?;
        self.push(" AS ");
        self.alias(self.scope[scope].1);
        Ok(())
    }

    fn changed_rows(&mut self, core: &Core, meta: &'static SchemaMeta, which: Which) -> Written {
        match which {
            Which::Filtered => match &core.filter {
                Some(filter) => {
                    self.push(" WHERE ");
                    self.expr(filter)
                }
                None => Ok(()),
            },
            Which::Joined => {
                let on = core.sources.iter().filter_map(|source| source.join.as_ref()?.on.clone());
                let conditions: Vec<Node> = on.chain(core.filter.clone()).collect();
                if !conditions.is_empty() {
                    self.push(" WHERE ");
                    self.expr(&Node::And(conditions))?;
                }
                Ok(())
            }
            Which::Selected => self.selected_rows(core, meta),
        }
    }

    /// `WHERE (key) IN (SELECT key …)`.
    fn selected_rows(&mut self, core: &Core, meta: &'static SchemaMeta) -> Written {
        if meta.primary_key.is_empty() {
            return Err(RepoError::Query(format!(
                "{} has no primary key, so its rows cannot be chosen by joins, an order or a limit: use conditions",
                meta.name
            )));
        }
        let root = core.root().id;
        let keys = meta.primary_key.iter().map(|&key| meta.fields[key].column);
        let key_columns: Vec<_> = keys.map(|column| Node::Column(root, column)).collect();
        self.push(" WHERE ");
        if key_columns.len() > 1 {
            self.push("(");
        }
        self.nodes(&key_columns)?;
        if key_columns.len() > 1 {
            self.push(")");
        }
        self.push(" IN ");
        let selected = key_columns.into_iter().map(|node| Selected::Expr(node, None)).collect();
        self.subquery(&Core { selected, ctes: Vec::new(), comment: None, ..core.clone() })
    }

    pub(super) fn assignment(&mut self, core: &Core, assignment: &Assignment) -> Written {
        let column = Node::Column(core.root().id, assignment.column);
        self.ident(assignment.column);
        self.push(" = ");
        match &assignment.value {
            Assigned::Set(value) => self.expr(value),
            Assigned::Inc(by) => {
                self.expr(&column)?;
                self.push(" + ");
                self.parenthesised(by)
            }
            Assigned::Push(value, of) => self.push_to(&column, value, of),
            Assigned::Pull(value) => self.pull_from(&column, value),
        }
    }

    fn push_to(&mut self, column: &Node, value: &Node, of: &DbType) -> Written {
        match self.dialect {
            Dialect::Postgres => {
                self.push("array_append(");
                self.expr(column)?;
                self.push(", ");
                // `array_append` wants the very type of the elements, which the column alone knows.
                self.expr(value)?;
                self.push(")");
            }
            Dialect::Sqlite => {
                self.push("json_insert(");
                self.expr(column)?;
                self.push(", '$[#]', ");
                match (of, value) {
                    // What SQLite has no type for is written as JSON.
                    (DbType::Bool, Node::Value(Value::Bool(value))) => {
                        self.push(if *value { "json('true')" } else { "json('false')" });
                    }
                    (DbType::Json | DbType::Array(_), _) => {
                        self.push("json(");
                        self.expr(value)?;
                        self.push(")");
                    }
                    _ => self.expr(value)?,
                }
                self.push(")");
            }
        }
        Ok(())
    }

    fn pull_from(&mut self, column: &Node, value: &Node) -> Written {
        match self.dialect {
            Dialect::Postgres => {
                self.push("array_remove(");
                self.expr(column)?;
                self.push(", ");
                self.expr(value)?;
                self.push(")");
            }
            Dialect::Sqlite => {
                self.push(
                    "(SELECT json_group_array(CASE element.type WHEN 'true' THEN json('true') WHEN 'false' THEN \
                     json('false') WHEN 'object' THEN json(element.value) WHEN 'array' THEN json(element.value) ELSE \
                     element.value END) FROM json_each(",
                );
                self.expr(column)?;
                self.push(") AS element WHERE element.value IS NOT ");
                self.parenthesised(value)?;
                self.push(")");
            }
        }
        Ok(())
    }

    fn returning_selected(&mut self, core: &Core, scope: usize) -> Written {
        if core.selected.is_empty() {
            return Ok(());
        }
        if self.dialect == Dialect::Sqlite {
            // It knows the changed table alone, and not by its alias.
            self.scope.truncate(scope);
            self.scope.push((core.root().id, Alias::None));
        }
        self.push(" RETURNING ");
        self.selected(core)
    }
}

/// The schema whose rows are changed.
fn target(core: &Core) -> Result<&'static SchemaMeta, RepoError> {
    match core.root().kind {
        SourceKind::Schema(meta) => Ok(meta),
        _ => Err(RepoError::Query(
            "only a schema's table can be updated or deleted from: start the query with the schema, and filter by the \
             subquery"
                .into(),
        )),
    }
}

fn which(core: &Core) -> Which {
    let filtered = core.groups.is_empty()
        && core.having.is_none()
        && core.orders.is_empty()
        && core.limit.is_none()
        && core.offset.is_none()
        && core.lock.is_none()
        && core.combinations.is_empty()
        && matches!(core.distinct, Distinct::No);
    let inner = |source: &Source| {
        matches!(
            source.join,
            None | Some(Join { kind: JoinKind::Inner, on: Some(_) } | Join { kind: JoinKind::Cross, .. })
        )
    };
    match core.sources.len() {
        1 if filtered => Which::Filtered,
        _ if filtered && core.sources.iter().all(inner) => Which::Joined,
        _ => Which::Selected,
    }
}
