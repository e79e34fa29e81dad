//! One association: its table entry. The keys are given as typed names, so that those that do not exist or do not fit are
//! reported where they were written.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, Path};

use super::super::model::{Association, Join, Keys, Member, Schema};
use super::at;

pub(super) fn meta(schema: &Schema, member: &Member, association: &Association, ecto: &TokenStream) -> TokenStream {
    let span = association.span;
    let ecto = &at(ecto, span);
    let mine = |key: &Ident| {
        let ident = at(&schema.ident, key.span());
        quote! { #ident::#key }
    };
    // Where its type is written, for that is what can be wrong with it.
    let mut field = member.ident.clone();
    field.set_span(member.ty.span());
    let this = mine(&field);
    let related = related(member, ecto);
    let theirs = |key: &Ident| quote_spanned! {key.span()=> <#related>::#key };
    let base = match &association.keys {
        Keys::HasMany { owner, related } => {
            let (owner, related) = (mine(owner), theirs(related));
            quote_spanned! {span=> #ecto::AssocMeta::has_many(#this, #owner, #related) }
        }
        Keys::HasOne { owner, related } => {
            let (owner, related) = (mine(owner), theirs(related));
            quote_spanned! {span=> #ecto::AssocMeta::has_one(#this, #owner, #related) }
        }
        Keys::BelongsTo { owner, related } => {
            let (owner, related) = (mine(owner), theirs(related));
            quote_spanned! {span=> #ecto::AssocMeta::belongs_to(#this, #owner, #related) }
        }
        Keys::ManyToMany { join, owner, related, join_owner, join_related } => {
            let (owner, related) = (mine(owner), theirs(related));
            match join {
                Join::Table(table) => {
                    let (join_owner, join_related) = (join_owner.unraw().to_string(), join_related.unraw().to_string());
                    quote_spanned! {span=>
                        #ecto::AssocMeta::many_to_many(#this, #owner, #related, #table, #join_owner, #join_related)
                    }
                }
                Join::Schema(schema) => {
                    let join_owner = quote_spanned! {join_owner.span()=> <#schema>::#join_owner };
                    let join_related = quote_spanned! {join_related.span()=> <#schema>::#join_related };
                    quote_spanned! {span=>
                        #ecto::AssocMeta::many_to_many_through(#this, #owner, #related, #join_owner, #join_related)
                    }
                }
            }
        }
        Keys::Through { first, second } => {
            let path = [first.unraw().to_string(), second.unraw().to_string()];
            let through = schema.member(first).map(|member| self::related(member, ecto));
            let (first, second) = (mine(first), quote_spanned! {second.span()=> <#through>::#second });
            quote_spanned! {span=> #ecto::AssocMeta::through(#this, #first, #second, &[#(#path),*]) }
        }
        Keys::Wrong => quote! { #ecto::AssocMeta::wrong(#this) },
    };
    let options = options(association, &related, ecto);
    let joined = match &association.keys {
        Keys::ManyToMany { join: Join::Schema(schema), .. } => joined(association, schema, ecto),
        _ => TokenStream::new(),
    };
    quote! { #base #options #joined }
}

/// Where a closure says what it gives.
fn result(expr: &Expr) -> Span {
    match expr {
        Expr::Closure(closure) => closure.body.span(),
        other => other.span(),
    }
}

/// The other schema.
fn related(member: &Member, ecto: &TokenStream) -> TokenStream {
    let ty = &member.ty;
    super::super::parse::outer(ty)
        .and_then(|(_, inner)| inner)
        .map_or_else(|| quote! { <#ty as #ecto::Association>::Related }, ToTokens::to_token_stream)
}

fn options(association: &Association, related: &TokenStream, ecto: &TokenStream) -> TokenStream {
    let on_replace = association.on_replace.map(|policy| {
        let policy = format_ident!("{policy}");
        quote! { .on_replace(#ecto::OnReplace::#policy) }
    });
    let on_delete = association.on_delete.map(|policy| {
        let policy = format_ident!("{policy}");
        quote! { .on_delete(#ecto::OnDelete::#policy) }
    });
    let filter = association.filter.iter().map(|filter| {
        let filter_of = filter_of(filter, related, ecto);
        quote_spanned! {result(filter)=> .filter(#filter_of) }
    });
    let order = association.preload_order.iter().map(|order| {
        let ecto = at(ecto, result(order));
        quote_spanned! {result(order)=> .preload_order(|__binding| #ecto::order_of::<#related, _>(__binding, #order)) }
    });
    let defaults = defaults(&association.defaults, related, ecto).map(|defaults| quote! { .defaults(#defaults) });
    quote! { #on_replace #on_delete #(#filter)* #(#order)* #defaults }
}

/// What is said of the join table.
fn joined(association: &Association, schema: &Path, ecto: &TokenStream) -> TokenStream {
    let schema = schema.to_token_stream();
    let filter = association.join_filter.iter().map(|filter| {
        let filter_of = filter_of(filter, &schema, ecto);
        quote_spanned! {result(filter)=> .join_filter(#filter_of) }
    });
    let defaults = defaults(&association.join_defaults, &schema, ecto);
    let defaults = defaults.map(|defaults| quote! { .join_defaults(#defaults) });
    quote! { #(#filter)* #defaults }
}

/// The function that makes a condition on rows of `schema`.
fn filter_of(filter: &Expr, schema: &TokenStream, ecto: &TokenStream) -> TokenStream {
    let ecto = at(ecto, result(filter));
    quote_spanned! {result(filter)=> |__binding| #ecto::filter_of::<#schema, _>(__binding, #filter) }
}

/// The function that makes defaults of fields of `schema`, if there are any.
fn defaults(defaults: &[(Ident, Expr)], schema: &TokenStream, ecto: &TokenStream) -> Option<TokenStream> {
    if defaults.is_empty() {
        return None;
    }
    let defaults = defaults.iter().map(|(field, value)| {
        let field = quote_spanned! {field.span()=> <#schema>::#field };
        let value = super::default_value(value);
        quote! { #ecto::assoc_default(#field, &#value)? }
    });
    Some(quote! { || ::core::result::Result::Ok(::core::convert::From::from([#(#defaults),*])) })
}
