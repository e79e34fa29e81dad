//! The `create table` that SQLite keeps, taken apart and put together differently. Pure.
//!
//! SQLite keeps the text as it was written, by whomever, so nothing is supposed of it but SQLite's grammar
//! (<https://sqlite.org/lang_createtable.html>); what is not to change is kept word by word.

use super::lexer::{Token, tokens};

/// A `create table`, as the parts between its commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TableText {
    /// Columns first, then constraints, as SQLite wants them.
    items: Vec<Item>,
    /// What follows the parentheses: `without rowid`, `strict`.
    options: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Column(ColumnText),
    Constraint { name: Option<String>, text: String },
}

/// A column's definition.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ColumnText {
    name: String,
    /// As it was written.
    quoted: String,
    of: String,
    clauses: Vec<Clause>,
}

/// A constraint of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Clause {
    what: What,
    name: Option<String>,
    text: String,
}

/// What a clause of a column's definition says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    PrimaryKey,
    NotNull,
    Null,
    Unique,
    Check,
    Default,
    Collate,
    References,
    Generated,
}

impl TableText {
    /// None if the text is no plain `create table`.
    pub(super) fn parse(sql: &str) -> Option<Self> {
        let tokens = tokens(sql)?;
        let open = tokens.iter().position(|token| token.is("("))?;
        let is_table = tokens[..open].iter().any(|token| token.is("table"));
        if !is_table || tokens[..open].iter().any(|token| token.is("virtual")) {
            return None;
        }
        let close = closing(&tokens, open)?;
        let mut items = Vec::new();
        for part in split(&tokens[open + 1..close]) {
            items.push(item(sql, part)?);
        }
        Some(Self { items, options: sql[tokens[close].end()..].trim().into() })
    }

    /// The text, for a table whose name is `table` (quoted, with its prefix).
    pub(super) fn to_sql(&self, table: &str) -> String {
        let items: Vec<String> = self.items.iter().map(Item::to_sql).collect();
        format!("create table {table} ({}) {}", items.join(", "), self.options).trim_end().into()
    }

    pub(super) fn has_column(&self, name: &str) -> bool {
        self.items.iter().any(|item| item.is_column(name))
    }

    /// Adds a column: `"name" type …`. None if the text is none.
    pub(super) fn add_column(&mut self, definition: &str) -> Option<()> {
        let tokens = tokens(definition)?;
        let at = self.items.iter().position(|item| matches!(item, Item::Constraint { .. })).unwrap_or(self.items.len());
        self.items.insert(at, item(definition, &tokens)?);
        Some(())
    }

    /// Adds a constraint of the table: `constraint "name" check (…)`. None if the text is none.
    pub(super) fn add_constraint(&mut self, definition: &str) -> Option<()> {
        self.items.push(item(definition, &tokens(definition)?)?);
        Some(())
    }

    /// Whether there was one of that name.
    pub(super) fn remove_column(&mut self, name: &str) -> bool {
        let before = self.items.len();
        self.items.retain(|item| !item.is_column(name));
        self.items.len() < before
    }

    /// Removes the constraint called `name`, of the table or of one of its columns. Whether there was one.
    pub(super) fn remove_constraint(&mut self, name: &str) -> bool {
        let named = |it: &Option<String>| it.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(name));
        let before = self.items.len();
        self.items.retain(|item| !matches!(item, Item::Constraint { name, .. } if named(name)));
        let mut found = self.items.len() < before;
        for item in &mut self.items {
            if let Item::Column(column) = item {
                let before = column.clauses.len();
                column.clauses.retain(|clause| !named(&clause.name));
                found |= column.clauses.len() < before;
            }
        }
        found
    }

    fn column_mut(&mut self, name: &str) -> Option<&mut ColumnText> {
        self.items.iter_mut().find_map(|item| match item {
            Item::Column(column) if column.name.eq_ignore_ascii_case(name) => Some(column),
            _ => None,
        })
    }

    /// Gives a column another type.
    pub(super) fn set_type(&mut self, column: &str, of: &str) {
        if let Some(column) = self.column_mut(column) {
            column.of = of.into();
        }
    }

    /// Replaces what a column says of `what` by `text`, or says nothing of it any more.
    pub(super) fn set_clause(&mut self, column: &str, what: What, text: Option<String>) {
        if let Some(column) = self.column_mut(column) {
            column.clauses.retain(|clause| clause.what != what);
            column.clauses.extend(text.map(|text| Clause { what, name: None, text }));
        }
    }
}

impl Item {
    fn is_column(&self, name: &str) -> bool {
        matches!(self, Self::Column(column) if column.name.eq_ignore_ascii_case(name))
    }

    fn to_sql(&self) -> String {
        match self {
            Self::Constraint { text, .. } => text.clone(),
            Self::Column(column) => {
                let words = [column.quoted.as_str(), column.of.as_str()].into_iter();
                let words = words.chain(column.clauses.iter().map(|clause| clause.text.as_str()));
                words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
            }
        }
    }
}

/// The `create index` that SQLite keeps, as one of the name `name` (quoted, with its prefix).
pub(super) fn renamed_index(sql: &str, name: &str) -> Option<String> {
    let tokens = tokens(sql)?;
    let at = tokens.iter().position(|token| token.is("index"))?;
    let on = at + tokens[at..].iter().position(|token| token.is("on"))?;
    Some(format!("{} {name} {}", &sql[..tokens[at].end()], &sql[tokens[on].start..]))
}

/// The `create index` or `create trigger` that SQLite keeps, as one in the database `prefix`.
pub(super) fn prefixed(sql: &str, prefix: &str) -> Option<String> {
    let tokens = tokens(sql)?;
    let at = tokens.iter().position(|token| token.is("index") || token.is("trigger"))?;
    let name = tokens.get(at + 1)?;
    Some(format!("{}\"{}\".{}", &sql[..name.start], prefix.replace('"', "\"\""), &sql[name.start..]))
}

fn text_of(sql: &str, tokens: &[Token<'_>]) -> String {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => sql[first.start..last.end()].into(),
        _ => String::new(),
    }
}

/// Where the parenthesis closes that opens at `open`.
fn closing(tokens: &[Token<'_>], open: usize) -> Option<usize> {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

/// The parts between commas that are in no parentheses.
fn split<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut depth = 0;
    tokens
        .split(|token| {
            depth += i32::from(token.is("(")) - i32::from(token.is(")"));
            depth == 0 && token.is(",")
        })
        .collect()
}

fn item(sql: &str, tokens: &[Token<'_>]) -> Option<Item> {
    let first = tokens.first()?;
    let constraint = ["constraint", "primary", "unique", "check", "foreign"].iter().any(|word| first.is(word));
    if constraint {
        let name = if first.is("constraint") { tokens.get(1)?.name() } else { None };
        return Some(Item::Constraint { name, text: text_of(sql, tokens) });
    }
    let mut parser = Parser { sql, tokens, at: 1 };
    let of = parser.until_clause();
    let mut clauses = Vec::new();
    while parser.at < tokens.len() {
        clauses.push(parser.clause()?);
    }
    Some(Item::Column(ColumnText { name: first.name()?, quoted: first.text.into(), of, clauses }))
}

/// Reads a column's clauses from left to right.
struct Parser<'t, 'a> {
    sql: &'t str,
    tokens: &'t [Token<'a>],
    at: usize,
}

impl Parser<'_, '_> {
    fn next_is(&self, keyword: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|token| token.is(keyword))
    }

    fn take(&mut self, keyword: &str) -> bool {
        let found = self.next_is(keyword);
        self.at += usize::from(found);
        found
    }

    fn take_any(&mut self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.take(keyword))
    }

    fn take_group(&mut self) -> Option<()> {
        self.at = self.next_is("(").then(|| closing(self.tokens, self.at))?? + 1;
        Some(())
    }

    fn until_clause(&mut self) -> String {
        const STARTS: [&str; 11] = [
            "constraint",
            "primary",
            "not",
            "null",
            "unique",
            "check",
            "default",
            "collate",
            "references",
            "generated",
            "as",
        ];
        let start = self.at;
        while self.at < self.tokens.len() && !STARTS.iter().any(|word| self.next_is(word)) {
            self.at += 1;
        }
        text_of(self.sql, &self.tokens[start..self.at])
    }

    fn clause(&mut self) -> Option<Clause> {
        let start = self.at;
        let name = if self.take("constraint") {
            self.at += 1;
            self.tokens.get(self.at - 1)?.name()
        } else {
            None
        };
        let what = self.what()?;
        Some(Clause { what, name, text: text_of(self.sql, &self.tokens[start..self.at]) })
    }

    fn what(&mut self) -> Option<What> {
        let what = if self.take("primary") {
            self.take("key");
            self.take_any(&["asc", "desc"]);
            self.conflict();
            self.take("autoincrement");
            What::PrimaryKey
        } else if self.take("not") {
            self.take("null");
            self.conflict();
            What::NotNull
        } else if self.take("null") {
            self.conflict();
            What::Null
        } else if self.take("unique") {
            self.conflict();
            What::Unique
        } else if self.take("check") {
            self.take_group()?;
            What::Check
        } else if self.take("default") {
            if self.next_is("(") {
                self.take_group()?;
            } else {
                self.take_any(&["+", "-"]);
                self.at += 1;
                // `1.5e+3` is three words here.
                if self.tokens.get(self.at - 1)?.text.ends_with(['e', 'E'])
                    && self.tokens[self.at - 1].text.starts_with(|first: char| first.is_ascii_digit())
                    && self.take_any(&["+", "-"])
                {
                    self.at += 1;
                }
            }
            What::Default
        } else if self.take("collate") {
            self.at += 1;
            What::Collate
        } else if self.take("references") {
            self.at += 1;
            if self.next_is("(") {
                self.take_group()?;
            }
            self.actions();
            What::References
        } else if self.take("generated") || self.next_is("as") {
            self.take("always");
            self.take("as");
            self.take_group()?;
            self.take_any(&["stored", "virtual"]);
            What::Generated
        } else {
            return None;
        };
        (self.at <= self.tokens.len()).then_some(what)
    }

    fn conflict(&mut self) {
        if self.next_is("on") && self.tokens.get(self.at + 1).is_some_and(|token| token.is("conflict")) {
            self.at += 3;
        }
    }

    /// What follows `references other (columns)`.
    fn actions(&mut self) {
        loop {
            if self.take("on") {
                self.take_any(&["delete", "update"]);
                if self.take("set") || self.take("no") {
                    self.take_any(&["null", "default", "action"]);
                } else {
                    self.at += 1;
                }
            } else if self.take("match") {
                self.at += 1;
            } else if self.next_is("deferrable")
                || (self.next_is("not") && self.tokens.get(self.at + 1).is_some_and(|next| next.is("deferrable")))
            {
                self.take("not");
                self.take("deferrable");
                if self.take("initially") {
                    self.at += 1;
                }
            } else {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexer::Kind;
    use super::{TableText, What, prefixed, renamed_index, tokens};

    const ROBOTS: &str = r#"CREATE TABLE "robots" ( -- the fleet, (all) of it
        id INTEGER PRIMARY KEY ON CONFLICT ABORT AUTOINCREMENT,
        [full name] varchar(40) COLLATE nocase NOT NULL DEFAULT 'a, (b', /* , */
        `battery` double precision DEFAULT -1.5e+3 CONSTRAINT "full" CHECK (battery <= 100),
        "a""b" decimal_text(10, 2) GENERATED ALWAYS AS (battery * 2) VIRTUAL,
        site_id bigint constraint site_fk REFERENCES sites (id) ON DELETE SET NULL ON UPDATE SET DEFAULT NOT DEFERRABLE NOT NULL,
        seen DEFAULT (strftime('%Y', 'now')),
        unique (site_id, [full name]),
        constraint "range" check (battery between 0 and 100)
    ) strict"#;

    fn robots() -> TableText {
        TableText::parse(ROBOTS).expect("a table")
    }

    #[test]
    fn what_is_not_changed_is_kept_word_by_word() {
        let text = robots().to_sql("\"robots\"");
        for part in [
            "id INTEGER PRIMARY KEY ON CONFLICT ABORT AUTOINCREMENT",
            "[full name] varchar(40) COLLATE nocase NOT NULL DEFAULT 'a, (b'",
            "`battery` double precision DEFAULT -1.5e+3 CONSTRAINT \"full\" CHECK (battery <= 100)",
            "ON DELETE SET NULL ON UPDATE SET DEFAULT NOT DEFERRABLE NOT NULL",
            "seen DEFAULT (strftime('%Y', 'now'))",
            "unique (site_id, [full name])",
        ] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
        assert!(text.ends_with(") strict"));
        assert_eq!(TableText::parse(&text), Some(robots()), "it parses to itself");
    }

    #[test]
    fn a_column_is_modified_clause_by_clause() {
        let mut table = robots();
        table.set_type("FULL NAME", "text");
        table.set_clause("full name", What::NotNull, None);
        table.set_clause("full name", What::Default, Some("default 'x'".into()));
        table.set_clause("site_id", What::References, None);
        let text = table.to_sql("t");
        assert!(text.contains("[full name] text COLLATE nocase default 'x',"), "{text}");
        assert!(text.contains("site_id bigint NOT NULL,"), "{text}");
    }

    #[test]
    fn constraints_are_found_by_name_wherever_they_stand() {
        let mut table = robots();
        assert!(table.remove_constraint("range"));
        assert!(table.remove_constraint("SITE_FK"));
        assert!(table.remove_constraint("full"));
        assert!(!table.remove_constraint("nothing"));
        let text = table.to_sql("t");
        assert!(!text.contains("REFERENCES") && !text.contains("<= 100") && !text.contains("between"), "{text}");
    }

    #[test]
    fn columns_are_added_before_constraints() {
        let mut table = robots();
        table.add_column("\"wheels\" integer default 4").expect("a column");
        table.add_constraint("constraint \"few\" check (wheels < 10)").expect("a constraint");
        assert!(table.has_column("wheels"));
        assert!(table.remove_column("a\"b"));
        let text = table.to_sql("t");
        let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} is missing in {text}"));
        assert!(at("\"wheels\" integer") < at("unique (site_id"));
        assert!(at("\"few\"") > at("\"range\""));
        assert!(!table.has_column("a\"b"));
    }

    #[test]
    fn what_is_no_plain_table_is_left_alone() {
        assert_eq!(TableText::parse("create virtual table x using fts5(a, b)"), None);
        assert_eq!(TableText::parse("create table x (a 'unended)"), None);
        assert_eq!(TableText::parse("create table x (a integer"), None);
    }

    #[test]
    fn an_index_gets_another_name_and_keeps_the_rest() {
        let sql = "CREATE UNIQUE INDEX \"on\" ON \"robots\" (lower(name)) where name <> ' on '";
        let renamed = renamed_index(sql, "\"main\".\"by name\"").expect("an index");
        assert_eq!(
            renamed,
            "CREATE UNIQUE INDEX \"main\".\"by name\" ON \"robots\" (lower(name)) where name <> ' on '"
        );
    }

    #[test]
    fn indexes_and_triggers_are_put_into_a_database() {
        assert_eq!(prefixed("CREATE INDEX a ON t (b)", "x").as_deref(), Some("CREATE INDEX \"x\".a ON t (b)"));
        let trigger = prefixed("CREATE TRIGGER \"index\" after insert on t begin select 1; end", "x");
        assert_eq!(trigger.as_deref(), Some("CREATE TRIGGER \"x\".\"index\" after insert on t begin select 1; end"));
    }

    #[test]
    fn quoted_names_are_names_and_no_keywords() {
        let tokens = tokens(r#""table" [a]]"#);
        assert_eq!(tokens.as_ref().map(|tokens| tokens[0].is("table")), Some(false));
        let tokens = tokens.expect("words");
        assert_eq!(tokens[0].kind, Kind::Quoted);
        assert_eq!(tokens[1].name().as_deref(), Some("a"));
    }
}
