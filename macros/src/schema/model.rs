//! What a struct under `#[derive(Schema)]` says, once it is understood.

use proc_macro2::{Ident, Span};
use syn::{Attribute, Expr, LitStr, Path, Type, Visibility};

/// The struct.
pub(super) struct Schema {
    pub(super) ident: Ident,
    pub(super) vis: Visibility,
    pub(super) source: Source,
    pub(super) prefix: Option<LitStr>,
    /// The field that stands for it in paths.
    pub(super) param: Option<Ident>,
    /// In the order of the struct.
    pub(super) members: Vec<Member>,
}

/// Where it is stored.
pub(super) enum Source {
    Table(LitStr),
    /// In a field of another schema.
    Embedded,
}

/// A field of the struct.
pub(super) struct Member {
    pub(super) ident: Ident,
    /// Without `r#`.
    pub(super) name: String,
    pub(super) vis: Visibility,
    pub(super) ty: Type,
    pub(super) docs: Vec<Attribute>,
    pub(super) kind: Kind,
}

/// What a field of the struct is.
pub(super) enum Kind {
    Field(Box<Field>),
    Association(Box<Association>),
    /// An association until it is read.
    Unread,
    /// The schema's state.
    Meta,
    /// Unknown to the schema.
    Skip,
}

/// A field of the schema.
pub(super) struct Field {
    /// The column, where it is not called as the field.
    pub(super) source: Option<LitStr>,
    pub(super) storage: Storage,
    pub(super) primary_key: bool,
    pub(super) default: Option<Expr>,
    pub(super) autogenerate: Autogenerate,
    /// Where it says so.
    pub(super) redact: Option<Span>,
    pub(super) read_after_writes: bool,
    pub(super) load_in_query: bool,
    pub(super) writable: Writable,
    pub(super) precision: Precision,
}

impl Field {
    /// Whether a column holds it.
    pub(super) fn is_stored(&self) -> bool {
        !matches!(self.storage, Storage::Virtual)
    }

    /// Whether its times have no fractions of a second.
    pub(super) fn is_cut(&self) -> bool {
        self.precision == Precision::Seconds
    }

    /// Whether a plain `select` reads it.
    pub(super) fn is_loaded(&self) -> bool {
        self.is_stored() && self.load_in_query
    }
}

#[derive(Clone, Copy)]
pub(super) enum Storage {
    Column,
    Virtual,
    /// The policy for what is replaced, as a variant of `OnReplace`.
    EmbedsOne(&'static str),
    EmbedsMany(&'static str),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Autogenerate {
    Unsaid,
    Off,
    /// As the type of a primary key has it.
    Key,
    /// As the type has it.
    Type,
    UuidV4,
    /// The time of the insert, or of every write.
    InsertedAt,
    UpdatedAt,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Precision {
    Seconds,
    Microseconds,
}

/// The second part is a variant of `OnWritableViolation`.
#[derive(Clone, Copy)]
pub(super) enum Writable {
    Always,
    Insert(&'static str),
    Never(&'static str),
}

/// An association.
pub(super) struct Association {
    /// Of the attribute that says what it is.
    pub(super) span: Span,
    pub(super) keys: Keys,
    /// Variants of `OnReplace` and `OnDelete`.
    pub(super) on_replace: Option<&'static str>,
    pub(super) on_delete: Option<&'static str>,
    pub(super) filter: Option<Expr>,
    pub(super) preload_order: Option<Expr>,
    pub(super) defaults: Vec<(Ident, Expr)>,
    /// Only with a schema of the join table.
    pub(super) join_filter: Option<Expr>,
    pub(super) join_defaults: Vec<(Ident, Expr)>,
}

/// How an association is bound: names of fields, of this schema (`owner`) and of the other (`related`).
pub(super) enum Keys {
    HasMany {
        owner: Ident,
        related: Ident,
    },
    HasOne {
        owner: Ident,
        related: Ident,
    },
    BelongsTo {
        owner: Ident,
        related: Ident,
    },
    ManyToMany {
        join: Join,
        owner: Ident,
        related: Ident,
        join_owner: Ident,
        join_related: Ident,
    },
    Through {
        first: Ident,
        second: Ident,
    },
    /// It was reported; nothing is known.
    Wrong,
}

/// The table between two schemas.
pub(super) enum Join {
    Table(LitStr),
    Schema(Path),
}
