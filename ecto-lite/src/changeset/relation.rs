//! Associations and embeds in a changeset.

use std::fmt;

use super::FieldError;
use crate::types::Param;

/// What a changeset of `D` asks of one association or embed that is cast or put.
pub trait AnyRelation<D>: fmt::Debug + Send + Sync {
    /// Its name in the struct.
    fn name(&self) -> &'static str;
    /// Whether all of its changesets are valid.
    fn is_valid(&self) -> bool;
    /// The errors of its changesets, as [`super::Changeset::traverse_errors`] nests them: a map, or a list of maps with
    /// one for each changeset. None if there are none.
    fn errors(&self, each: &mut dyn FnMut(&str, &FieldError) -> Param) -> Option<Param>;
    /// Puts the rows into the struct.
    fn apply(&self, data: &mut D);
    /// A clone.
    fn boxed(&self) -> Box<dyn AnyRelation<D>>;
}
