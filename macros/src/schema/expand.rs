//! The expansion of `#[derive(Schema)]`: the tables, the typed names, and the functions that know the struct's fields.
//!
//! Paths are absolute and names begin with `__`. What depends on a field's type stands at the span of that type, always
//! as the same trait's item, so that a type that does not fit is reported once, where it was written.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Expr, ExprLit, Lit};

use super::model::{Association, Field, Kind, Member, Schema, Storage};

mod association;
mod field;

/// All that is made of the struct. `ecto` is the path of the library.
pub(super) fn schema(schema: &Schema, ecto: &TokenStream) -> TokenStream {
    let (columns, names) = (columns(schema, ecto), names(schema, ecto));
    let (implementation, debug) = (implementation(schema, ecto), debug(schema, ecto));
    let document = schema.source.is_none().then(|| document(schema, ecto));
    let ident = &schema.ident;
    quote! {
        #columns
        const _: () = {
            #names
            #implementation
            #debug
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

/// The struct with a field for each column and association.
fn columns(schema: &Schema, ecto: &TokenStream) -> TokenStream {
    let Schema { ident, vis, .. } = schema;
    let name = columns_name(ident);
    let doc = format!("The columns and associations of [`{ident}`] in a query.");
    let members = schema.members.iter().filter_map(|member| {
        let Member { ident: field, vis, .. } = member;
        let ty = match &member.kind {
            Kind::Field(of) if of.is_stored() => field::column_type(member, of, ecto),
            Kind::Association(_) => {
                let ty = &member.ty;
                quote! { #ecto::AssocRef<#ident, #ty> }
            }
            _ => return None,
        };
        Some(quote! { #vis #field: #ty })
    });
    quote! {
        #[doc = #doc]
        #[derive(::core::clone::Clone, ::core::marker::Copy)]
        #[allow(missing_docs, dead_code, private_interfaces, clippy::all, clippy::pedantic)]
        #vis struct #name { #(#members,)* }
    }
}

fn columns_name(ident: &Ident) -> Ident {
    format_ident!("{}Columns", ident, span = ident.span().resolved_at(Span::call_site()))
}

/// The constants that name fields and associations.
fn names(schema: &Schema, ecto: &TokenStream) -> TokenStream {
    let ident = &schema.ident;
    let fields = schema.fields().enumerate().map(|(index, (member, _))| {
        let Member { ident: field, name, vis, ty, docs, .. } = member;
        let doc = docs_or(docs, &format!("Field `{name}`."));
        quote! { #doc #vis const #field: #ecto::Field<#ident, #ty> = #ecto::Field::new(#index, #name); }
    });
    let associations = schema.associations().enumerate().map(|(index, (member, _))| {
        let Member { ident: field, name, vis, ty, docs, .. } = member;
        let doc = docs_or(docs, &format!("Association `{name}`."));
        quote! { #doc #vis const #field: #ecto::Assoc<#ident, #ty> = #ecto::Assoc::new(#index, #name); }
    });
    quote! {
        #[automatically_derived]
        #[allow(non_upper_case_globals, dead_code, private_interfaces, clippy::all, clippy::pedantic)]
        impl #ident {
            #(#fields)*
            #(#associations)*
        }
    }
}

fn docs_or(docs: &[syn::Attribute], otherwise: &str) -> TokenStream {
    if docs.is_empty() {
        quote! { #[doc = #otherwise] }
    } else {
        quote! { #(#docs)* }
    }
}

fn implementation(schema: &Schema, ecto: &TokenStream) -> TokenStream {
    let ident = &schema.ident;
    let name = schema.name();
    let option = |text: &Option<syn::LitStr>| match text {
        Some(text) => quote! { ::core::option::Option::Some(#text) },
        None => quote! { ::core::option::Option::None },
    };
    let (source, prefix) = (option(&schema.source), option(&schema.prefix));
    let columns_type = columns_name(ident);

    let metas = schema.fields().enumerate().map(|(index, (member, of))| field::meta(schema, index, member, of, ecto));
    let keys = schema.fields().enumerate().filter(|(_, (_, field))| field.primary_key).map(|(index, _)| index);
    let associations = schema.associations().map(|(member, of)| association::meta(schema, member, of, ecto));

    let columns = schema.members.iter().filter_map(|member| column(ident, member, ecto));
    let blanks = schema.members.iter().map(|member| {
        let (field, value) = (&member.ident, blank(schema, member, ecto));
        quote! { #field: #value }
    });
    let get = schema.fields().enumerate().map(|(index, (member, of))| {
        let value = field::get(member, of, index, ecto);
        quote! { #index => #value }
    });
    let put = schema.fields().enumerate().map(|(index, (member, of))| {
        let (field, load) = (&member.ident, field::load_fn(member, of, ecto));
        quote! { #index => self.#field = #load(__value)? }
    });
    let load = schema.members.iter().map(|member| {
        let field = &member.ident;
        let value = match &member.kind {
            Kind::Field(of) if of.is_loaded() => field::load(schema, member, of, ecto),
            Kind::Meta => quote! { #ecto::loaded() },
            _ => blank(schema, member, ecto),
        };
        quote! { #field: #value }
    });
    let this = quote! { self };
    let shared = schema.associations().enumerate().map(|(index, (Member { ident, ty, .. }, _))| {
        let any = quote_spanned! {ty.span()=> <#ty as #ecto::Association>::as_any_association(&#this.#ident) };
        quote! { #index => #any }
    });
    let exclusive = schema.associations().enumerate().map(|(index, (Member { ident, ty, .. }, _))| {
        let any = quote_spanned! {ty.span()=> <#ty as #ecto::Association>::as_any_association_mut(&mut #this.#ident) };
        quote! { #index => #any }
    });
    let state = state(schema, ecto);
    quote! {
        #[automatically_derived]
        #[allow(clippy::all, clippy::pedantic)]
        impl #ecto::Schema for #ident {
            type Columns = #columns_type;
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

            fn columns(__binding: #ecto::BindingId) -> Self::Columns {
                #columns_type { #(#columns,)* }
            }

            fn blank() -> Self {
                Self { #(#blanks,)* }
            }

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

            fn load(__row: &mut #ecto::Loader<'_>) -> ::core::result::Result<Self, #ecto::RepoError> {
                ::core::result::Result::Ok(Self { #(#load,)* })
            }

            #state
        }
    }
}

/// `field: <column>` of the columns' struct.
fn column(owner: &Ident, member: &Member, ecto: &TokenStream) -> Option<TokenStream> {
    let field = &member.ident;
    match &member.kind {
        Kind::Field(of) if of.is_stored() => {
            let column = member.column(of);
            Some(quote! { #field: #ecto::Column::new(__binding, #column) })
        }
        Kind::Association(_) => Some(quote! { #field: #ecto::AssocRef::new(__binding, #owner::#field) }),
        _ => None,
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

/// A literal string stands for a `String`.
fn default_value(default: &Expr) -> TokenStream {
    match default {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            quote_spanned! {text.span()=> ::core::convert::Into::into(#text) }
        }
        other => quote! { #other },
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
