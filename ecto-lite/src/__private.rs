//! The contract between the macros' output and this crate. Nobody else may use it.

// Schemas.
pub use crate::RepoError;
pub use crate::query::{AssocRef, BindingId, Column, Expr, IntoExpr, value};
pub use crate::schema::derived::{
    Redacted, assoc_default, autogenerate, autogenerate_key, autogenerate_v4, cast, cast_document, cut, default_of,
    dump_document, dump_documents, field, filter_of, load_document, load_documents, loaded, no_association, no_field,
    order_of, redacted_field, timestamp,
};
pub use crate::schema::{
    AnyAssociation, Assoc, AssocMeta, Association, Autogenerate, Documents, Embedded, Field, FieldMeta, Loader, Meta,
    OnDelete, OnReplace, OnWritableViolation, Schema, SchemaMeta,
};
pub use crate::types::db_enum::{cast_enum, dump_enum, load_enum};
pub use crate::types::{ArrayElement, CastError, DbEnum, DbType, DumpError, LoadError, Param, Type, Value, sql};

// Structs in paths.
pub use crate::__to_param as to_param;
#[cfg(feature = "liveview")]
pub use liveview_core::ToParam;

// `from!`.
pub use crate::query::keyword as query;

// `fragment!`.
pub use crate::query::{FragmentPart, fragment, placeholders};
