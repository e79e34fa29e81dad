//! The expansion of `router!`: a type, and its definition as one chain of calls of the library's `Router`.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::model::{Item, Routes};

/// The type and its definition.
pub(super) fn routes(routes: &Routes) -> TokenStream {
    let Routes { attrs, vis, ident, items } = routes;
    let calls = items.iter().map(call);
    let is_documented = attrs.iter().any(|attr| attr.path().is_ident("doc"));
    let doc = (!is_documented).then(|| quote! { #[doc = "The routes of this application."] });
    quote! {
        #doc
        #(#attrs)*
        #[allow(unreachable_pub)]
        #vis struct #ident;

        #[automatically_derived]
        impl ::bennu::__private::RouterDefinition for #ident {
            fn define(self) -> ::bennu::__private::Router {
                ::bennu::__private::Router::new() #(#calls)*
            }
        }
    }
}

/// At the span of what is routed to, where the compiler shows that it is not of the right type.
fn call(item: &Item) -> TokenStream {
    match item {
        Item::Layout(layout) => quote_spanned! {layout.span()=> .layout(#layout) },
        Item::Live { path, view, action } => {
            let path = &path.literal;
            let action = if let Some(action) = action {
                let name = action.unraw().to_string();
                quote! { ::core::option::Option::Some(#name) }
            } else {
                quote! { ::core::option::Option::None }
            };
            quote_spanned! {view.span()=> .live::<#view>(#path, #action) }
        }
        Item::Verb { verb, path, handler } => {
            let (path, method) = (&path.literal, Ident::new(verb.name(), handler.span()));
            quote_spanned! {handler.span()=> .#method(#path, #handler) }
        }
        Item::Asset { path, media_type, bytes } => {
            let path = &path.literal;
            quote_spanned! {bytes.span()=> .asset(#path, #media_type, #bytes) }
        }
        Item::Static { path, folder } => {
            let path = &path.literal;
            quote_spanned! {folder.span()=> .static_dir(#path, #folder) }
        }
        Item::Forward { path, router } => {
            let path = &path.literal;
            quote_spanned! {router.span()=> .forward(#path, #router) }
        }
        Item::Dioxus { path, app } => {
            let path = &path.literal;
            quote_spanned! {app.span()=> .dioxus_app(#path, #app) }
        }
    }
}
