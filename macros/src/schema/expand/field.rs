//! One field: its table entry, and how it is read and written.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::super::model::{Autogenerate, Field, Member, Schema, Storage, Writable};
use super::documents;

/// The column in queries.
pub(super) fn column_type(member: &Member, field: &Field, ecto: &TokenStream) -> TokenStream {
    let ty = codec(member, field, ecto);
    quote! { #ecto::Column<#ty> }
}

/// The type whose `Type` reads and writes the field.
fn codec(member: &Member, field: &Field, ecto: &TokenStream) -> TokenStream {
    let ty = &member.ty;
    if let Some(document) = documents(member, field) {
        return quote_spanned! {ty.span()=> #ecto::Documents<#document> };
    }
    quote! { #ty }
}

/// An entry of `FIELDS`.
pub(super) fn meta(schema: &Schema, index: usize, member: &Member, field: &Field, ecto: &TokenStream) -> TokenStream {
    let (ident, name) = (&schema.ident, &member.name);
    let (ty, span) = (codec(member, field, ecto), member.ty.span());
    let of = quote_spanned! {span=>
        (
            <#ty as #ecto::Type>::NAME,
            <#ty as #ecto::Type>::DB,
            <#ty as #ecto::Type>::NULLABLE,
            <#ty as #ecto::Type>::VALUES
        )
    };
    let cut = field.is_cut().then(|| quote! { .map(#ecto::cut) });
    let cast = quote_spanned! {span=>
        |__input| #ecto::cast(<#ty as #ecto::Type>::cast(__input), <#ty as #ecto::Type>::dump) #cut
    };
    let options = options(member, field, ecto);
    quote! {
        #ecto::FieldMeta::new(#name, #of, #cast, #ecto::default_of::<#ident, #index>) #options
    }
}

fn options(member: &Member, field: &Field, ecto: &TokenStream) -> TokenStream {
    let (ty, span) = (&member.ty, member.ty.span());
    let flags = [
        (field.primary_key, quote! { .primary_key() }),
        (field.redact.is_some(), quote! { .redact() }),
        (field.read_after_writes, quote! { .read_after_writes() }),
        (!field.load_in_query, quote! { .not_loaded_in_query() }),
        (field.is_cut(), quote! { .seconds() }),
        (field.default.is_some(), quote! { .names_default() }),
    ];
    let flags = flags.into_iter().filter_map(|(set, flag)| set.then_some(flag));
    let source = field.source.iter().map(|source| quote! { .column(#source) });
    let policy = |policy: &str| {
        let policy = format_ident!("{policy}");
        quote! { #ecto::OnReplace::#policy }
    };
    let storage = match field.storage {
        Storage::Column => None,
        Storage::Virtual => Some(quote! { .not_stored() }),
        Storage::EmbedsOne(on_replace) => {
            let policy = policy(on_replace);
            Some(quote_spanned! {span=> .embeds_one::<#ty>(#policy) })
        }
        Storage::EmbedsMany(on_replace) => {
            let (policy, document) = (policy(on_replace), documents(member, field));
            document.map(|document| quote_spanned! {span=> .embeds_many::<#document>(#policy) })
        }
    };
    let violation = |violation: &str| {
        let violation = format_ident!("{violation}");
        quote! { #ecto::OnWritableViolation::#violation }
    };
    let writable = match field.writable {
        Writable::Always => None,
        Writable::Insert(of) => Some(violation(of)).map(|violation| quote! { .writable_on_insert(#violation) }),
        Writable::Never(of) => Some(violation(of)).map(|violation| quote! { .never_writable(#violation) }),
    };
    let autogenerate = match field.autogenerate {
        Autogenerate::Unsaid | Autogenerate::Off => None,
        Autogenerate::Key => Some(quote_spanned! {span=> #ecto::autogenerate_key::<#ty>() }),
        Autogenerate::Type => Some(quote_spanned! {span=> #ecto::autogenerate::<#ty>() }),
        Autogenerate::UuidV4 => Some(quote_spanned! {span=> #ecto::autogenerate_v4::<#ty>() }),
        Autogenerate::InsertedAt => {
            Some(quote_spanned! {span=> #ecto::Autogenerate::OnInsert(#ecto::timestamp::<#ty>) })
        }
        Autogenerate::UpdatedAt => Some(quote_spanned! {span=> #ecto::Autogenerate::OnWrite(#ecto::timestamp::<#ty>) }),
    };
    let autogenerate = autogenerate.map(|autogenerate| quote! { .autogenerate(#autogenerate) });
    quote! { #(#source)* #storage #(#flags)* #writable #autogenerate }
}

/// The value of the field in `self`.
pub(super) fn get(member: &Member, field: &Field, index: usize, ecto: &TokenStream) -> TokenStream {
    let (ident, ty) = (&member.ident, &member.ty);
    let value = if documents(member, field).is_some() {
        quote_spanned! {ty.span()=> #ecto::dump_documents(&self.#ident) }
    } else {
        quote_spanned! {ty.span()=> <#ty as #ecto::Type>::dump(&self.#ident) }
    };
    let redact = field.redact.map(|_| quote! { .map_err(#ecto::DumpError::redacted) });
    if field.is_cut() {
        quote! { <Self as #ecto::Schema>::FIELDS[#index].storable(#value #redact?) }
    } else {
        quote! { #value #redact }
    }
}

/// The function that makes the field of a value.
pub(super) fn load_fn(member: &Member, field: &Field, ecto: &TokenStream) -> TokenStream {
    let ty = &member.ty;
    if let Some(document) = documents(member, field) {
        return quote_spanned! {ty.span()=> #ecto::load_documents::<#document> };
    }
    quote_spanned! {ty.span()=> <#ty as #ecto::Type>::load }
}

/// The field from the row's next column.
pub(super) fn load(schema: &Schema, member: &Member, field: &Field, ecto: &TokenStream) -> TokenStream {
    let (owner, name) = (schema.name(), &member.name);
    let (ty, load) = (codec(member, field, ecto), load_fn(member, field, ecto));
    let db = quote_spanned! {member.ty.span()=> <#ty as #ecto::Type>::DB };
    let read = if field.redact.is_some() {
        quote! { redacted_field }
    } else {
        quote! { field }
    };
    quote! { #ecto::#read(__row, #owner, #name, #db, #load)? }
}
