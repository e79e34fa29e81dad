//! The expansion of `#[derive(Schema)]`: the tables, the typed names, and the functions that know the struct's fields.
//!
//! Paths are absolute and names begin with `__`. What depends on a field's type stands at the span of that type, always
//! as the same trait's item, so that a type that does not fit is reported once, where it was written.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Expr, ExprLit, Lit};

use super::model::{Association, Field, Kind, Member, Schema, Source, Storage};

mod association;
mod field;
mod implementation;
mod names;

/// All that is made of the struct. `ecto` is the path of the library.
pub(super) fn schema(schema: &Schema, ecto: &TokenStream) -> TokenStream {
    let (columns, names) = (names::columns(schema, ecto), names::names(schema, ecto));
    let (implementation, debug) = (implementation::of(schema, ecto), debug(schema, ecto));
    let param = param(schema, ecto);
    let document = matches!(schema.source, Source::Embedded).then(|| document(schema, ecto));
    let ident = &schema.ident;
    quote! {
        #columns
        const _: () = {
            #names
            #implementation
            #debug
            #param
            #document
            #[automatically_derived]
            impl ::core::default::Default for #ident {
                fn default() -> Self {
                    <Self as #ecto::Schema>::blank()
                }
            }
        };
    }
}

/// What stands for a schema that could not be read.
pub(super) fn stub(input: &DeriveInput, ecto: &TokenStream) -> TokenStream {
    let ident = &input.ident;
    let name = ident.to_string();
    let (impl_generics, type_generics, _) = input.generics.split_for_impl();
    let predicates = input.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    quote! {
        #[automatically_derived]
        impl #impl_generics #ecto::Schema for #ident #type_generics
        where
            Self: ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync + 'static,
            #(#predicates,)*
        {
            type Columns = ();
            const SOURCE: ::core::option::Option<&'static ::core::primitive::str> = ::core::option::Option::None;
            const FIELDS: &'static [#ecto::FieldMeta] = &[];
            fn meta() -> &'static #ecto::SchemaMeta { #ecto::no_association(#name, 0) }
            fn columns(_: #ecto::BindingId) {}
            fn blank() -> Self { #ecto::no_association(#name, 0) }
            fn get(&self, _: ::core::primitive::usize) -> ::core::result::Result<#ecto::Value, #ecto::DumpError> {
                #ecto::no_association(#name, 0)
            }
            fn put(
                &mut self,
                _: ::core::primitive::usize,
                _: #ecto::Value,
            ) -> ::core::result::Result<(), #ecto::LoadError> {
                #ecto::no_association(#name, 0)
            }
            fn association(&self, _: ::core::primitive::usize) -> &dyn #ecto::AnyAssociation {
                #ecto::no_association(#name, 0)
            }
            fn association_mut(&mut self, _: ::core::primitive::usize) -> &mut dyn #ecto::AnyAssociation {
                #ecto::no_association(#name, 0)
            }
            fn load(_: &mut #ecto::Loader<'_>) -> ::core::result::Result<Self, #ecto::RepoError> {
                #ecto::no_association(#name, 0)
            }
        }
    }
}

/// A literal string stands for a `String`.
fn default_value(default: &Expr) -> TokenStream {
    match default {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            quote_spanned! {text.span()=> ::core::convert::Into::into(#text) }
        }
        other => quote! { #other },
    }
}

/// What it is in a path, if there are paths: the library knows.
fn param(schema: &Schema, ecto: &TokenStream) -> Option<TokenStream> {
    let (ident, field) = (&schema.ident, schema.param.as_ref()?);
    let ty = &schema.member(field)?.ty;
    Some(quote! { #ecto::to_param! { #ident, #field, #ty } })
}

/// `Debug` that masks, where a field is `redact`. At the attribute, so that a second `Debug` is explained by it.
fn debug(schema: &Schema, ecto: &TokenStream) -> Option<TokenStream> {
    let span = schema.fields().find_map(|(_, field)| field.redact)?;
    let (ident, name) = (&schema.ident, schema.name());
    let this = quote! { self };
    let fields = schema.members.iter().map(|member| {
        let (field, name) = (&member.ident, &member.name);
        let value = match &member.kind {
            Kind::Field(of) if of.redact.is_some() => quote! { &#ecto::Redacted },
            _ => quote_spanned! {member.ty.span()=> &#this.#field },
        };
        quote! { .field(#name, #value) }
    });
    let formatter = quote! { __formatter: &mut ::core::fmt::Formatter<'_> };
    let body = quote! { __formatter.debug_struct(#name) #(#fields)* .finish() };
    Some(quote_spanned! {span=>
        #[automatically_derived]
        impl ::core::fmt::Debug for #ident {
            fn fmt(&self, #formatter) -> ::core::fmt::Result { #body }
        }
    })
}

/// An embedded schema is a field's type.
fn document(schema: &Schema, ecto: &TokenStream) -> TokenStream {
    let (ident, name) = (&schema.ident, schema.name());
    quote! {
        #[automatically_derived]
        impl #ecto::Type for #ident {
            type Sql = #ecto::sql::Json;
            type Inner = Self;
            const DB: #ecto::DbType = #ecto::DbType::Json;
            const NAME: &'static ::core::primitive::str = #name;

            fn cast(__input: &#ecto::Param) -> ::core::result::Result<Self, #ecto::CastError> {
                #ecto::cast_document(__input)
            }

            fn load(__value: #ecto::Value) -> ::core::result::Result<Self, #ecto::LoadError> {
                #ecto::load_document(__value)
            }

            fn dump(&self) -> ::core::result::Result<#ecto::Value, #ecto::DumpError> {
                #ecto::dump_document(self)
            }
        }
    }
}

impl Schema {
    fn name(&self) -> String {
        syn::ext::IdentExt::unraw(&self.ident).to_string()
    }

    fn fields(&self) -> impl Iterator<Item = (&Member, &Field)> {
        self.members.iter().filter_map(|member| Some((member, member.field()?)))
    }

    fn associations(&self) -> impl Iterator<Item = (&Member, &Association)> {
        self.members.iter().filter_map(|member| match &member.kind {
            Kind::Association(association) => Some((member, &**association)),
            _ => None,
        })
    }
}

/// `tokens`, shown at `span` when something is wrong with them.
fn at(tokens: impl ToTokens, span: Span) -> TokenStream {
    let at = |mut token: TokenTree| {
        token.set_span(span);
        token
    };
    tokens.into_token_stream().into_iter().map(at).collect()
}

/// The type of the documents in a field that `embeds_many`.
fn documents<'a>(member: &'a Member, field: &Field) -> Option<&'a syn::Type> {
    match field.storage {
        Storage::EmbedsMany(_) => super::parse::outer(&member.ty).and_then(|(_, inner)| inner),
        _ => None,
    }
}
