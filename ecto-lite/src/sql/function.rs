//! Functions, and what each database has in place of one.

use super::expr::Tightness;
use super::writer::{Writer, Written};
use crate::RepoError;
use crate::adapter::Dialect;
use crate::query::functions::{Bound, DateAdd, FrameUnit, JsonPath, Segment, Unit, Window};
use crate::query::{Call, Core, Fragment, Node, PartKind, Quantifier};
use crate::types::{DbType, Value};

impl Writer {
    pub(super) fn call(&mut self, call: &Call) -> Written {
        match (self.dialect, call.result) {
            // PostgreSQL sums and averages integers to `numeric`.
            (Dialect::Postgres, Some(to @ (DbType::Int | DbType::Float | DbType::Array(_))))
            // SQLite stores decimals as text and calculates with floats.
            | (Dialect::Sqlite, Some(to @ DbType::Decimal)) => self.cast(to, |this| this.plain_call(call, call.name)),
            // SQLite's arrays are JSON; of nothing it makes an empty one.
            (Dialect::Sqlite, Some(DbType::Array(_))) => {
                self.push("nullif(");
                self.plain_call(call, "json_group_array")?;
                self.push(", '[]')");
                Ok(())
            }
            _ => self.plain_call(call, call.name),
        }
    }

    fn plain_call(&mut self, call: &Call, name: &'static str) -> Written {
        self.push(name);
        self.push(if call.distinct { "(DISTINCT " } else { "(" });
        self.nodes(&call.args)?;
        if !call.order.is_empty() {
            self.push(" ORDER BY ");
            self.orders(&call.order)?;
        }
        self.push(")");
        if let Some(filter) = &call.filter {
            self.push(" FILTER (WHERE ");
            self.expr(filter)?;
            self.push(")");
        }
        match &call.over {
            Some(window) => self.over(window),
            None => Ok(()),
        }
    }

    fn over(&mut self, window: &Window) -> Written {
        self.push(" OVER (");
        if !window.partition.is_empty() {
            self.push("PARTITION BY ");
            self.nodes(&window.partition)?;
        }
        if !window.order.is_empty() {
            self.push(if window.partition.is_empty() { "ORDER BY " } else { " ORDER BY " });
            self.orders(&window.order)?;
        }
        if let Some(frame) = window.frame {
            self.push(match frame.unit {
                FrameUnit::Rows => " ROWS BETWEEN ",
                FrameUnit::Range => " RANGE BETWEEN ",
                FrameUnit::Groups => " GROUPS BETWEEN ",
            });
            self.bound(frame.from);
            self.push(" AND ");
            self.bound(frame.to);
        }
        self.push(")");
        Ok(())
    }

    fn bound(&mut self, bound: Bound) {
        match bound {
            Bound::UnboundedPreceding => self.push("UNBOUNDED PRECEDING"),
            Bound::Preceding(rows) => {
                self.number(rows as usize);
                self.push(" PRECEDING");
            }
            Bound::CurrentRow => self.push("CURRENT ROW"),
            Bound::Following(rows) => {
                self.number(rows as usize);
                self.push(" FOLLOWING");
            }
            Bound::UnboundedFollowing => self.push("UNBOUNDED FOLLOWING"),
        }
    }

    pub(super) fn quantified(&mut self, quantifier: Quantifier, query: &Core) -> Written {
        if self.dialect == Dialect::Sqlite {
            return Err(self.unsupported("`ANY` and `ALL`", "compare with a query of the smallest or greatest value"));
        }
        self.push(match quantifier {
            Quantifier::Any => "ANY ",
            Quantifier::All => "ALL ",
        });
        self.subquery(query)
    }

    /// Writes SQL of the program's own, with its parts.
    pub(super) fn fragment(&mut self, fragment: &Fragment) -> Written {
        let mut parts = fragment.parts.iter();
        let mut pieces = fragment.sql.split('?').peekable();
        while let Some(piece) = pieces.next() {
            let escaped = pieces.peek().and_then(|_| piece.strip_suffix('\\'));
            self.push(escaped.unwrap_or(piece));
            if escaped.is_some() {
                self.push("?");
            } else if pieces.peek().is_some() {
                // The macro has counted them.
                let part = parts.next().ok_or_else(|| RepoError::Query("a fragment lacks an argument".into()))?;
                self.part(&part.0)?;
            }
        }
        Ok(())
    }

    fn part(&mut self, part: &PartKind) -> Written {
        match part {
            PartKind::Node(node) => self.expr(node)?,
            PartKind::Identifier(name) => self.ident(name),
            PartKind::Splice(nodes) if nodes.is_empty() => self.push("NULL"),
            PartKind::Splice(nodes) => self.nodes(nodes)?,
            PartKind::Constant(number) => {
                if *number < 0 {
                    // A space, for two minus signs begin a comment.
                    self.push(" -");
                }
                self.text.push_str(&number.unsigned_abs().to_string());
            }
        }
        Ok(())
    }

    pub(super) fn json(&mut self, json: &JsonPath) -> Written {
        let as_json = matches!(json.result, None | Some(DbType::Json));
        let extract = |this: &mut Self| {
            this.push("(");
            this.within(&json.value, Tightness::Product)?;
            match this.dialect {
                Dialect::Postgres => {
                    this.push(if as_json { " #> " } else { " #>> " });
                    let steps = json.path.iter().map(|step| match step {
                        Segment::Key(key) => Value::Text(key.clone()),
                        Segment::Index(index) => Value::Text(index.to_string()),
                    });
                    this.bind(Value::Array(&DbType::Text, steps.collect()));
                }
                Dialect::Sqlite => {
                    this.push(if as_json { " -> " } else { " ->> " });
                    this.bind(Value::Text(sqlite_path(&json.path)?));
                }
            }
            this.push(")");
            Ok(())
        };
        match (self.dialect, json.result) {
            (_, None | Some(DbType::Json)) | (Dialect::Postgres, Some(DbType::Text)) => extract(self),
            (_, Some(to)) => self.cast(to, extract),
        }
    }

    pub(super) fn array_has(&mut self, [array, value]: &[Node; 2]) -> Written {
        match self.dialect {
            Dialect::Postgres => {
                self.push("(");
                self.within(value, Tightness::Comparison)?;
                self.push(" = ANY(");
                self.expr(array)?;
                self.push("))");
            }
            Dialect::Sqlite => {
                self.push("EXISTS (SELECT 1 FROM json_each(");
                self.expr(array)?;
                self.push(") AS element WHERE element.value = ");
                self.within(value, Tightness::Comparison)?;
                self.push(")");
            }
        }
        Ok(())
    }

    pub(super) fn date_add(&mut self, sum: &DateAdd) -> Written {
        match (self.dialect, sum.of) {
            (Dialect::Postgres, DbType::Date) => self.cast(DbType::Date, |this| this.plus_interval(sum)),
            (Dialect::Postgres, _) => {
                self.push("(");
                self.plus_interval(sum)?;
                self.push(")");
                Ok(())
            }
            (Dialect::Sqlite, of) => {
                // As the adapter stores them; SQLite itself knows thousandths of a second.
                let (start, end) = match of {
                    DbType::Date => ("date(", ")"),
                    _ => ("(strftime('%Y-%m-%d %H:%M:%f', ", ") || '000')"),
                };
                self.push(start);
                self.expr(&sum.value)?;
                self.push(", ");
                self.modifier(sum)?;
                self.push(end);
                Ok(())
            }
        }
    }

    fn plus_interval(&mut self, sum: &DateAdd) -> Written {
        self.within(&sum.value, Tightness::Sum)?;
        let (start, end) = match sum.unit {
            Unit::Year => ("years => CAST(", " AS integer))"),
            Unit::Month => ("months => CAST(", " AS integer))"),
            Unit::Week => ("weeks => CAST(", " AS integer))"),
            Unit::Day => ("days => CAST(", " AS integer))"),
            Unit::Hour => ("hours => CAST(", " AS integer))"),
            Unit::Minute => ("mins => CAST(", " AS integer))"),
            Unit::Second => ("secs => CAST(", " AS double precision))"),
            Unit::Millisecond => ("secs => CAST(", " AS double precision) / 1000)"),
        };
        self.push(" + make_interval(");
        self.push(start);
        self.expr(&sum.count)?;
        self.push(end);
        Ok(())
    }

    /// `(count || ' days')`, with parentheses: in SQLite, `||` binds more tightly than anything else.
    fn modifier(&mut self, sum: &DateAdd) -> Written {
        self.push("((");
        self.within(&sum.count, Tightness::Product)?;
        self.push(match sum.unit {
            Unit::Year => ") || ' years')",
            Unit::Month => ") || ' months')",
            Unit::Week => " * 7) || ' days')",
            Unit::Day => ") || ' days')",
            Unit::Hour => ") || ' hours')",
            Unit::Minute => ") || ' minutes')",
            Unit::Second => ") || ' seconds')",
            Unit::Millisecond => " / 1000.0) || ' seconds')",
        });
        Ok(())
    }

    pub(super) fn cast(&mut self, to: DbType, value: impl FnOnce(&mut Self) -> Written) -> Written {
        self.push("CAST(");
        value(self)?;
        self.push(" AS ");
        self.db_type(to);
        self.push(")");
        Ok(())
    }

    pub(super) fn db_type(&mut self, of: DbType) {
        if let (Dialect::Postgres, DbType::Array(of)) = (self.dialect, of) {
            self.db_type(*of);
            return self.push("[]");
        }
        self.push(match self.dialect {
            Dialect::Postgres => match of {
                DbType::Bool => "boolean",
                DbType::Int => "bigint",
                DbType::Float => "double precision",
                DbType::Text => "text",
                DbType::Binary => "bytea",
                DbType::Uuid => "uuid",
                DbType::Decimal => "numeric",
                DbType::Date => "date",
                DbType::Time => "time",
                DbType::NaiveDateTime => "timestamp",
                DbType::DateTime => "timestamptz",
                DbType::Json | DbType::Array(_) => "jsonb",
            },
            Dialect::Sqlite => match of {
                DbType::Bool | DbType::Int => "INTEGER",
                DbType::Float => "REAL",
                DbType::Binary => "BLOB",
                _ => "TEXT",
            },
        });
    }
}

/// `$."arms"[0]`. SQLite's paths have no way to write every key.
fn sqlite_path(steps: &[Segment]) -> Result<String, RepoError> {
    let mut path = String::from("$");
    for step in steps {
        match step {
            Segment::Key(key)
                if key.contains(|character: char| matches!(character, '"' | '\\') || character.is_control()) =>
            {
                return Err(RepoError::Query(format!("SQLite has no path to the key {key:?} of a JSON document")));
            }
            Segment::Key(key) => {
                path.push_str(".\"");
                path.push_str(key);
                path.push('"');
            }
            Segment::Index(index) => {
                path.push('[');
                path.push_str(&index.to_string());
                path.push(']');
            }
        }
    }
    Ok(path)
}
