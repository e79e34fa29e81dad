//! Reads the struct and its `#[schema(…)]` attributes.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Expr, ExprLit, Fields, Lit, LitStr};

use super::model::{Autogenerate, Field, Kind, Member, Schema, Source};
use crate::args::{Args, as_name};
use crate::errors::Errors;
use crate::names::snake_case;

mod association;
mod field;

use self::association::Owner;
pub(super) use self::field::outer;

/// What the struct says; none if it is no struct that could be a schema. What is said wrongly is reported and left out.
pub(super) fn schema(input: &DeriveInput, errors: &mut Errors) -> Option<Schema> {
    let fields = named_fields(input, errors);
    if !input.generics.params.is_empty() {
        errors.at(&input.generics, "a schema stands for one table, so it cannot be generic");
    }
    let fields = fields.filter(|_| input.generics.params.is_empty())?;
    let mut args = Args::of("schema", &input.attrs, errors);
    let source = source(&mut args, &input.ident, errors);
    let prefix = args.text("prefix", errors);
    let keyless = args.bool("primary_key", errors).is_some_and(|has| !has.value());
    let timestamps = Timestamps::read(&mut args, errors);
    let param = args.expr("param", errors);
    args.finish("a schema", errors);

    let (mut members, associations) = members(fields, errors);
    if let Some(timestamps) = timestamps {
        timestamps.apply(&mut members, errors);
    }
    let may_lack_key = keyless || matches!(source, Source::Embedded);
    primary_key(&input.ident, &mut members, may_lack_key, errors);
    let owner = owner(&input.ident, &members, !may_lack_key);
    for (index, field, args) in associations {
        members[index].kind = association::kind(field, &owner, args, errors);
    }
    let param = self::param(param, &members, errors);
    let schema = Schema { ident: input.ident.clone(), vis: input.vis.clone(), source, prefix, param, members };
    once(&schema, errors);
    Some(schema)
}

type Unread<'a> = Vec<(usize, &'a syn::Field, Args)>;

/// The members, of which associations are left to be read when all else is known.
fn members<'a>(fields: &'a syn::FieldsNamed, errors: &mut Errors) -> (Vec<Member>, Unread<'a>) {
    let (mut members, mut associations) = (Vec::new(), Vec::new());
    for field in &fields.named {
        let Some(ident) = field.ident.clone() else { continue };
        let args = Args::of("schema", &field.attrs, errors);
        let kind = if association::is_meant(field, &args) {
            associations.push((members.len(), field, args));
            Kind::Unread
        } else {
            field::kind(field, args, errors)
        };
        let docs = field.attrs.iter().filter(|attr| attr.path().is_ident("doc")).cloned().collect();
        let name = ident.unraw().to_string();
        members.push(Member { ident, name, vis: field.vis.clone(), ty: field.ty.clone(), docs, kind });
    }
    (members, associations)
}

fn owner<'a>(ident: &'a Ident, members: &[Member], must_have_key: bool) -> Owner<'a> {
    let stored = members.iter().filter(|member| member.field().is_some_and(Field::is_stored));
    let keys = members.iter().filter(|member| member.field().is_some_and(|field| field.primary_key));
    let primary_key: Vec<_> = keys.map(|member| member.ident.clone()).collect();
    let associations = members.iter().filter(|member| matches!(member.kind, Kind::Unread));
    Owner {
        ident,
        key_missing: must_have_key && primary_key.is_empty(),
        primary_key,
        fields: stored.map(|member| member.name.clone()).collect(),
        associations: associations.map(|member| member.name.clone()).collect(),
    }
}

fn named_fields<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<&'a syn::FieldsNamed> {
    const STRUCT: &str = "a schema is a struct with named fields";
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => return Some(fields),
            Fields::Unnamed(fields) => errors.at(fields, STRUCT),
            Fields::Unit => errors.at(&input.ident, STRUCT),
        },
        Data::Enum(data) => errors.at(data.enum_token, format!("{STRUCT}; for an enum, derive `DbEnum`")),
        Data::Union(data) => errors.at(data.union_token, STRUCT),
    }
    None
}

/// Where it is stored; if it does not say, something that stands for it.
fn source(args: &mut Args, ident: &Ident, errors: &mut Errors) -> Source {
    let said = args.span("source").is_some();
    let (source, embedded) = (args.text("source", errors), args.flag("embedded", errors));
    match (source, embedded) {
        (Some(source), None) => Source::Table(source),
        (None, Some(_)) => Source::Embedded,
        (Some(source), Some(_)) => {
            errors.at(&source, "an embedded schema has no table: leave out `source` or `embedded`");
            Source::Table(source)
        }
        (None, None) => {
            if !said {
                errors.at(
                    ident,
                    "a schema says where it is stored: `#[schema(source = \"<table>\")]`, or `#[schema(embedded)]` for a document",
                );
            }
            Source::Table(LitStr::new(&snake_case(ident), ident.span()))
        }
    }
}

/// `timestamps`: the fields to fill.
struct Timestamps {
    inserted_at: Option<Ident>,
    updated_at: Option<Ident>,
}

impl Timestamps {
    fn read(args: &mut Args, errors: &mut Errors) -> Option<Self> {
        let (key, mut options) = args.options("timestamps", errors)?;
        let mut column = |name: &'static str, default: &str, errors: &mut Errors| match options.expr(name, errors) {
            None => Some(Ident::new(default, key.span())),
            Some(Expr::Lit(ExprLit { lit: Lit::Bool(bool), .. })) if !bool.value() => None,
            Some(other) => as_name(&other).or_else(|| {
                errors.at(other, format!("`{name}` is a field of the struct, or `false` for none"));
                None
            }),
        };
        let (inserted_at, updated_at) =
            (column("inserted_at", "inserted_at", errors), column("updated_at", "updated_at", errors));
        options.finish("`timestamps`", errors);
        Some(Self { inserted_at, updated_at })
    }

    fn apply(self, members: &mut [Member], errors: &mut Errors) {
        let both = [(self.inserted_at, Autogenerate::InsertedAt), (self.updated_at, Autogenerate::UpdatedAt)];
        for (name, autogenerate) in both {
            let Some(name) = name else { continue };
            let member = members.iter_mut().find(|member| name.unraw() == member.name);
            match member.and_then(Member::field_mut) {
                Some(field) => field.autogenerate = autogenerate,
                None => errors.at(
                    &name,
                    format!("`timestamps` fills a field that the struct lacks: add `pub {name}: DateTime<Utc>`"),
                ),
            }
        }
    }
}

fn primary_key(ident: &Ident, members: &mut [Member], may_lack: bool, errors: &mut Errors) {
    let mut keys: Vec<_> = members.iter_mut().filter_map(Member::field_mut).filter(|field| field.primary_key).collect();
    match &mut keys[..] {
        [] if !may_lack => errors.at(
            ident,
            "a schema has a primary key: mark its field with `#[schema(primary_key)]` (or several of them), or say `#[schema(primary_key = false)]` on the struct",
        ),
        [key] if key.autogenerate == Autogenerate::Unsaid => key.autogenerate = Autogenerate::Key,
        _ => (),
    }
}

/// The field that stands for the struct in paths: the one that is named, or the primary key if it is one field.
fn param(said: Option<Expr>, members: &[Member], errors: &mut Errors) -> Option<Ident> {
    let Some(said) = said else {
        let mut keys = members.iter().filter(|member| member.field().is_some_and(|field| field.primary_key));
        return keys.next().filter(|_| keys.next().is_none()).map(|key| key.ident.clone());
    };
    match (&said, as_name(&said)) {
        (Expr::Lit(ExprLit { lit: Lit::Bool(bool), .. }), _) if !bool.value() => None,
        (_, Some(name)) => {
            let member = members.iter().find(|member| name.unraw() == member.name && member.field().is_some());
            if member.is_none() {
                errors.at(&name, format!("`param` names a field, and the schema has no field `{name}`"));
            }
            member.map(|_| name)
        }
        _ => {
            errors.at(said, "`param` is the field that stands for it in paths, or `false` for none");
            None
        }
    }
}

/// A column has one field, and a struct one state.
fn once(schema: &Schema, errors: &mut Errors) {
    let mut columns: Vec<(String, &Ident)> = Vec::new();
    let mut meta: Option<&Ident> = None;
    for member in &schema.members {
        match &member.kind {
            Kind::Field(field) if field.is_stored() => {
                let column = member.column(field);
                match columns.iter().find(|(other, _)| *other == column) {
                    Some((_, other)) => {
                        errors.at(&member.ident, format!("`{other}` is stored in the column \"{column}\" already"));
                    }
                    None => columns.push((column, &member.ident)),
                }
            }
            Kind::Meta => match meta {
                Some(other) => errors.at(&member.ident, format!("`{other}` holds the state already")),
                None => meta = Some(&member.ident),
            },
            _ => (),
        }
    }
}

impl Schema {
    /// The member called `name`.
    pub(super) fn member(&self, name: &Ident) -> Option<&Member> {
        self.members.iter().find(|member| name.unraw() == member.name)
    }
}

impl Member {
    fn field_mut(&mut self) -> Option<&mut Field> {
        match &mut self.kind {
            Kind::Field(field) => Some(field),
            _ => None,
        }
    }

    /// The column of `field`, which it is.
    pub(super) fn column(&self, field: &Field) -> String {
        field.source.as_ref().map_or_else(|| self.name.clone(), LitStr::value)
    }

    /// The field of the schema that it is.
    pub(super) fn field(&self) -> Option<&Field> {
        match &self.kind {
            Kind::Field(field) => Some(field),
            _ => None,
        }
    }
}
