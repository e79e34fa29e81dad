//! Columns: a type, and what is said of it.

use std::marker::PhantomData;

use crate::types::Value;

/// A column of a table to be created or altered: `string(40).null(false)`.
///
/// Made by a function named for its type: [`text`], [`integer`], [`references`] … What is not said is the database's
/// default when the column is added, and stays as it is when it is modified.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a column does nothing until it is added to a table"]
pub struct Column<K = Plain> {
    pub(crate) spec: ColumnSpec,
    kind: PhantomData<K>,
}

/// A column that refers to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain;

/// A column that refers to another table: [`references`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Referring;

/// What is said of a column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ColumnSpec {
    pub(crate) of: ColumnType,
    /// None: nullable where added, unchanged where modified.
    pub(crate) null: Option<bool>,
    pub(crate) default: Option<ColumnDefault>,
    pub(crate) primary_key: bool,
    pub(crate) generated: Option<Generated>,
    pub(crate) collation: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) references: Option<Reference>,
    /// What a modified column was before.
    pub(crate) from: Option<Box<ColumnSpec>>,
    /// How a modified column's values become the new type.
    pub(crate) using: Option<String>,
}

impl ColumnSpec {
    pub(crate) fn new(of: ColumnType) -> Self {
        Self {
            of,
            null: None,
            default: None,
            primary_key: false,
            generated: None,
            collation: None,
            comment: None,
            references: None,
            from: None,
            using: None,
        }
    }

    /// The modification that undoes this one; none if it does not say what the column was.
    pub(crate) fn reversed(&self) -> Option<Self> {
        let mut was = (**self.from.as_ref()?).clone();
        // `from` describes the whole column, so what it leaves unsaid was the default; but only what the modification
        // touched is put back.
        if self.null.is_some() && was.null.is_none() {
            was.null = Some(true);
        }
        if self.default.is_some() && was.default.is_none() {
            was.default = Some(ColumnDefault::None);
        }
        if self.comment.is_some() && was.comment.is_none() {
            was.comment = Some(String::new());
        }
        was.from = Some(Box::new(Self { from: None, ..self.clone() }));
        Some(was)
    }
}

/// A column's type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum ColumnType {
    Boolean,
    SmallInt,
    Integer,
    BigInt,
    Serial,
    BigSerial,
    Identity,
    Real,
    Double,
    String(u32),
    Text,
    Binary,
    Uuid,
    Decimal(Option<(u32, u32)>),
    Date,
    Time,
    NaiveDateTime,
    DateTime,
    Json,
    Array(Box<ColumnType>),
    Custom(String),
}

impl ColumnType {
    /// Whether the database counts it up.
    pub(crate) fn counts(&self) -> bool {
        matches!(self, Self::Serial | Self::BigSerial | Self::Identity)
    }
}

/// A column's default.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ColumnDefault {
    /// There is none, or no longer one.
    None,
    Value(Value),
    Sql(String),
    /// The time of the insert.
    Now,
}

/// An expression that the database computes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Generated {
    pub(crate) expression: String,
    pub(crate) stored: bool,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) table: String,
    /// None: that of the table that refers.
    pub(crate) prefix: Option<String>,
    pub(crate) column: String,
    pub(crate) name: Option<String>,
    pub(crate) on_delete: OnDelete,
    pub(crate) on_update: OnUpdate,
    pub(crate) validate: bool,
    pub(crate) deferred: bool,
    /// Further columns, here and there.
    pub(crate) with: Vec<(String, String)>,
    pub(crate) match_full: bool,
}

/// What deleting a row does to the rows that refer to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnDelete {
    /// It fails, at the end of the statement (or of the transaction, where the key is deferred).
    #[default]
    Nothing,
    /// It fails at once.
    Restrict,
    /// They are deleted too.
    DeleteAll,
    /// Their key becomes null.
    NilifyAll,
    /// These columns of theirs become null; PostgreSQL 15.
    Nilify(Vec<String>),
    /// Their key becomes its default.
    DefaultAll,
}

/// What changing a row's key does to the rows that refer to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnUpdate {
    /// It fails, at the end of the statement (or of the transaction, where the key is deferred).
    #[default]
    Nothing,
    /// It fails at once.
    Restrict,
    /// Their key changes too.
    UpdateAll,
    /// Their key becomes null.
    NilifyAll,
    /// Their key becomes its default.
    DefaultAll,
}

fn column(of: ColumnType) -> Column {
    Column { spec: ColumnSpec::new(of), kind: PhantomData }
}

/// True or false; `boolean`.
pub fn boolean() -> Column {
    column(ColumnType::Boolean)
}

/// 16 bits; `smallint`.
pub fn smallint() -> Column {
    column(ColumnType::SmallInt)
}

/// 32 bits in PostgreSQL, 64 in SQLite; `integer`. A field `i64` wants [`bigint`].
pub fn integer() -> Column {
    column(ColumnType::Integer)
}

/// 64 bits; `bigint`.
pub fn bigint() -> Column {
    column(ColumnType::BigInt)
}

/// 32 bits that count up by a sequence; `serial`. In SQLite only as the primary key, as `autoincrement`.
pub fn serial() -> Column {
    column(ColumnType::Serial)
}

/// 64 bits that count up by a sequence; `bigserial`. What a table's own `id` is.
pub fn bigserial() -> Column {
    column(ColumnType::BigSerial)
}

/// 64 bits that count up; `bigint generated by default as identity`. In SQLite only as the primary key.
pub fn identity() -> Column {
    column(ColumnType::Identity)
}

/// 32-bit floating point; `real`. SQLite keeps 64 bits.
pub fn real() -> Column {
    column(ColumnType::Real)
}

/// 64-bit floating point; `double precision`.
pub fn float() -> Column {
    column(ColumnType::Double)
}

/// Text of at most `characters`; `varchar`. SQLite enforces no limit.
pub fn string(characters: u32) -> Column {
    column(ColumnType::String(characters))
}

/// Text; `text`.
pub fn text() -> Column {
    column(ColumnType::Text)
}

/// Bytes; `bytea`, in SQLite `blob`.
pub fn binary() -> Column {
    column(ColumnType::Binary)
}

/// A UUID; `uuid`, in SQLite text.
pub fn uuid() -> Column {
    column(ColumnType::Uuid)
}

/// A decimal number of any size; `numeric`, in SQLite text.
pub fn decimal() -> Column {
    column(ColumnType::Decimal(None))
}

/// A decimal number of `precision` digits, `scale` of them behind the point. SQLite enforces neither.
pub fn numeric(precision: u32, scale: u32) -> Column {
    column(ColumnType::Decimal(Some((precision, scale))))
}

/// A day; `date`, in SQLite text.
pub fn date() -> Column {
    column(ColumnType::Date)
}

/// A time of day; `time`, in SQLite text.
pub fn time() -> Column {
    column(ColumnType::Time)
}

/// A time without a zone (`NaiveDateTime`); `timestamp`, in SQLite text.
pub fn naive_datetime() -> Column {
    column(ColumnType::NaiveDateTime)
}

/// A time (`DateTime<Utc>`); `timestamptz`, in SQLite text.
pub fn datetime() -> Column {
    column(ColumnType::DateTime)
}

/// JSON, maps and embedded schemas; `jsonb`, in SQLite text.
pub fn json() -> Column {
    column(ColumnType::Json)
}

/// A list of `of`; a PostgreSQL array, in SQLite JSON. Only the type of `of` counts.
pub fn array(of: Column) -> Column {
    column(ColumnType::Array(Box::new(of.spec.of)))
}

/// A type that is written as it is: `citext`, an enum, an extension's type.
pub fn custom(sql: impl Into<String>) -> Column {
    column(ColumnType::Custom(sql.into()))
}

/// A column that refers to the `id` of `table`, as `bigint`; [`Column::of`] and [`Column::column`] say otherwise.
///
/// The constraint is called `<table>_<column>_fkey`, as `foreign_key_constraint` of a changeset supposes.
pub fn references(table: impl Into<String>) -> Column<Referring> {
    let reference = Reference {
        table: table.into(),
        prefix: None,
        column: "id".into(),
        name: None,
        on_delete: OnDelete::Nothing,
        on_update: OnUpdate::Nothing,
        validate: true,
        deferred: false,
        with: Vec::new(),
        match_full: false,
    };
    let spec = ColumnSpec { references: Some(reference), ..ColumnSpec::new(ColumnType::BigInt) };
    Column { spec, kind: PhantomData }
}

impl<K> Column<K> {
    /// Whether null is allowed; it is where nothing is said.
    pub fn null(mut self, allowed: bool) -> Self {
        self.spec.null = Some(allowed);
        self
    }

    /// The value of rows that give none.
    pub fn default(mut self, value: impl Into<DefaultValue>) -> Self {
        self.spec.default = Some(ColumnDefault::Value(value.into().0));
        self
    }

    /// The value of rows that give none, as SQL: `now()`, `gen_random_uuid()`. SQLite wants parentheses around what is
    /// neither a literal nor a `current_…`; they are added.
    pub fn default_sql(mut self, sql: impl Into<String>) -> Self {
        self.spec.default = Some(ColumnDefault::Sql(sql.into()));
        self
    }

    /// The time of the insert, in UTC, for columns that hold times.
    pub fn default_now(mut self) -> Self {
        self.spec.default = Some(ColumnDefault::Now);
        self
    }

    /// No default any more, where a column is modified.
    pub fn no_default(mut self) -> Self {
        self.spec.default = Some(ColumnDefault::None);
        self
    }

    /// Part of the primary key. A table with such a column gets no `id` of its own.
    pub fn primary_key(mut self) -> Self {
        self.spec.primary_key = true;
        self
    }

    /// Computed from other columns and stored with the row.
    pub fn generated(mut self, expression: impl Into<String>) -> Self {
        self.spec.generated = Some(Generated { expression: expression.into(), stored: true });
        self
    }

    /// Computed from other columns when it is read. SQLite, and PostgreSQL from version 18.
    pub fn generated_virtual(mut self, expression: impl Into<String>) -> Self {
        self.spec.generated = Some(Generated { expression: expression.into(), stored: false });
        self
    }

    /// The order of its text: `C`, `de_DE`; in SQLite `nocase`, `rtrim`.
    pub fn collation(mut self, name: impl Into<String>) -> Self {
        self.spec.collation = Some(name.into());
        self
    }

    /// What people read about it in the database. SQLite has no comments and leaves it out.
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.spec.comment = Some(text.into());
        self
    }

    /// What a modified column was before, wholly: makes the modification reversible.
    pub fn from<F>(mut self, was: Column<F>) -> Self {
        self.spec.from = Some(Box::new(was.spec));
        self
    }

    /// How the values of a modified column become the new type, as SQL over the old row: `name::integer`.
    pub fn using(mut self, expression: impl Into<String>) -> Self {
        self.spec.using = Some(expression.into());
        self
    }
}

impl Column<Referring> {
    fn reference(mut self, change: impl FnOnce(&mut Reference)) -> Self {
        if let Some(reference) = &mut self.spec.references {
            change(reference);
        }
        self
    }

    /// The column's type, where the other table's key is no `bigint`.
    pub fn of(mut self, of: Column) -> Self {
        self.spec.of = of.spec.of;
        self
    }

    /// The other table's column, where it is not `id`.
    pub fn column(self, name: impl Into<String>) -> Self {
        self.reference(|reference| reference.column = name.into())
    }

    /// The constraint's name, where it is not `<table>_<column>_fkey`.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.reference(|reference| reference.name = Some(name.into()))
    }

    /// The other table's prefix, where it is not that of this one.
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        self.reference(|reference| reference.prefix = Some(prefix.into()))
    }

    /// What deleting the row that is referred to does to this one.
    pub fn on_delete(self, action: OnDelete) -> Self {
        self.reference(|reference| reference.on_delete = action)
    }

    /// What changing the key that is referred to does to this row.
    pub fn on_update(self, action: OnUpdate) -> Self {
        self.reference(|reference| reference.on_update = action)
    }

    /// `false`: rows that are there already are not looked at (`NOT VALID`), so that a large table is not locked while
    /// they are. Validate later, in a migration of its own: `alter table … validate constraint …`.
    pub fn validate(self, validate: bool) -> Self {
        self.reference(|reference| reference.validate = validate)
    }

    /// Checked when the transaction ends, not when the statement does.
    pub fn deferred(self) -> Self {
        self.reference(|reference| reference.deferred = true)
    }

    /// A further pair of a composite key: a column of this table, and the one that it refers to.
    pub fn with(self, column: impl Into<String>, referenced: impl Into<String>) -> Self {
        self.reference(|reference| reference.with.push((column.into(), referenced.into())))
    }

    /// A composite key is wholly null or wholly a reference.
    pub fn match_full(self) -> Self {
        self.reference(|reference| reference.match_full = true)
    }
}

impl From<Column<Referring>> for Column {
    fn from(column: Column<Referring>) -> Self {
        Self { spec: column.spec, kind: PhantomData }
    }
}

/// A literal default: a number, text, a bool, or any [`Value`].
#[derive(Clone, Debug, PartialEq)]
pub struct DefaultValue(Value);

impl From<Value> for DefaultValue {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl From<bool> for DefaultValue {
    fn from(value: bool) -> Self {
        Self(Value::Bool(value))
    }
}

impl From<i32> for DefaultValue {
    fn from(value: i32) -> Self {
        Self(Value::Int(value.into()))
    }
}

impl From<i64> for DefaultValue {
    fn from(value: i64) -> Self {
        Self(Value::Int(value))
    }
}

impl From<f64> for DefaultValue {
    fn from(value: f64) -> Self {
        Self(Value::Float(value))
    }
}

impl From<&str> for DefaultValue {
    fn from(value: &str) -> Self {
        Self(Value::Text(value.into()))
    }
}

impl From<String> for DefaultValue {
    fn from(value: String) -> Self {
        Self(Value::Text(value))
    }
}

impl From<rust_decimal::Decimal> for DefaultValue {
    fn from(value: rust_decimal::Decimal) -> Self {
        Self(Value::Decimal(value))
    }
}

impl From<serde_json::Value> for DefaultValue {
    fn from(value: serde_json::Value) -> Self {
        Self(Value::Json(value))
    }
}
