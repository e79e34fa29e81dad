//! What a form is made of: values that data gives, and nothing of the page.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::Params;
use crate::params::Param;

type Name = Cow<'static, str>;

/// What a form shows, on one level.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FormParts {
    /// The form's name unless it is given another one.
    pub name: Option<Name>,
    /// What was done with the data: `validate`, `insert`, `update`.
    pub action: Option<Name>,
    /// What the browser sent for this level.
    pub params: Params,
    /// What fields hold. A field that is not here shows what the browser sent.
    pub values: BTreeMap<Name, Param>,
    /// What is wrong, by field, in the order in which it is to be read.
    pub errors: Vec<(Name, String)>,
    /// What the fields' data is checked for.
    pub validations: BTreeMap<Name, Validations>,
    /// What is sent along unseen.
    pub hidden: Vec<(Name, String)>,
    /// The rows below.
    pub nested: Nested,
}

/// The rows of a field, by the field's name.
#[derive(Clone, Debug, PartialEq)]
pub enum NestedParts {
    /// A row, or none, of a field that has no more than one.
    One(Option<Box<FormParts>>),
    /// Rows of a list.
    Many(Vec<FormParts>),
}

type Find = dyn Fn(&str) -> Option<NestedParts> + Send + Sync;

/// Finds the rows of a field when somebody asks for them, so that a form of a struct with many rows costs only what it shows.
#[derive(Clone, Default)]
pub struct Nested(Option<Arc<Find>>);

impl Nested {
    /// `find` is given the field's name; `None` if the data has no such rows, and those of the parameters are shown.
    pub fn new(find: impl Fn(&str) -> Option<NestedParts> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(find)))
    }

    pub(super) fn find(&self, field: &str) -> Option<NestedParts> {
        self.0.as_ref().and_then(|find| find(field))
    }
}

impl PartialEq for Nested {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl fmt::Debug for Nested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Nested").field(&self.0.is_some()).finish()
    }
}

/// What a field is checked for, as attributes of an input (HTML Living Standard, 4.10.21, "Constraints").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validations {
    /// It must not be left blank.
    pub required: bool,
    /// The least number of characters.
    pub min_length: Option<usize>,
    /// The greatest number of characters.
    pub max_length: Option<usize>,
    /// The least number.
    pub min: Option<String>,
    /// The greatest number.
    pub max: Option<String>,
    /// What numbers are multiples of: `1`, or `any`.
    pub step: Option<String>,
    /// A regular expression of JavaScript's that the whole text must match.
    pub pattern: Option<String>,
}
