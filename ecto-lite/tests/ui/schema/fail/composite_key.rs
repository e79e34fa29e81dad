use ecto_lite::Schema;
use ecto_lite::schema::HasMany;

#[derive(Schema, Clone)]
#[schema(source = "cells")]
struct Cell {
    #[schema(primary_key)]
    row: i64,
    #[schema(primary_key)]
    column: i64,
    #[schema(has_many)]
    notes: HasMany<Note>,
    #[schema(has_many, references = cell, foreign_key = cell_id)]
    others: HasMany<Note>,
}

#[derive(Schema, Clone)]
#[schema(source = "notes", primary_key = false)]
struct Note {
    cell_id: i64,
    #[schema(has_many, foreign_key = cell_id)]
    notes: HasMany<Note>,
}

fn main() {}
