//! Compares what is supposed with what is. Pure.

use super::expected::{self, Expected};
use super::live::same;
use super::{Diff, Difference, ExpectedColumn, LiveColumn, LiveTable};
use crate::adapter::Dialect;
use crate::schema::SchemaMeta;
use crate::types::DbType;

pub(super) fn compare(
    dialect: Dialect,
    schemas: &[&'static SchemaMeta],
    live: &[(Option<&'static str>, LiveTable)],
) -> Diff {
    let expected = expected::tables(schemas);
    let mut differences = Vec::new();
    for table in &expected {
        let found = live
            .iter()
            .find(|(prefix, found)| *prefix == table.prefix && same(dialect, &found.name, &table.table.name));
        match found {
            None => {
                let missing = Difference::MissingTable { schema: table.schema, table: table.table.clone() };
                let is_new = |known: &Difference| !matches!(known, Difference::MissingTable { table: known, .. } if known.name == table.table.name);
                if differences.iter().all(is_new) {
                    differences.push(missing);
                }
            }
            Some((_, found)) => compare_table(dialect, table, &expected, found, &mut differences),
        }
        let name = &table.table.name;
        for (column, unique) in &table.looked_up {
            let indexed = found.is_some_and(|(_, found)| found.view || is_indexed(dialect, found, column, *unique));
            if !indexed {
                differences.push(Difference::MissingIndex {
                    table: name.clone(),
                    column: column.clone(),
                    unique: *unique,
                });
            }
        }
    }
    let mut unique: Vec<Difference> = Vec::new();
    for difference in differences {
        if !unique.contains(&difference) {
            unique.push(difference);
        }
    }
    Diff { differences: unique }
}

fn compare_table(
    dialect: Dialect,
    expected: &Expected,
    all: &[Expected],
    found: &LiveTable,
    differences: &mut Vec<Difference>,
) {
    let table = &expected.table.name;
    for column in &expected.table.columns {
        match found.column(&column.name, dialect) {
            None => differences.push(Difference::MissingColumn { table: table.clone(), column: column.clone() }),
            Some(live) => compare_column(dialect, table, column, live, found, differences),
        }
    }
    if found.view {
        return;
    }
    // Other schemas of the same table may have fields that this one leaves out.
    let is_a_field = |name: &str| {
        all.iter().any(|other| {
            other.prefix == expected.prefix
                && same(dialect, &other.table.name, table)
                && other.table.columns.iter().any(|column| same(dialect, &column.name, name))
        })
    };
    for column in found.columns.iter().filter(|column| !is_a_field(&column.name)) {
        differences.push(Difference::ExtraColumn { table: table.clone(), column: column.clone() });
    }
    let key: Vec<String> =
        expected.table.columns.iter().filter(|column| column.primary_key).map(|column| column.name.clone()).collect();
    let is_same_key = key.len() == found.primary_key.len()
        && key.iter().all(|name| found.primary_key.iter().any(|found| same(dialect, found, name)));
    let is_there = key.iter().all(|name| found.column(name, dialect).is_some());
    // A join table may have a key of its own, or none.
    let is_joined = expected.table.columns.iter().all(|column| column.references.is_some());
    if !is_same_key && !key.is_empty() && is_there && !is_joined {
        differences.push(Difference::PrimaryKey {
            table: table.clone(),
            expected: key,
            found: found.primary_key.clone(),
        });
    }
}

fn compare_column(
    dialect: Dialect,
    table: &str,
    column: &ExpectedColumn,
    live: &LiveColumn,
    found: &LiveTable,
    differences: &mut Vec<Difference>,
) {
    let table = || table.to_owned();
    if !holds(dialect, live, column.db) {
        differences.push(Difference::WrongType { table: table(), column: column.clone(), found: live.clone() });
        return;
    }
    if found.view {
        return;
    }
    if live.nullable && !column.nullable && !column.primary_key && !live.generated {
        differences.push(Difference::Nullable { table: table(), column: column.clone() });
    }
    if column.nullable && live.is_required() {
        differences.push(Difference::NotNull { table: table(), column: column.clone() });
    }
    if let Some((other, _)) = &column.references {
        let refers = found.foreign_keys.iter().any(|key| {
            same(dialect, &key.table, other) && key.columns.iter().any(|it| same(dialect, it, &column.name))
        });
        if !refers {
            differences.push(Difference::MissingForeignKey { table: table(), column: column.clone() });
        }
    }
}

/// Whether an index begins with `column`; a unique one is over it alone.
fn is_indexed(dialect: Dialect, table: &LiveTable, column: &str, unique: bool) -> bool {
    let begins = |columns: &[String]| columns.first().is_some_and(|first| same(dialect, first, column));
    let alone = |columns: &[String]| begins(columns) && columns.len() == 1;
    if unique {
        alone(&table.primary_key)
            || table.indexes.iter().any(|index| index.unique && !index.partial && alone(&index.columns))
    } else {
        begins(&table.primary_key) || table.indexes.iter().any(|index| !index.partial && begins(&index.columns))
    }
}

/// Whether a column takes what a field of type `of` writes, and gives it back.
fn holds(dialect: Dialect, column: &LiveColumn, of: DbType) -> bool {
    match dialect {
        Dialect::Postgres => postgres_holds(&column.base, of),
        Dialect::Sqlite => sqlite_holds(&column.declared, of),
    }
}

fn postgres_holds(base: &str, of: DbType) -> bool {
    let fitting: &[&str] = match of {
        DbType::Bool => &["bool"],
        DbType::Int => &["int2", "int4", "int8"],
        DbType::Float => &["float4", "float8"],
        DbType::Text => &["text", "varchar", "bpchar", "citext", "name", "enum"],
        DbType::Binary => &["bytea"],
        DbType::Uuid => &["uuid"],
        DbType::Decimal => &["numeric"],
        DbType::Date => &["date"],
        DbType::Time => &["time"],
        DbType::NaiveDateTime => &["timestamp"],
        DbType::DateTime => &["timestamptz"],
        DbType::Json => &["jsonb", "json"],
        DbType::Array(of) => return base.strip_prefix('_').is_some_and(|base| postgres_holds(base, *of)),
    };
    fitting.contains(&base)
}

/// Any column of SQLite takes anything; but by the words in its type it may make something else of it
/// (<https://sqlite.org/datatype3.html>, section 3.1).
fn sqlite_holds(declared: &str, of: DbType) -> bool {
    let declared = declared.to_ascii_lowercase();
    // What our own migrations say is more than SQLite knows.
    if let Some(is) = sqlite_type(declared.split('(').next().unwrap_or_default().trim()) {
        return is == of || matches!((is, of), (DbType::Json, DbType::Array(_)) | (DbType::Bool, DbType::Int));
    }
    let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    let (integer, text) = (has(&["int"]), has(&["char", "clob", "text"]));
    let blob = declared.is_empty() || has(&["blob"]);
    let real = has(&["real", "floa", "doub"]);
    // SQLite looks for these words in this order.
    let (text, blob, real) = (text && !integer, blob && !integer && !text, real && !integer && !text);
    match of {
        // As text, they would come back as text.
        DbType::Bool | DbType::Int => !text && !real,
        DbType::Float => !text,
        // As anything else, what looks like a number becomes one: '007' is 7, and a decimal loses digits.
        DbType::Text | DbType::Decimal => text || blob,
        // These look like no number.
        DbType::Binary
        | DbType::Uuid
        | DbType::Date
        | DbType::Time
        | DbType::NaiveDateTime
        | DbType::DateTime
        | DbType::Json
        | DbType::Array(_) => true,
    }
}

fn sqlite_type(name: &str) -> Option<DbType> {
    Some(match name {
        "boolean" => DbType::Bool,
        "uuid_text" => DbType::Uuid,
        "decimal_text" => DbType::Decimal,
        "date_text" => DbType::Date,
        "time_text" => DbType::Time,
        "datetime_text" => DbType::NaiveDateTime,
        "utc_datetime_text" => DbType::DateTime,
        "json_text" | "array_text" => DbType::Json,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{postgres_holds, sqlite_holds};
    use crate::types::DbType;

    #[test]
    fn sqlite_columns_are_judged_by_what_they_make_of_a_value() {
        assert!(sqlite_holds("INTEGER", DbType::Bool) && sqlite_holds("bigint", DbType::Int));
        assert!(!sqlite_holds("TEXT", DbType::Int), "1 would come back as text");
        assert!(!sqlite_holds("INTEGER", DbType::Text), "007 would come back as 7");
        assert!(!sqlite_holds("NUMERIC", DbType::Decimal) && sqlite_holds("decimal_text(10, 2)", DbType::Decimal));
        assert!(sqlite_holds("", DbType::Text) && sqlite_holds("VARCHAR(3)", DbType::Text));
        assert!(sqlite_holds("TEXT", DbType::DateTime) && sqlite_holds("DATETIME", DbType::NaiveDateTime));
        assert!(!sqlite_holds("uuid_text", DbType::Text), "a migration of ours said that it holds UUIDs");
        assert!(sqlite_holds("array_text", DbType::Array(&DbType::Int)));
        assert!(!sqlite_holds("CHARINT", DbType::Text), "SQLite sees the integer first");
    }

    #[test]
    fn postgres_columns_are_what_they_are() {
        assert!(postgres_holds("int4", DbType::Int) && !postgres_holds("int4", DbType::Float));
        assert!(!postgres_holds("timestamp", DbType::DateTime), "it would be taken for local time");
        assert!(postgres_holds("_text", DbType::Array(&DbType::Text)));
        assert!(!postgres_holds("_text", DbType::Array(&DbType::Int)));
        assert!(postgres_holds("enum", DbType::Text));
    }
}
