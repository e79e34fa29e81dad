//! The contract between the macros' output and this crate. Nobody else may use it.

// Schemas.
pub use crate::RepoError;
pub use crate::query::{AssocRef, Binding, BindingId, Column, Expr, IntoExpr, OrderBy};
pub use crate::schema::derived::{
    Redacted, assoc_default, autogenerate, autogenerate_key, autogenerate_v4, cast, cast_document, cut, default_of,
    dump_document, dump_documents, field, load_document, load_documents, loaded, no_association, no_field, timestamp,
};
pub use crate::schema::{
    AnyAssociation, Assoc, AssocMeta, Association, Autogenerate, Documents, Embedded, Field, FieldMeta, Loader, Meta,
    OnDelete, OnReplace, OnWritableViolation, Schema, SchemaMeta,
};
pub use crate::types::{CastError, DbType, DumpError, LoadError, Param, Type, Value, sql};
