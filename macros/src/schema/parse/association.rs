//! Reads an association, and finds its keys.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, ExprPath, Lit};

use super::super::model::{Association, Join, Keys, Kind, Schema};
use super::field::{ON_REPLACE, outer, wrong_type};
use crate::args::Args;
use crate::errors::Errors;
use crate::names::snake_case;

const ON_DELETE: &[(&str, &str)] = &[("nothing", "Nothing"), ("nilify_all", "NilifyAll"), ("delete_all", "DeleteAll")];

/// The attribute of each kind of association, and the type that holds it.
const KINDS: &[(&str, &str)] =
    &[("has_many", "HasMany"), ("has_one", "HasOne"), ("belongs_to", "BelongsTo"), ("many_to_many", "ManyToMany")];

/// The association, if the attributes say that it is one.
pub(super) fn read(field: &syn::Field, owner: &Ident, args: &mut Args, errors: &mut Errors) -> Option<Association> {
    let found = KINDS.iter().find_map(|(kind, holder)| Some((*kind, *holder, args.merge(kind, errors)?)));
    let holder = outer(&field.ty).map(|(name, _)| name.clone());
    let Some((kind, expected, span)) = found else {
        if let Some((kind, holder)) = KINDS.iter().find(|(_, of)| holder.as_ref().is_some_and(|holder| holder == of)) {
            wrong_type(
                &field.ty,
                &format!("a field of type `{holder}` is an association: add `#[schema({kind})]`"),
                errors,
            );
            args.drop_all();
            return Some(Association::wrong(field.ident.as_ref().map_or_else(Span::call_site, Ident::span)));
        }
        return None;
    };
    let mut association = Association::wrong(span);
    if holder.is_none_or(|holder| holder != expected) {
        wrong_type(&field.ty, &format!("the field of a `{kind}` is a `{expected}<…>`"), errors);
        args.drop_all();
        return Some(association);
    }
    association.keys = match kind {
        "has_many" | "has_one" => has(kind, owner, span, args, errors),
        "belongs_to" => belongs_to(field, span, args, errors),
        _ => many_to_many(field, owner, span, args, errors),
    };
    if !matches!(association.keys, Keys::Through { .. }) {
        association.on_replace = args.choice("on_replace", ON_REPLACE, errors);
        if kind != "belongs_to" {
            association.on_delete = args.choice("on_delete", ON_DELETE, errors);
        }
        association.filter = args.expr("where", errors);
        association.preload_order = args.expr("preload_order", errors);
        association.defaults = args.values("defaults", errors);
    }
    std::mem::take(args).finish(&format!("a `{kind}`"), errors);
    Some(association)
}

impl Association {
    fn wrong(span: Span) -> Self {
        Self {
            span,
            keys: Keys::Wrong,
            on_replace: None,
            on_delete: None,
            filter: None,
            preload_order: None,
            defaults: Vec::new(),
        }
    }
}

fn has(kind: &str, owner: &Ident, span: Span, args: &mut Args, errors: &mut Errors) -> Keys {
    if let Some((first, second)) = args.pair("through", errors) {
        return Keys::Through { first, second };
    }
    let related = args.name("foreign_key", errors).unwrap_or_else(|| key_to(owner, span));
    // The empty name is the primary key: `resolve` knows it.
    let owner = args.name("references", errors).unwrap_or_else(|| primary_key(span));
    if kind == "has_many" { Keys::HasMany { owner, related } } else { Keys::HasOne { owner, related } }
}

fn belongs_to(field: &syn::Field, span: Span, args: &mut Args, errors: &mut Errors) -> Keys {
    let owner = args.name("foreign_key", errors).unwrap_or_else(|| match &field.ident {
        Some(name) => Ident::new(&format!("{}_id", name.unraw()), span),
        None => primary_key(span),
    });
    let related = args.name("references", errors).unwrap_or_else(|| Ident::new("id", span));
    Keys::BelongsTo { owner, related }
}

fn many_to_many(field: &syn::Field, owner: &Ident, span: Span, args: &mut Args, errors: &mut Errors) -> Keys {
    let join = match args.expr("join_through", errors) {
        Some(Expr::Lit(ExprLit { lit: Lit::Str(table), .. })) => Some(Join::Table(table)),
        Some(Expr::Path(ExprPath { qself: None, path, .. })) => Some(Join::Schema(path)),
        Some(other) => {
            errors.at(other, "`join_through` is a table (`\"robots_tags\"`) or a schema (`RobotTag`)");
            None
        }
        None => {
            errors.add(syn::Error::new(
                span,
                "`many_to_many` needs the table between: `join_through = \"<table>\"` or `join_through = <Schema>`",
            ));
            None
        }
    };
    let related =
        outer(&field.ty).and_then(|(_, inner)| inner).and_then(|inner| outer(inner)).map(|(name, _)| name.clone());
    let [join_owner, join_related] = args.named_pair("join_keys", errors).unwrap_or_else(|| {
        let related = related.map_or_else(|| primary_key(span), |related| key_to(&related, span));
        [(key_to(owner, span), None), (related, None)]
    });
    let owner = join_owner.1.unwrap_or_else(|| primary_key(span));
    let related = join_related.1.unwrap_or_else(|| Ident::new("id", span));
    let (join_owner, join_related) = (join_owner.0, join_related.0);
    match join {
        Some(join) => Keys::ManyToMany { join, owner, related, join_owner, join_related },
        None => Keys::Wrong,
    }
}

/// The name of a foreign key that refers to `schema`.
fn key_to(schema: &Ident, span: Span) -> Ident {
    Ident::new(&format!("{}_id", snake_case(schema)), span)
}

/// Stands for the owner's primary key until all fields are read.
fn primary_key(span: Span) -> Ident {
    Ident::new("__primary_key", span)
}

/// Finds the owners' keys, now that all fields are known.
pub(super) fn resolve(schema: &mut Schema, errors: &mut Errors) {
    let keys: Vec<Ident> = schema
        .members
        .iter()
        .filter(|member| member.field().is_some_and(|field| field.primary_key))
        .map(|member| member.ident.clone())
        .collect();
    let mut members = std::mem::take(&mut schema.members);
    let fields: Vec<(String, bool)> = members
        .iter()
        .map(|member| (member.name.clone(), member.field().is_some_and(super::Field::is_stored)))
        .collect();
    let associations: Vec<String> =
        members.iter().filter(|m| matches!(m.kind, Kind::Association(_))).map(|m| m.name.clone()).collect();
    for member in &mut members {
        let Kind::Association(association) = &mut member.kind else { continue };
        let span = association.span;
        match &mut association.keys {
            Keys::HasMany { owner, .. } | Keys::HasOne { owner, .. } | Keys::ManyToMany { owner, .. }
                if owner == "__primary_key" =>
            {
                if let [key] = &keys[..] {
                    *owner = Ident::new(&key.to_string(), span);
                    if key.to_string().starts_with("r#") {
                        *owner = Ident::new_raw(&key.unraw().to_string(), span);
                    }
                } else {
                    let found = if keys.is_empty() { "has none" } else { "is of several fields" };
                    errors.add(syn::Error::new(
                        span,
                        format!("an association refers to the primary key, and that of this schema {found}: say `references = <field>`"),
                    ));
                    association.keys = Keys::Wrong;
                }
            }
            Keys::HasMany { owner, .. }
            | Keys::HasOne { owner, .. }
            | Keys::ManyToMany { owner, .. }
            | Keys::BelongsTo { owner, .. } => {
                if !fields.iter().any(|(name, stored)| *stored && *name == owner.unraw().to_string()) {
                    let message = if matches!(association.keys, Keys::BelongsTo { .. }) {
                        let owner = owner_of(&association.keys);
                        format!(
                            "`belongs_to` keeps its key in a field that the struct lacks: add `pub {owner}: …` of the other key's type, or say `foreign_key = <field>`"
                        )
                    } else {
                        format!("the struct has no stored field `{}`", owner_of(&association.keys))
                    };
                    errors.at(owner_of(&association.keys), message);
                    association.keys = Keys::Wrong;
                }
            }
            Keys::Through { first, .. } => {
                if !associations.contains(&first.unraw().to_string()) {
                    errors.at(&*first, format!("the struct has no association `{first}`"));
                    association.keys = Keys::Wrong;
                }
            }
            Keys::Wrong => (),
        }
    }
    schema.members = members;
}

fn owner_of(keys: &Keys) -> Ident {
    match keys {
        Keys::HasMany { owner, .. }
        | Keys::HasOne { owner, .. }
        | Keys::ManyToMany { owner, .. }
        | Keys::BelongsTo { owner, .. } => owner.clone(),
        Keys::Through { first, .. } => first.clone(),
        Keys::Wrong => primary_key(Span::call_site()),
    }
}
