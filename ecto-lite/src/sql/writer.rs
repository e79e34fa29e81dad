//! Writes SQL: the AST of a query in, text and values out.
//!
//! One pass and one buffer, without a tree between. Three rules keep it safe, and they are kept here and nowhere else: a value is [bound](Writer::bind), never written; a name is
//! [quoted](Writer::ident); everything else that is written is a literal of this crate or, in a fragment, of the
//! program.

use std::sync::Arc;

use crate::RepoError;
use crate::adapter::{Dialect, Statement};
use crate::query::{Assignment, BindingId, Core, Node};
use crate::types::Value;

/// The statement of a select.
pub(crate) fn select(core: &Core, dialect: Dialect) -> Result<Statement, RepoError> {
    written(core, dialect, Writer::select)
}

/// The statement of an update of all rows.
pub(crate) fn update(core: &Core, assignments: &[Assignment], dialect: Dialect) -> Result<Statement, RepoError> {
    written(core, dialect, |writer, core| writer.update(core, assignments))
}

/// The statement of a deletion of all rows.
pub(crate) fn delete(core: &Core, dialect: Dialect) -> Result<Statement, RepoError> {
    written(core, dialect, Writer::delete)
}

fn written(
    core: &Core,
    dialect: Dialect,
    write: impl FnOnce(&mut Writer, &Core) -> Written,
) -> Result<Statement, RepoError> {
    let mut writer = Writer::new(dialect);
    if let Some(comment) = &core.comment {
        writer.comment(comment);
    }
    write(&mut writer, core)?;
    writer.finish()
}

/// A statement while it is written.
pub(crate) struct Writer {
    pub(super) dialect: Dialect,
    pub(super) text: String,
    values: Vec<Value>,
    /// The sources that can be named here, inner ones last; the index tells the alias.
    pub(super) scope: Vec<(BindingId, Alias)>,
    /// How many sources have an alias here.
    pub(super) aliases: u16,
    /// What the select that is written calls what it selects.
    pub(super) outputs: Vec<Arc<str>>,
    /// The prefix of tables that have none of their own.
    pub(super) prefix: Option<Arc<str>>,
}

/// `r0`: the first letter of the source and its position, counted through the queries around it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Alias {
    Numbered {
        letter: char,
        number: u16,
    },
    /// Columns are written without one: SQLite's `RETURNING`, the order of a union.
    None,
    /// The row that could not be inserted.
    Excluded,
}

/// What writing a part gives.
pub(crate) type Written = Result<(), RepoError>;

impl Writer {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            text: String::with_capacity(256),
            values: Vec::new(),
            scope: Vec::with_capacity(4),
            aliases: 0,
            outputs: Vec::new(),
            prefix: None,
        }
    }

    /// The text and its values.
    pub(crate) fn finish(self) -> Result<Statement, RepoError> {
        let (count, max) = (self.values.len(), self.dialect.max_parameters());
        if count > max {
            return Err(RepoError::Query(format!(
                "the statement binds {count} values and {} takes {max}: give it fewer at a time",
                name(self.dialect)
            )));
        }
        Ok(Statement { sql: self.text.into(), values: self.values })
    }

    /// Makes room for that many values.
    pub(super) fn reserve(&mut self, values: usize) {
        self.values.reserve(values);
        self.text.reserve(values * 4);
    }

    /// Writes text of this crate.
    pub(crate) fn push(&mut self, text: &'static str) {
        self.text.push_str(text);
    }

    /// Writes a placeholder and keeps its value.
    pub(crate) fn bind(&mut self, value: Value) {
        self.values.push(value);
        match self.dialect {
            Dialect::Sqlite => self.text.push('?'),
            Dialect::Postgres => {
                self.text.push('$');
                self.number(self.values.len());
            }
        }
    }

    /// Keeps a value without writing a placeholder, and gives its number.
    pub(super) fn keep(&mut self, value: Value) -> usize {
        self.values.push(value);
        self.values.len()
    }

    /// Writes the placeholder of a value that was kept. SQLite numbers placeholders only if told to, and then all of them.
    pub(super) fn placeholder(&mut self, number: usize) {
        self.text.push(match self.dialect {
            Dialect::Sqlite => '?',
            Dialect::Postgres => '$',
        });
        self.number(number);
    }

    /// Writes a name in quotes, whatever it consists of.
    pub(crate) fn ident(&mut self, name: &str) {
        self.text.push('"');
        if name.contains(['"', '\0']) {
            // No database knows a name with a zero; without it, it is one that does not exist.
            let quoted = name.replace('"', "\"\"").replace('\0', "");
            self.text.push_str(&quoted);
        } else {
            self.text.push_str(name);
        }
        self.text.push('"');
    }

    /// Writes a table's name with its prefix.
    pub(crate) fn table(&mut self, prefix: Option<&str>, table: &str) {
        if let Some(prefix) = prefix {
            self.ident(prefix);
            self.push(".");
        }
        self.ident(table);
    }

    pub(super) fn number(&mut self, number: usize) {
        let mut digits = [0; 20];
        let mut start = digits.len();
        let mut rest = number;
        loop {
            start -= 1;
            digits[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.text.extend(digits[start..].iter().map(|&digit| char::from(digit)));
    }

    pub(super) fn alias(&mut self, alias: Alias) {
        match alias {
            Alias::Numbered { letter, number } => {
                self.text.push(letter);
                self.number(usize::from(number));
            }
            Alias::Excluded => self.push("excluded"),
            Alias::None => {}
        }
    }

    /// Writes a comment. It can hold anything but what would end it.
    fn comment(&mut self, comment: &str) {
        self.push("/* ");
        self.text.extend(comment.chars().filter(|character| !matches!(character, '*' | '\0')));
        self.push(" */ ");
    }

    /// Writes `items` with commas between them.
    pub(super) fn comma<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Self, T) -> Written,
    ) -> Written {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            each(self, item)?;
        }
        Ok(())
    }

    /// Writes `nodes` with commas between them.
    pub(super) fn nodes(&mut self, nodes: &[Node]) -> Written {
        self.comma(nodes, Self::expr)
    }

    /// Says that this database has no such thing.
    pub(super) fn unsupported(&self, what: &str, instead: &str) -> RepoError {
        RepoError::Query(format!("{} has no {what}: {instead}", name(self.dialect)))
    }
}

pub(super) fn name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "SQLite",
        Dialect::Postgres => "PostgreSQL",
    }
}
