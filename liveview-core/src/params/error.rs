//! What can be wrong with parameters.

use std::any::type_name;
use std::fmt::{self, Display};

/// Why a text is not a set of parameters. The answer to a request is 400.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParamsError {
    /// A `%` without two hexadecimal digits.
    #[error("wrong percent-encoding in the parameter number {number}")]
    PercentEncoding {
        /// Counted from 1.
        number: usize,
    },
    /// Bytes that are not UTF-8.
    #[error("the parameter number {number} is not UTF-8")]
    Utf8 {
        /// Counted from 1.
        number: usize,
    },
    /// A name with too many brackets.
    #[error("a parameter's name is nested deeper than {limit} levels")]
    TooDeep {
        /// The most levels.
        limit: usize,
    },
    /// Too many parameters.
    #[error("there are more than {limit} parameters")]
    TooMany {
        /// The most.
        limit: usize,
    },
    /// JSON that is not an object.
    #[error("parameters in JSON must be an object")]
    NotAnObject,
}

/// Why a parameter has no value of the type that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParamError {
    /// Nothing has the name.
    #[error("parameter `{name}` is missing")]
    Missing {
        /// The name.
        name: String,
    },
    /// A map or a list has the name.
    #[error("parameter `{name}` is not a text")]
    NotText {
        /// The name.
        name: String,
    },
    /// The text does not say a value of the type. Its value is not repeated here, for errors end up in logs.
    #[error("parameter `{name}` is not a valid {expected}: {reason}")]
    Invalid {
        /// The name.
        name: String,
        /// The type.
        expected: &'static str,
        /// What the type's parser said.
        reason: String,
    },
}

impl ParamError {
    pub(super) fn invalid<T>(name: &str, reason: &impl Display) -> Self {
        let expected = type_name::<T>().rsplit("::").next().unwrap_or_default();
        Self::Invalid { name: name.to_owned(), expected, reason: reason.to_string() }
    }
}

/// Why parameters are not a value of the type that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeserializeError {
    /// From the outermost to the innermost name.
    path: Vec<String>,
    reason: String,
}

impl DeserializeError {
    /// The parameter, as a nested name; empty when it is all of them.
    pub fn name(&self) -> String {
        let mut parts = self.path.iter();
        let first = parts.next().cloned().unwrap_or_default();
        parts.fold(first, |name, part| format!("{name}[{part}]"))
    }

    /// Adds an outer name.
    pub(super) fn within(mut self, name: &str) -> Self {
        self.path.insert(0, name.to_owned());
        self
    }
}

impl Display for DeserializeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.reason)
        } else {
            write!(f, "parameter `{}`: {}", self.name(), self.reason)
        }
    }
}

impl std::error::Error for DeserializeError {}

impl serde::de::Error for DeserializeError {
    fn custom<T: Display>(reason: T) -> Self {
        Self { path: Vec::new(), reason: reason.to_string() }
    }
}
