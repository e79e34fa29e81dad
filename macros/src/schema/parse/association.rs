//! Reads an association, and finds its keys.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, ExprPath, Lit};

use super::super::model::{Association, Join, Keys, Kind};
use super::field::{ON_REPLACE, outer};
use crate::args::Args;
use crate::errors::Errors;
use crate::names::snake_case;

const ON_DELETE: &[(&str, &str)] = &[("nothing", "Nothing"), ("nilify_all", "NilifyAll"), ("delete_all", "DeleteAll")];

/// The attribute of each kind of association, and the type that holds it.
const KINDS: &[(&str, &str)] =
    &[("has_many", "HasMany"), ("has_one", "HasOne"), ("belongs_to", "BelongsTo"), ("many_to_many", "ManyToMany")];

/// The schema that has the associations, as far as they can refer to it.
pub(super) struct Owner<'a> {
    pub(super) ident: &'a Ident,
    pub(super) primary_key: Vec<Ident>,
    /// That it has no primary key was reported.
    pub(super) key_missing: bool,
    /// The fields that are stored.
    pub(super) fields: Vec<String>,
    pub(super) associations: Vec<String>,
}

/// Whether the field is an association, by its attributes or its type.
pub(super) fn is_meant(field: &syn::Field, args: &Args) -> bool {
    KINDS.iter().any(|(kind, holder)| args.span(kind).is_some() || outer(&field.ty).is_some_and(|(of, _)| of == holder))
}

/// The association, or what stands for one that is no such thing.
pub(super) fn kind(field: &syn::Field, owner: &Owner<'_>, mut args: Args, errors: &mut Errors) -> Kind {
    let holder = outer(&field.ty).map(|(name, _)| name.to_string()).unwrap_or_default();
    let Some((kind, expected, span)) =
        KINDS.iter().find_map(|(kind, holder)| Some((*kind, *holder, args.merge(kind, errors)?)))
    else {
        let kind = KINDS.iter().find(|(_, of)| *of == holder).map_or("has_many", |(kind, _)| *kind);
        errors.at(&field.ty, format!("a field of type `{holder}` is an association: add `#[schema({kind})]`"));
        return Kind::Association(Box::new(Association::new(Span::call_site(), Keys::Wrong)));
    };
    if holder != expected {
        errors.at(&field.ty, format!("the field of a `{kind}` is a `{expected}<…>`"));
        return Kind::Skip;
    }
    args.forget_known();
    let keys = match kind {
        "has_many" | "has_one" => has(kind == "has_many", owner, span, &mut args, errors),
        "belongs_to" => belongs_to(field, owner, span, &mut args, errors),
        _ => many_to_many(field, owner, span, &mut args, errors),
    };
    let mut association = Association::new(span, keys.unwrap_or(Keys::Wrong));
    if !matches!(association.keys, Keys::Through { .. }) {
        association.on_replace = args.choice("on_replace", ON_REPLACE, errors);
        if kind != "belongs_to" {
            association.on_delete = args.choice("on_delete", ON_DELETE, errors);
        }
        association.filter = args.expr("where", errors);
        association.preload_order = args.expr("preload_order", errors);
        association.defaults = args.values("defaults", errors);
        if kind == "many_to_many" {
            association.join_filter = args.expr("join_where", errors);
            association.join_defaults = args.values("join_defaults", errors);
            association.check_join(errors);
        }
    }
    args.finish(&format!("a `{kind}`"), errors);
    Kind::Association(Box::new(association))
}

impl Association {
    fn new(span: Span, keys: Keys) -> Self {
        Self {
            span,
            keys,
            on_replace: None,
            on_delete: None,
            filter: None,
            preload_order: None,
            defaults: Vec::new(),
            join_filter: None,
            join_defaults: Vec::new(),
        }
    }

    /// What is said of the join table's fields needs to know them.
    fn check_join(&mut self, errors: &mut Errors) {
        let Keys::ManyToMany { join: Join::Table(_), .. } = &self.keys else { return };
        let filter = self.join_filter.take().map(|filter| (filter.span(), "join_where"));
        let defaults = std::mem::take(&mut self.join_defaults);
        let defaults = defaults.first().map(|(field, _)| (field.span(), "join_defaults"));
        for (span, option) in filter.into_iter().chain(defaults) {
            errors.add(syn::Error::new(
                span,
                format!("`{option}` is about fields of the join table's schema: `join_through = <Schema>`"),
            ));
        }
    }
}

fn has(many: bool, owner: &Owner<'_>, span: Span, args: &mut Args, errors: &mut Errors) -> Option<Keys> {
    let through = args.span("through");
    let path = args.pair("through", errors);
    if through.is_some() {
        let (first, second) = path?;
        if !owner.associations.contains(&first.unraw().to_string()) {
            errors.at(&first, format!("the struct has no association `{first}`"));
            return None;
        }
        return Some(Keys::Through { first, second });
    }
    let related = args.name("foreign_key", errors).unwrap_or_else(|| key_to(owner.ident, span));
    let key = args.name("references", errors);
    let owner = owner.key(key, span, errors)?;
    Some(if many { Keys::HasMany { owner, related } } else { Keys::HasOne { owner, related } })
}

fn belongs_to(field: &syn::Field, owner: &Owner<'_>, span: Span, args: &mut Args, errors: &mut Errors) -> Option<Keys> {
    let name = field.ident.as_ref()?;
    let key = args.name("foreign_key", errors).unwrap_or_else(|| Ident::new(&format!("{}_id", name.unraw()), span));
    let related = args.name("references", errors).unwrap_or_else(|| Ident::new("id", span));
    if !owner.fields.contains(&key.unraw().to_string()) {
        errors.at(
            &key,
            format!(
                "`belongs_to` keeps its key in a field that the struct lacks: add `pub {key}: …` of the other key's type, or say `foreign_key = <field>`"
            ),
        );
        return None;
    }
    Some(Keys::BelongsTo { owner: key, related })
}

fn many_to_many(
    field: &syn::Field,
    owner: &Owner<'_>,
    span: Span,
    args: &mut Args,
    errors: &mut Errors,
) -> Option<Keys> {
    let join = join(span, args, errors);
    let pair = args.named_pair("join_keys", errors);
    let [(join_owner, key), (join_related, related)] = if let Some(pair) = pair {
        pair
    } else {
        let related = outer(&field.ty).and_then(|(_, inner)| outer(inner?)).map(|(name, _)| key_to(name, span))?;
        [(key_to(owner.ident, span), None), (related, None)]
    };
    let owner = owner.key(key, span, errors);
    let related = related.unwrap_or_else(|| Ident::new("id", span));
    Some(Keys::ManyToMany { join: join?, owner: owner?, related, join_owner, join_related })
}

fn join(span: Span, args: &mut Args, errors: &mut Errors) -> Option<Join> {
    let said = args.span("join_through").is_some();
    match args.expr("join_through", errors) {
        Some(Expr::Lit(ExprLit { lit: Lit::Str(table), .. })) => return Some(Join::Table(table)),
        Some(Expr::Path(ExprPath { qself: None, path, .. })) => return Some(Join::Schema(path)),
        Some(other) => errors.at(other, "`join_through` is a table (`\"robots_tags\"`) or a schema (`RobotTag`)"),
        None if said => (),
        None => errors.add(syn::Error::new(
            span,
            "`many_to_many` needs the table between: `join_through = \"<table>\"` or `join_through = <Schema>`",
        )),
    }
    None
}

impl Owner<'_> {
    /// The key that an association refers to: the one named, or the primary key.
    fn key(&self, named: Option<Ident>, span: Span, errors: &mut Errors) -> Option<Ident> {
        if let Some(name) = named {
            let known = self.fields.contains(&name.unraw().to_string());
            if !known {
                errors.at(&name, format!("the struct has no stored field `{name}`"));
            }
            return known.then_some(name);
        }
        if let [key] = &self.primary_key[..] {
            let mut key = key.clone();
            key.set_span(span);
            return Some(key);
        }
        if !self.key_missing {
            let found = if self.primary_key.is_empty() { "has none" } else { "is of several fields" };
            errors.add(syn::Error::new(
                span,
                format!("an association refers to the primary key, and that of this schema {found}: say `references = <field>`"),
            ));
        }
        None
    }
}

/// The name of a foreign key that refers to `schema`.
fn key_to(schema: &Ident, span: Span) -> Ident {
    Ident::new(&format!("{}_id", snake_case(schema)), span)
}
