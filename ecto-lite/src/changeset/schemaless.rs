//! Checked input without a struct.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::Data;
use crate::Type;
use crate::types::{CastError, DbType, DumpError, LoadError, Param, Value, cast_value};

/// Named, typed fields that are listed at run time: a search form, the fields of a report, what a user may define.
///
/// A field is null until it is changed, and may stay so; `validate_required` says which may not.
///
/// ```
/// use ecto_lite::changeset::{Change, Schemaless, named};
/// use ecto_lite::Params;
///
/// let search = Schemaless::new().field::<String>("term").field::<i64>("page");
/// let search = search
///     .cast(&Params::from([("term", "ada"), ("page", "2")]), ["term", "page"])
///     .validate_required("term")
///     .validate_number(named::<i64>("page"), 1..=100);
/// assert!(search.is_valid());
/// assert_eq!(search.apply_changes().get::<i64>("page")?, 2);
/// # Ok::<(), ecto_lite::types::LoadError>(())
/// ```
#[derive(Clone, Default)]
pub struct Schemaless {
    fields: Arc<Vec<AnyField>>,
    values: Vec<Value>,
}

#[derive(Clone)]
struct AnyField {
    name: Cow<'static, str>,
    of: AnyType,
    redact: bool,
    default: Option<Value>,
}

/// A field's type where it is known at run time only.
#[derive(Clone, Copy, Debug)]
pub struct AnyType {
    name: &'static str,
    db: DbType,
    cast: fn(&Param) -> Result<Value, CastError>,
}

impl AnyType {
    /// The type `T`.
    pub const fn of<T: Type>() -> Self {
        Self { name: T::NAME, db: T::DB, cast: cast_value::<Option<T>> }
    }

    /// One of the types that come with this crate, by what messages call it: `integer`, `string`, `utc_datetime`, …
    pub fn by_name(name: &str) -> Option<Self> {
        const ALL: &[AnyType] = &[
            AnyType::of::<bool>(),
            AnyType::of::<i64>(),
            AnyType::of::<f64>(),
            AnyType::of::<String>(),
            AnyType::of::<Vec<u8>>(),
            AnyType::of::<uuid::Uuid>(),
            AnyType::of::<rust_decimal::Decimal>(),
            AnyType::of::<chrono::NaiveDate>(),
            AnyType::of::<chrono::NaiveTime>(),
            AnyType::of::<chrono::NaiveDateTime>(),
            AnyType::of::<chrono::DateTime<chrono::Utc>>(),
            AnyType::of::<chrono::TimeDelta>(),
            AnyType::of::<Param>(),
        ];
        ALL.iter().find(|any| any.name == name).copied()
    }
}

impl Schemaless {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more field.
    #[must_use]
    pub fn field<T: Type>(self, name: impl Into<Cow<'static, str>>) -> Self {
        self.any_field(name, AnyType::of::<T>())
    }

    /// One more field, of a type that is known at run time only.
    ///
    /// # Panics
    ///
    /// If there is one of that name.
    #[must_use]
    #[track_caller]
    pub fn any_field(mut self, name: impl Into<Cow<'static, str>>, of: AnyType) -> Self {
        let name = name.into();
        assert!(self.index_of(&name).is_none(), "there are two fields called `{name}`");
        Arc::make_mut(&mut self.fields).push(AnyField { name, of, redact: false, default: None });
        self.values.push(Value::Null(of.db));
        self
    }

    /// Gives the last field a value to begin with, which is its default too.
    #[must_use]
    pub fn default_to<T: Type>(mut self, value: T) -> Self {
        let value = value.into_value().ok();
        if let (Some(value), Some(field), Some(place)) =
            (value, Arc::make_mut(&mut self.fields).last_mut(), self.values.last_mut())
        {
            *place = value.clone();
            field.default = Some(value);
        }
        self
    }

    /// Masks the last field in `Debug`.
    #[must_use]
    pub fn redact(mut self) -> Self {
        if let Some(field) = Arc::make_mut(&mut self.fields).last_mut() {
            field.redact = true;
        }
        self
    }

    /// A field's value.
    pub fn get<T: Type>(&self, name: &str) -> Result<T, LoadError> {
        match self.index_of(name) {
            Some(index) => T::load(self.values[index].clone()),
            None => Err(LoadError { expected: T::NAME, found: format!("no field `{name}`") }),
        }
    }

    /// All fields and their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.fields.iter().map(|field| field.name.as_ref()).zip(&self.values)
    }

    /// All fields as a JSON object.
    pub fn to_json(&self) -> Param {
        Param::Object(self.iter().map(|(name, value)| (name.to_owned(), value.to_json())).collect())
    }
}

impl fmt::Debug for Schemaless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (field, value) in self.fields.iter().zip(&self.values) {
            if field.redact {
                map.entry(&format_args!("{}", field.name), &format_args!("**redacted**"));
            } else {
                map.entry(&format_args!("{}", field.name), value);
            }
        }
        map.finish()
    }
}

impl Data for Schemaless {
    fn schema_name(&self) -> &'static str {
        "Schemaless"
    }

    fn source(&self) -> Option<&'static str> {
        None
    }

    fn key(&self, index: usize) -> Cow<'static, str> {
        self.fields[index].name.clone()
    }

    fn index_of(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    fn field_count(&self) -> usize {
        self.fields.len()
    }

    fn type_name(&self, index: usize) -> &'static str {
        self.fields[index].of.name
    }

    fn db_type(&self, index: usize) -> DbType {
        self.fields[index].of.db
    }

    fn is_nullable(&self, _index: usize) -> bool {
        true
    }

    fn is_redacted(&self, index: usize) -> bool {
        self.fields[index].redact
    }

    fn is_embed(&self, _index: usize) -> bool {
        false
    }

    fn cast_field(&self, index: usize, input: &Param) -> Result<Value, CastError> {
        (self.fields[index].of.cast)(input)
    }

    fn default_value(&self, index: usize) -> Result<Value, DumpError> {
        let field = &self.fields[index];
        Ok(field.default.clone().unwrap_or(Value::Null(field.of.db)))
    }

    fn has_default(&self, index: usize) -> bool {
        self.fields[index].default.is_some()
    }

    fn value(&self, index: usize) -> Result<Value, DumpError> {
        Ok(self.values[index].clone())
    }

    fn set(&mut self, index: usize, value: Value) -> Result<(), LoadError> {
        self.values[index] = value;
        Ok(())
    }

    fn is_new(&self) -> bool {
        true
    }
}
