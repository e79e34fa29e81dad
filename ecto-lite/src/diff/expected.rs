//! What schemas suppose of their tables.

use super::{ExpectedColumn, ExpectedTable};
use crate::schema::{AssocKind, Autogenerate, FieldMeta, SchemaMeta};
use crate::types::DbType;

/// A table that schemas suppose, and what their associations need of it.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) schema: &'static str,
    pub(super) prefix: Option<&'static str>,
    pub(super) table: ExpectedTable,
    /// Columns by which rows are looked up, and whether each value is to occur once.
    pub(super) looked_up: Vec<(String, bool)>,
}

/// The tables of `schemas`, those of other schemas and join tables only where they are named by them.
pub(super) fn tables(schemas: &[&'static SchemaMeta]) -> Vec<Expected> {
    let mut tables: Vec<Expected> = Vec::new();
    for schema in schemas {
        let Some(source) = schema.source else { continue };
        let columns = schema.fields.iter().filter(|field| field.is_stored()).map(column).collect();
        // Two schemas may read one table.
        tables.push(Expected {
            schema: schema.name,
            prefix: schema.prefix,
            table: ExpectedTable { name: source.into(), columns },
            looked_up: Vec::new(),
        });
    }
    for schema in schemas {
        if let Some(source) = schema.source {
            for association in schema.associations {
                associate(schema, source, (association.related)(), association.kind, &mut tables);
            }
        }
    }
    tables
}

fn column(field: &FieldMeta) -> ExpectedColumn {
    ExpectedColumn {
        name: field.column.into(),
        field: field.name,
        field_type: field.type_name,
        db: field.db,
        nullable: field.nullable,
        primary_key: field.primary_key,
        generated: matches!(field.autogenerate, Autogenerate::Database),
        references: None,
    }
}

fn associate(
    schema: &'static SchemaMeta,
    source: &str,
    related: &'static SchemaMeta,
    kind: AssocKind,
    tables: &mut Vec<Expected>,
) {
    let Some(other) = related.source else { return };
    match kind {
        AssocKind::BelongsTo { owner_key, related_key } => {
            let column = schema.fields[owner_key].column;
            refer(tables, (schema.prefix, source), column, other, related.fields[related_key].column);
        }
        AssocKind::HasMany { related_key, .. } => {
            look_up(tables, (related.prefix, other), related.fields[related_key].column, false);
        }
        AssocKind::HasOne { related_key, .. } => {
            look_up(tables, (related.prefix, other), related.fields[related_key].column, true);
        }
        AssocKind::ManyToMany {
            join_through,
            join_schema,
            owner_key,
            join_owner_column,
            related_key,
            join_related_column,
        } => {
            let owner = (join_owner_column, source, &schema.fields[owner_key]);
            let related = (join_related_column, other, &related.fields[related_key]);
            let join = (schema.prefix, join_through);
            if join_schema.is_none() && !tables.iter().any(|it| is(it, join)) {
                tables.push(Expected {
                    schema: schema.name,
                    prefix: schema.prefix,
                    table: join_table(join_through, [owner, related]),
                    looked_up: Vec::new(),
                });
            }
            refer(tables, join, join_owner_column, source, owner.2.column);
            refer(tables, join, join_related_column, other, related.2.column);
            look_up(tables, join, join_owner_column, false);
        }
        AssocKind::Through { .. } => {}
    }
}

fn join_table(name: &str, sides: [(&str, &str, &FieldMeta); 2]) -> ExpectedTable {
    let columns = sides.map(|(column, table, key)| ExpectedColumn {
        name: column.into(),
        field: key.name,
        field_type: key.type_name,
        db: key.db,
        nullable: false,
        primary_key: true,
        generated: false,
        references: Some((table.into(), key.column.into())),
    });
    ExpectedTable { name: name.into(), columns: columns.into() }
}

fn is(expected: &Expected, (prefix, name): (Option<&str>, &str)) -> bool {
    expected.prefix == prefix && expected.table.name == name
}

/// `column` of `table` refers to `other`.
fn refer(tables: &mut [Expected], table: (Option<&str>, &str), column: &str, other: &str, key: &str) {
    for expected in tables.iter_mut().filter(|it| is(it, table)) {
        for column in expected.table.columns.iter_mut().filter(|it| it.name == column) {
            column.references.get_or_insert_with(|| (other.into(), key.into()));
        }
    }
}

fn look_up(tables: &mut [Expected], table: (Option<&str>, &str), column: &str, once: bool) {
    for expected in tables.iter_mut().filter(|it| is(it, table)) {
        if !expected.table.columns.iter().any(|it| it.name == column) {
            continue;
        }
        match expected.looked_up.iter_mut().find(|(known, _)| known == column) {
            Some((_, unique)) => *unique |= once,
            None => expected.looked_up.push((column.into(), once)),
        }
    }
}

impl ExpectedColumn {
    /// The column as a migration writes it: `text().null(false)`.
    pub(super) fn code(&self) -> String {
        let mut code = match &self.references {
            Some((table, column)) => {
                let column = if column == "id" { String::new() } else { format!(".column({column:?})") };
                let of = if self.db == DbType::Int { String::new() } else { format!(".of({})", of(self.db)) };
                format!("references({table:?}){column}{of}")
            }
            None if self.primary_key && self.generated => "bigserial()".into(),
            None => of(self.db),
        };
        if self.primary_key {
            code += ".primary_key()";
        } else if !self.nullable {
            code += ".null(false)";
        }
        code
    }
}

fn of(db: DbType) -> String {
    let name = match db {
        DbType::Bool => "boolean",
        DbType::Int => "bigint",
        DbType::Float => "float",
        DbType::Text => "text",
        DbType::Binary => "binary",
        DbType::Uuid => "uuid",
        DbType::Decimal => "decimal",
        DbType::Date => "date",
        DbType::Time => "time",
        DbType::NaiveDateTime => "naive_datetime",
        DbType::DateTime => "datetime",
        DbType::Json => "json",
        DbType::Array(of) => return format!("array({})", self::of(*of)),
    };
    format!("{name}()")
}
