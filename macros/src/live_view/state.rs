//! The expansion of `#[derive(LiveView)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput};

use crate::errors::Errors;

/// The implementation of `LiveViewState`, also after a mistake.
pub(super) fn expand(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    if let Data::Union(data) = &input.data {
        errors.at(data.union_token, "the state of a view is a struct or an enum");
    }
    if let Some(lifetime) = input.generics.lifetimes().next() {
        errors.at(
            lifetime,
            "a view outlives the request that makes it, so it cannot borrow: own the data, or share it in an `Arc`",
        );
    }
    let errors = errors.into_tokens();
    let (ident, name) = (&input.ident, input.ident.to_string());
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    quote! {
        #errors
        #[automatically_derived]
        impl #impl_generics ::bennu::__private::LiveViewState for #ident #type_generics #where_clause {
            const NAME: &'static ::core::primitive::str = #name;
        }
    }
}
