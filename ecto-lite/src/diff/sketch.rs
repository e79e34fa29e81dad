//! Differences as the migration that removes them.

use std::fmt::Write;

use super::{Difference, ExpectedColumn, ExpectedTable};

/// A migration as Rust. What it cannot know is a comment in it.
pub(super) fn migration(differences: &[Difference]) -> String {
    let mut code = String::from(
        "pub struct MatchSchemas;\n\nimpl Migration for MatchSchemas {\n    const VERSION: i64 = 0; // when it was \
         written: YYYY_MM_DD_hh_mm_ss\n\n    fn change(&self, m: &mut Commands) {\n",
    );
    let created = in_order(differences);
    for table in &created {
        create(&mut code, table);
    }
    let mut tables: Vec<&str> = Vec::new();
    for difference in differences {
        if let Some(table) = altered(difference).filter(|table| !tables.contains(table)) {
            tables.push(table);
        }
    }
    for table in tables {
        let changes: Vec<String> =
            differences.iter().filter(|it| altered(it) == Some(table)).filter_map(change).collect();
        if !changes.is_empty() {
            let _ = writeln!(
                code,
                "        m.alter({table:?}, |t| {{\n            t{}\n        }});",
                changes.join("\n                ")
            );
        }
    }
    for difference in differences {
        match difference {
            Difference::MissingIndex { table, column, unique } => {
                let name = if *unique { "unique_index" } else { "index" };
                let _ = writeln!(code, "        m.create({name}({table:?}, [{column:?}]));");
            }
            Difference::PrimaryKey { .. } | Difference::ExtraColumn { .. } => {
                let _ = writeln!(code, "        // {difference}");
            }
            _ => {}
        }
    }
    code + "    }\n}\n"
}

/// The tables to create, those first that others refer to.
fn in_order(differences: &[Difference]) -> Vec<&ExpectedTable> {
    let mut left: Vec<&ExpectedTable> = differences
        .iter()
        .filter_map(|difference| match difference {
            Difference::MissingTable { table, .. } => Some(table),
            _ => None,
        })
        .collect();
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let refers = |table: &ExpectedTable, left: &[&ExpectedTable]| {
            table
                .columns
                .iter()
                .filter_map(|column| column.references.as_ref())
                .any(|(other, _)| *other != table.name && left.iter().any(|table| table.name == *other))
        };
        // Tables that refer to one another have no order; the first is as good as any.
        let next = left.iter().position(|table| !refers(table, &left)).unwrap_or(0);
        ordered.push(left.remove(next));
    }
    ordered
}

fn create(code: &mut String, table: &ExpectedTable) {
    let _ = write!(code, "        m.create(\n            table({:?})", table.name);
    let key: Vec<&ExpectedColumn> = table.columns.iter().filter(|column| column.primary_key).collect();
    let own = matches!(key.as_slice(), [key] if key.name == "id" && key.generated && key.references.is_none());
    if key.is_empty() {
        let _ = write!(code, "\n                .without_id()");
    }
    for column in table.columns.iter().filter(|column| !(own && column.primary_key)) {
        let _ = write!(code, "\n                .add({:?}, {})", column.name, column.code());
    }
    let _ = writeln!(code, ",\n        );");
}

/// The table that has to be altered.
fn altered(difference: &Difference) -> Option<&str> {
    match difference {
        Difference::MissingColumn { table, .. }
        | Difference::WrongType { table, .. }
        | Difference::Nullable { table, .. }
        | Difference::NotNull { table, .. }
        | Difference::MissingForeignKey { table, .. } => Some(table),
        _ => None,
    }
}

fn change(difference: &Difference) -> Option<String> {
    Some(match difference {
        Difference::MissingColumn { column, .. } if !column.nullable && !column.primary_key => {
            format!(".add({:?}, {}) // rows that are there want a default", column.name, column.code())
        }
        Difference::MissingColumn { column, .. } => format!(".add({:?}, {})", column.name, column.code()),
        Difference::WrongType { column, found, .. } => {
            let was = format!("custom({:?})", found.declared);
            format!(".modify({:?}, {}.from({was})) // `using` says how values become it", column.name, column.code())
        }
        Difference::Nullable { column, .. } => {
            let plain = ExpectedColumn { nullable: true, references: None, ..column.clone() }.code();
            format!(".modify({:?}, {plain}.null(false).from({plain}))", column.name)
        }
        Difference::NotNull { column, .. } => {
            let plain = ExpectedColumn { nullable: true, references: None, ..column.clone() }.code();
            format!(".modify({:?}, {plain}.null(true).from({plain}.null(false)))", column.name)
        }
        Difference::MissingForeignKey { column, .. } => {
            let key = ExpectedColumn { nullable: true, primary_key: false, ..column.clone() };
            let plain = ExpectedColumn { references: None, ..key.clone() }.code();
            format!(".modify({:?}, {}.from({plain}))", column.name, key.code())
        }
        _ => return None,
    })
}
