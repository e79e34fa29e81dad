//! The implementation of `Schema`: tables, and the functions that know the struct's fields.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::LitStr;
use syn::spanned::Spanned;

use super::super::model::{Kind, Member, Schema, Source};
use super::names::{column, columns_name};
use super::{association, default_value, field};

pub(super) fn of(schema: &Schema, ecto: &TokenStream) -> TokenStream {
    let ident = &schema.ident;
    let (tables, columns) = (tables(schema, ecto), columns(schema, ecto));
    let (values, loading) = (values(schema, ecto), loading(schema, ecto));
    let (associations, state) = (associations(schema, ecto), state(schema, ecto));
    quote! {
        #[automatically_derived]
        #[allow(unreachable_code, clippy::all, clippy::pedantic)]
        impl #ecto::Schema for #ident {
            #tables
            #columns
            #values
            #loading
            #associations
            #state
        }
    }
}

fn tables(schema: &Schema, ecto: &TokenStream) -> TokenStream {
    let (ident, name) = (&schema.ident, schema.name());
    let source = match &schema.source {
        Source::Table(source) => Some(source),
        Source::Embedded => None,
    };
    let (source, prefix) = (option(source), option(schema.prefix.as_ref()));
    let metas = schema.fields().enumerate().map(|(index, (member, of))| field::meta(schema, index, member, of, ecto));
    let keys = schema.fields().enumerate().filter(|(_, (_, field))| field.primary_key).map(|(index, _)| index);
    let associations = schema.associations().map(|(member, of)| association::meta(schema, member, of, ecto));
    quote! {
        const SOURCE: ::core::option::Option<&'static ::core::primitive::str> = #source;
        const FIELDS: &'static [#ecto::FieldMeta] = &[#(#metas),*];

        fn meta() -> &'static #ecto::SchemaMeta {
            static __META: #ecto::SchemaMeta = #ecto::SchemaMeta {
                name: #name,
                source: <#ident as #ecto::Schema>::SOURCE,
                prefix: #prefix,
                fields: <#ident as #ecto::Schema>::FIELDS,
                associations: &[#(#associations),*],
                primary_key: &[#(#keys),*],
            };
            &__META
        }
    }
}

fn option(text: Option<&LitStr>) -> TokenStream {
    text.map_or_else(|| quote! { ::core::option::Option::None }, |text| quote! { ::core::option::Option::Some(#text) })
}

fn columns(schema: &Schema, ecto: &TokenStream) -> TokenStream {
    let ident = &schema.ident;
    let ty = columns_name(ident);
    let columns = schema.members.iter().filter_map(|member| column(ident, member, ecto));
    quote! {
        type Columns = #ty;

        fn columns(__binding: #ecto::BindingId) -> Self::Columns {
            #ty { #(#columns,)* }
        }
    }
}

/// Reading and writing one field.
fn values(schema: &Schema, ecto: &TokenStream) -> TokenStream {
    let name = schema.name();
    let get = schema.fields().enumerate().map(|(index, (member, of))| {
        let value = field::get(member, of, index, ecto);
        quote! { #index => #value }
    });
    let put = schema.fields().enumerate().map(|(index, (member, of))| {
        let (field, load) = (&member.ident, field::load_fn(member, of, ecto));
        let redact = of.redact.map(|_| quote! { .map_err(#ecto::LoadError::redacted) });
        quote! { #index => self.#field = #load(__value) #redact? }
    });
    quote! {
        fn get(&self, __index: ::core::primitive::usize) -> ::core::result::Result<#ecto::Value, #ecto::DumpError> {
            match __index {
                #(#get,)*
                __other => #ecto::no_field(#name, __other),
            }
        }

        fn put(
            &mut self,
            __index: ::core::primitive::usize,
            __value: #ecto::Value,
        ) -> ::core::result::Result<(), #ecto::LoadError> {
            match __index {
                #(#put,)*
                __other => #ecto::no_field(#name, __other),
            }
            ::core::result::Result::Ok(())
        }
    }
}

/// Making a struct: of nothing, and of a row.
fn loading(schema: &Schema, ecto: &TokenStream) -> TokenStream {
    let blanks = schema.members.iter().map(|member| {
        let (field, value) = (&member.ident, blank(schema, member, ecto));
        quote! { #field: #value }
    });
    let load = schema.members.iter().map(|member| {
        let field = &member.ident;
        let value = match &member.kind {
            Kind::Field(of) if of.is_loaded() => field::load(schema, member, of, ecto),
            Kind::Meta => quote! { #ecto::loaded(__row) },
            _ => blank(schema, member, ecto),
        };
        quote! { #field: #value }
    });
    quote! {
        fn blank() -> Self {
            Self { #(#blanks,)* }
        }

        fn load(__row: &mut #ecto::Loader<'_>) -> ::core::result::Result<Self, #ecto::RepoError> {
            ::core::result::Result::Ok(Self { #(#load,)* })
        }
    }
}

/// What a field of the struct holds at first.
fn blank(schema: &Schema, member: &Member, ecto: &TokenStream) -> TokenStream {
    let (ty, name, owner) = (&member.ty, &member.name, schema.name());
    if let Some(default) = member.field().and_then(|field| field.default.as_ref()) {
        return default_value(default);
    }
    match &member.kind {
        Kind::Association(_) => {
            quote_spanned! {ty.span()=> <#ty as #ecto::Association>::not_loaded(#owner, #name) }
        }
        Kind::Field(_) | Kind::Unread | Kind::Meta | Kind::Skip => {
            quote_spanned! {ty.span()=> <#ty as ::core::default::Default>::default() }
        }
    }
}

fn associations(schema: &Schema, ecto: &TokenStream) -> TokenStream {
    let (name, this) = (schema.name(), quote! { self });
    let shared = schema.associations().enumerate().map(|(index, (Member { ident, ty, .. }, _))| {
        let any = quote_spanned! {ty.span()=> <#ty as #ecto::Association>::as_any_association(&#this.#ident) };
        quote! { #index => #any }
    });
    let exclusive = schema.associations().enumerate().map(|(index, (Member { ident, ty, .. }, _))| {
        let any = quote_spanned! {ty.span()=> <#ty as #ecto::Association>::as_any_association_mut(&mut #this.#ident) };
        quote! { #index => #any }
    });
    quote! {
        fn association(&self, __index: ::core::primitive::usize) -> &dyn #ecto::AnyAssociation {
            match __index {
                #(#shared,)*
                __other => #ecto::no_association(#name, __other),
            }
        }

        fn association_mut(&mut self, __index: ::core::primitive::usize) -> &mut dyn #ecto::AnyAssociation {
            match __index {
                #(#exclusive,)*
                __other => #ecto::no_association(#name, __other),
            }
        }
    }
}

fn state(schema: &Schema, ecto: &TokenStream) -> Option<TokenStream> {
    let member = schema.members.iter().find(|member| matches!(member.kind, Kind::Meta))?;
    let field = &member.ident;
    Some(quote! {
        fn state(&self) -> ::core::option::Option<&#ecto::Meta> {
            ::core::option::Option::Some(&self.#field)
        }

        fn state_mut(&mut self) -> ::core::option::Option<&mut #ecto::Meta> {
            ::core::option::Option::Some(&mut self.#field)
        }
    })
}
