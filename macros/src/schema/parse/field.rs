//! Reads one field of the struct.

use proc_macro2::Ident;
use syn::{Expr, ExprLit, Lit};

use super::super::model::{Autogenerate, Field, Kind, Precision, Storage, Writable};
use crate::args::{Args, as_name};
use crate::errors::Errors;

/// Variants of `OnReplace` by their names in attributes.
pub(super) const ON_REPLACE: &[(&str, &str)] = &[
    ("raise", "Raise"),
    ("mark_as_invalid", "MarkAsInvalid"),
    ("nilify", "Nilify"),
    ("update", "Update"),
    ("delete", "Delete"),
    ("delete_if_exists", "DeleteIfExists"),
];

const PRECISION: &[(&str, Precision)] = &[("seconds", Precision::Seconds), ("microseconds", Precision::Microseconds)];

const ON_VIOLATION: &[(&str, &str)] = &[("nothing", "Nothing"), ("warn", "Warn"), ("raise", "Raise")];

/// What a field is that is no association.
pub(super) fn kind(field: &syn::Field, mut args: Args, errors: &mut Errors) -> Kind {
    if args.flag("skip", errors).is_some() {
        args.forget_known();
        args.finish("a field under `skip`", errors);
        return Kind::Skip;
    }
    if args.flag("meta", errors).is_some() {
        args.forget_known();
        args.finish("a field under `meta`", errors);
        if outer(&field.ty).is_some_and(|(name, _)| name == "Meta") {
            return Kind::Meta;
        }
        errors.at(&field.ty, "the field under `meta` is a `Meta`");
        return Kind::Skip;
    }
    let storage = storage(&mut args, errors);
    if matches!(storage, Storage::EmbedsMany(_))
        && outer(&field.ty).is_none_or(|(name, of)| name != "Vec" || of.is_none())
    {
        errors.at(&field.ty, "the field of an `embeds_many` is a `Vec<…>`");
        return Kind::Skip;
    }
    let field = match storage {
        Storage::EmbedsOne(_) | Storage::EmbedsMany(_) => embed(storage, &mut args, errors),
        Storage::Column | Storage::Virtual => plain(storage, &mut args, errors),
    };
    args.finish("this field", errors);
    Kind::Field(Box::new(field))
}

fn storage(args: &mut Args, errors: &mut Errors) -> Storage {
    if args.flag("virtual", errors).is_some() {
        return Storage::Virtual;
    }
    if args.merge("embeds_one", errors).is_some() {
        return Storage::EmbedsOne(args.choice("on_replace", ON_REPLACE, errors).unwrap_or("Raise"));
    }
    if args.merge("embeds_many", errors).is_some() {
        return Storage::EmbedsMany(args.choice("on_replace", ON_REPLACE, errors).unwrap_or("Raise"));
    }
    Storage::Column
}

fn embed(storage: Storage, args: &mut Args, errors: &mut Errors) -> Field {
    Field {
        source: args.text("source", errors),
        storage,
        primary_key: false,
        default: args.expr("default", errors),
        autogenerate: Autogenerate::Unsaid,
        redact: args.flag("redact", errors),
        read_after_writes: args.flag("read_after_writes", errors).is_some(),
        load_in_query: load_in_query(args, errors),
        writable: writable(args, errors),
        precision: Precision::Microseconds,
    }
}

fn plain(storage: Storage, args: &mut Args, errors: &mut Errors) -> Field {
    let is_virtual = matches!(storage, Storage::Virtual);
    let default = args.expr("default", errors);
    let redact = args.flag("redact", errors);
    let precision = args.choice("precision", PRECISION, errors).unwrap_or(Precision::Microseconds);
    let mut field = Field {
        source: None,
        storage,
        primary_key: false,
        default,
        autogenerate: Autogenerate::Unsaid,
        redact,
        read_after_writes: false,
        load_in_query: true,
        writable: Writable::Always,
        precision,
    };
    if is_virtual {
        return field;
    }
    field.source = args.text("source", errors);
    field.primary_key = args.flag("primary_key", errors).is_some();
    field.read_after_writes = args.flag("read_after_writes", errors).is_some();
    field.load_in_query = load_in_query(args, errors);
    field.writable = writable(args, errors);
    match args.flag_or_expr("autogenerate", errors) {
        None => (),
        Some(None) => field.autogenerate = Autogenerate::Type,
        Some(Some(Expr::Lit(ExprLit { lit: Lit::Bool(bool), .. }))) if !bool.value() => {
            field.autogenerate = Autogenerate::Off;
        }
        Some(Some(expr)) => match as_name(&expr) {
            Some(name) if name == "v4" => field.autogenerate = Autogenerate::UuidV4,
            Some(name) if name == "v7" => field.autogenerate = Autogenerate::Type,
            _ => errors.at(expr, "`autogenerate` stands alone, or is one of: v4, v7, false"),
        },
    }
    field
}

fn load_in_query(args: &mut Args, errors: &mut Errors) -> bool {
    args.bool("load_in_query", errors).is_none_or(|load| load.value())
}

fn writable(args: &mut Args, errors: &mut Errors) -> Writable {
    let writable = args.choice("writable", &[("always", 0), ("insert", 1), ("never", 2)], errors);
    let span = args.span("on_violation");
    let violation = args.choice("on_violation", ON_VIOLATION, errors);
    match (writable, violation) {
        (Some(1), violation) => Writable::Insert(violation.unwrap_or("Nothing")),
        (Some(2), violation) => Writable::Never(violation.unwrap_or("Nothing")),
        (_, None) => Writable::Always,
        (_, Some(_)) => {
            let span = span.unwrap_or_else(proc_macro2::Span::call_site);
            errors.add(syn::Error::new(span, "`on_violation` goes with `writable = insert` or `writable = never`"));
            Writable::Always
        }
    }
}

/// The last name of a type's path, and the type in its angle brackets.
pub(in crate::schema) fn outer(ty: &syn::Type) -> Option<(&Ident, Option<&syn::Type>)> {
    let syn::Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return Some((&last.ident, None)) };
    let inner = arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    Some((&last.ident, inner))
}
