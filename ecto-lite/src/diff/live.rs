//! A database's tables as they are, read from its own catalogue.

use crate::adapter::{Dialect, Row};
use crate::migration::MigrationError;
use crate::migration::support::{self, Reading};
use crate::repo::Repo;
use crate::types::{LoadError, Value};

/// A table or view of the database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LiveTable {
    /// Its name.
    pub name: String,
    /// Whether it is a view: of its columns only names and types are known.
    pub view: bool,
    /// Its columns, in their order.
    pub columns: Vec<LiveColumn>,
    /// The columns of its primary key, in the key's order.
    pub primary_key: Vec<String>,
    /// Its foreign keys, by their columns.
    pub foreign_keys: Vec<LiveForeignKey>,
    /// Its indexes, by name, those of its primary key and unique constraints too.
    pub indexes: Vec<LiveIndex>,
    /// Its checks and exclusions as PostgreSQL writes them, by name; SQLite does not tell.
    pub constraints: Vec<String>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LiveColumn {
    /// Its name.
    pub name: String,
    /// Its type, as it was declared.
    pub declared: String,
    /// The type behind a PostgreSQL domain or alias: `int8`, `_text` for an array, `enum` for any enum. The declared
    /// type in SQLite.
    pub base: String,
    /// Whether it may be null.
    pub nullable: bool,
    /// Its default, as SQL.
    pub default: Option<String>,
    /// Whether the database computes it, or counts it up.
    pub generated: bool,
}

/// A foreign key of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LiveForeignKey {
    /// The columns that refer.
    pub columns: Vec<String>,
    /// The table referred to.
    pub table: String,
    /// Its columns.
    pub referenced: Vec<String>,
    /// What deleting does, as SQL: `CASCADE`.
    pub on_delete: String,
    /// What changing the key does, as SQL.
    pub on_update: String,
}

/// An index of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LiveIndex {
    /// Its name.
    pub name: String,
    /// Its columns; empty where it is an expression.
    pub columns: Vec<String>,
    /// Whether each value occurs once.
    pub unique: bool,
    /// Whether it is over some rows only.
    pub partial: bool,
}

impl LiveTable {
    /// Its column called `name`. Names in SQLite have no case.
    pub fn column(&self, name: &str, dialect: Dialect) -> Option<&LiveColumn> {
        self.columns.iter().find(|column| same(dialect, &column.name, name))
    }
}

/// Whether two names are one to the database.
pub(super) fn same(dialect: Dialect, one: &str, other: &str) -> bool {
    if dialect == Dialect::Sqlite { one.eq_ignore_ascii_case(other) } else { one == other }
}

/// Every table and view of the database, or of the PostgreSQL schema or attached SQLite database `prefix`; by name.
pub async fn tables(repo: &Repo, prefix: Option<&str>) -> Result<Vec<LiveTable>, MigrationError> {
    let catalogue = if repo.dialect() == Dialect::Postgres { &POSTGRES } else { &SQLITE };
    let prefix = match (prefix, repo.dialect()) {
        (None, Dialect::Sqlite) => Value::Text("main".into()),
        (None, Dialect::Postgres) => Value::Null(crate::types::DbType::Text),
        (Some(prefix), _) => Value::Text(prefix.into()),
    };
    let values = || vec![prefix.clone()];
    let mut tables: Vec<LiveTable> = support::rows(repo, catalogue.tables, values(), |row| {
        Ok(LiveTable { name: row.text(0)?, view: row.bool(1)?, ..LiveTable::default() })
    })
    .await?;
    let columns = support::rows(repo, catalogue.columns, values(), column).await?;
    let keys = support::rows(repo, catalogue.foreign_keys, values(), foreign_key).await?;
    let indexes = support::rows(repo, catalogue.indexes, values(), index).await?;
    let constraints = match catalogue.constraints {
        Some(sql) => support::rows(repo, sql, values(), |row| Ok((row.text(0)?, row.text(1)?))).await?,
        None => Vec::new(),
    };
    for table in &mut tables {
        let name = table.name.clone();
        let of_table = |of: &String| *of == name;
        let mut key: Vec<(i64, String)> = Vec::new();
        for (_, column, place) in columns.iter().filter(|(of, ..)| of_table(of)) {
            if *place > 0 {
                key.push((*place, column.name.clone()));
            }
            table.columns.push(column.clone());
        }
        key.sort();
        table.primary_key = key.into_iter().map(|(_, column)| column).collect();
        for (_, id, part) in keys.iter().filter(|(of, ..)| of_table(of)) {
            match table.foreign_keys.last_mut().filter(|_| *id > 0) {
                Some(key) => {
                    key.columns.extend(part.columns.clone());
                    key.referenced.extend(part.referenced.clone());
                }
                None => table.foreign_keys.push(part.clone()),
            }
        }
        table.foreign_keys.sort_by(|one, other| (&one.columns, &one.table).cmp(&(&other.columns, &other.table)));
        for (_, place, part) in indexes.iter().filter(|(of, ..)| of_table(of)) {
            match table.indexes.last_mut().filter(|_| *place > 0) {
                Some(index) => index.columns.extend(part.columns.clone()),
                None => table.indexes.push(part.clone()),
            }
        }
        table.constraints.extend(constraints.iter().filter(|(of, _)| of_table(of)).map(|(_, text)| text.clone()));
    }
    Ok(tables)
}

/// A column, with its table and its place in the primary key, from 1.
fn column(row: &dyn Row) -> Result<(String, LiveColumn, i64), LoadError> {
    let column = LiveColumn {
        name: row.text(1)?,
        declared: row.text(2)?,
        base: row.text(3)?,
        nullable: row.bool(4)?,
        default: row.optional_text(5)?,
        generated: row.bool(6)?,
    };
    Ok((row.text(0)?, column, row.int(7)?))
}

/// A pair of columns of a foreign key, with its table and its place in the key, from 0.
fn foreign_key(row: &dyn Row) -> Result<(String, i64, LiveForeignKey), LoadError> {
    let key = LiveForeignKey {
        columns: vec![row.text(2)?],
        table: row.text(3)?,
        // SQLite: none is the primary key.
        referenced: row.optional_text(4)?.into_iter().collect(),
        on_delete: row.text(5)?,
        on_update: row.text(6)?,
    };
    Ok((row.text(0)?, row.int(1)?, key))
}

/// A column of an index, with its table and its place in the index, from 0.
fn index(row: &dyn Row) -> Result<(String, i64, LiveIndex), LoadError> {
    let index = LiveIndex {
        name: row.text(2)?,
        columns: row.optional_text(3)?.into_iter().collect(),
        unique: row.bool(4)?,
        partial: row.bool(5)?,
    };
    Ok((row.text(0)?, row.int(1)?, index))
}

/// The questions to one database's catalogue; each takes the prefix, and PostgreSQL's are about the current schema if
/// that is null.
struct Catalogue {
    tables: &'static str,
    columns: &'static str,
    foreign_keys: &'static str,
    indexes: &'static str,
    constraints: Option<&'static str>,
}

const SQLITE: Catalogue = Catalogue {
    tables: "select name, type = 'view' from pragma_table_list where schema = ? and type in ('table', 'view') \
             and name not like 'sqlite\\_%' escape '\\' order by name",
    columns: "select t.name, c.name, lower(c.type), lower(c.type), \
              c.\"notnull\" = 0 and (c.pk = 0 or lower(c.type) <> 'integer'), c.dflt_value, \
              c.hidden > 1 or (c.pk = 1 and lower(c.type) = 'integer' \
                and not exists (select 1 from pragma_table_xinfo(t.name, t.schema) k where k.pk > 1)), c.pk \
              from pragma_table_list t, pragma_table_xinfo(t.name, t.schema) c \
              where t.schema = ? and t.type in ('table', 'view') order by t.name, c.cid",
    foreign_keys: "select t.name, k.seq, k.\"from\", k.\"table\", k.\"to\", k.on_delete, k.on_update \
                   from pragma_table_list t, pragma_foreign_key_list(t.name, t.schema) k \
                   where t.schema = ? and t.type = 'table' order by t.name, k.id, k.seq",
    indexes: "select t.name, c.seqno, i.name, c.name, i.\"unique\", i.partial \
              from pragma_table_list t, pragma_index_list(t.name, t.schema) i, pragma_index_xinfo(i.name, t.schema) c \
              where t.schema = ? and t.type = 'table' and c.key = 1 order by t.name, i.name, c.seqno",
    constraints: None,
};

const POSTGRES: Catalogue = Catalogue {
    tables: "select c.relname::text, c.relkind in ('v', 'm') from pg_class c \
             join pg_namespace n on n.oid = c.relnamespace \
             where n.nspname = coalesce($1, current_schema()) and c.relkind in ('r', 'p', 'f', 'v', 'm') \
             order by c.relname",
    columns: "select c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), \
              case when b.typtype = 'e' then 'enum' else b.typname::text end, \
              not a.attnotnull, case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end, \
              a.attgenerated <> '' or a.attidentity <> '' \
                or coalesce(pg_get_expr(d.adbin, d.adrelid) like 'nextval(%', false), \
              coalesce(array_position(k.conkey, a.attnum), 0)::bigint \
              from pg_class c join pg_namespace n on n.oid = c.relnamespace \
              join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped \
              join pg_type t on t.oid = a.atttypid \
              join pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end \
              left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum \
              left join pg_constraint k on k.conrelid = c.oid and k.contype = 'p' \
              where n.nspname = coalesce($1, current_schema()) and c.relkind in ('r', 'p', 'f', 'v', 'm') \
              order by c.relname, a.attnum",
    foreign_keys: "select c.relname::text, (p.place - 1)::bigint, a.attname::text, o.relname::text, b.attname::text, \
                   case k.confdeltype when 'r' then 'RESTRICT' when 'c' then 'CASCADE' when 'n' then 'SET NULL' \
                     when 'd' then 'SET DEFAULT' else 'NO ACTION' end, \
                   case k.confupdtype when 'r' then 'RESTRICT' when 'c' then 'CASCADE' when 'n' then 'SET NULL' \
                     when 'd' then 'SET DEFAULT' else 'NO ACTION' end \
                   from pg_constraint k join pg_class c on c.oid = k.conrelid \
                   join pg_namespace n on n.oid = c.relnamespace join pg_class o on o.oid = k.confrelid \
                   cross join lateral unnest(k.conkey, k.confkey) with ordinality p(here, there, place) \
                   join pg_attribute a on a.attrelid = k.conrelid and a.attnum = p.here \
                   join pg_attribute b on b.attrelid = k.confrelid and b.attnum = p.there \
                   where n.nspname = coalesce($1, current_schema()) and k.contype = 'f' \
                   order by c.relname, k.conname, p.place",
    indexes: "select c.relname::text, (p.place - 1)::bigint, i.relname::text, a.attname::text, x.indisunique, \
              x.indpred is not null \
              from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid \
              join pg_namespace n on n.oid = c.relnamespace \
              cross join lateral unnest(x.indkey::int2[]) with ordinality p(here, place) \
              left join pg_attribute a on a.attrelid = c.oid and a.attnum = p.here and p.here > 0 \
              where n.nspname = coalesce($1, current_schema()) and c.relkind in ('r', 'p') \
              and p.place <= x.indnkeyatts order by c.relname, i.relname, p.place",
    constraints: Some(
        "select c.relname::text, k.conname || ' ' || pg_get_constraintdef(k.oid) from pg_constraint k \
         join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace \
         where n.nspname = coalesce($1, current_schema()) and k.contype in ('c', 'x') order by c.relname, k.conname",
    ),
};
