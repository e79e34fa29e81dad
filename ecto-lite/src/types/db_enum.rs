//! Enums without data: stored by name, or by number.

use super::{CastError, LoadError, Param, Type, Value};

/// An enum that a field may hold (`Ecto.Enum`). Derived, together with [`Type`]; stored as the variant's name, or as its
/// number under `#[db_enum(integer)]`.
pub trait DbEnum: Type {
    /// Each variant, in the order of the enum.
    const VARIANTS: &'static [Self];
    /// The name of each variant.
    const NAMES: &'static [&'static str];
    /// The number of each variant, where numbers are stored.
    const NUMBERS: Option<&'static [i64]>;

    /// Which of [`Self::VARIANTS`] it is.
    fn index(&self) -> usize;

    /// Its name.
    fn name(&self) -> &'static str {
        Self::NAMES[self.index()]
    }

    /// The variant called `name`.
    fn named(name: &str) -> Option<Self> {
        let index = Self::NAMES.iter().position(|known| *known == name)?;
        Some(Self::VARIANTS[index].clone())
    }

    /// The variant stored as `number`; none where names are stored.
    fn numbered(number: i64) -> Option<Self> {
        let index = Self::NUMBERS?.iter().position(|known| *known == number)?;
        Some(Self::VARIANTS[index].clone())
    }
}

/// A name, or a number where numbers are stored. The error names what there is.
pub fn cast_enum<T: DbEnum>(input: &Param) -> Result<T, CastError> {
    let found = match input {
        Param::Null => return Err(CastError::blank()),
        Param::String(text) => T::named(text).or_else(|| T::numbered(text.trim().parse().ok()?)),
        Param::Number(number) => number.as_i64().and_then(T::numbered),
        _ => None,
    };
    found.ok_or_else(|| CastError {
        message: None,
        metadata: vec![("validation", "inclusion".into()), ("enum", T::NAMES.into())],
    })
}

/// What [`dump_enum`] wrote.
pub fn load_enum<T: DbEnum>(value: &Value) -> Result<T, LoadError> {
    let found = match value {
        Value::Int(number) => T::numbered(*number),
        Value::Text(name) if T::NUMBERS.is_none() => T::named(name),
        _ => None,
    };
    found.ok_or_else(|| LoadError::new::<T>(value))
}

/// The name or the number.
pub fn dump_enum<T: DbEnum>(variant: &T) -> Value {
    match T::NUMBERS {
        Some(numbers) => Value::Int(numbers[variant.index()]),
        None => Value::Text(variant.name().to_owned()),
    }
}
