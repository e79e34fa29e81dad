//! What users say: the typed names, and the columns of a binding.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::super::model::{Kind, Member, Schema};
use super::field;

/// The struct with a field for each column and association.
pub(super) fn columns(schema: &Schema, ecto: &TokenStream) -> TokenStream {
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

pub(super) fn columns_name(ident: &Ident) -> Ident {
    format_ident!("{}Columns", ident, span = ident.span().resolved_at(Span::call_site()))
}

/// The constants that name fields and associations.
pub(super) fn names(schema: &Schema, ecto: &TokenStream) -> TokenStream {
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

/// `field: <column>` of the columns' struct.
pub(super) fn column(owner: &Ident, member: &Member, ecto: &TokenStream) -> Option<TokenStream> {
    let field = &member.ident;
    match &member.kind {
        Kind::Field(of) if of.is_stored() => {
            let column = member.column(of);
            let redact = of.redact.map(|_| quote! { .redact() });
            Some(quote! { #field: #ecto::Column::new(__binding, #column) #redact })
        }
        Kind::Association(_) => Some(quote! { #field: #ecto::AssocRef::new(__binding, #owner::#field) }),
        _ => None,
    }
}
