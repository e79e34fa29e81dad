//! The `on_` function of each event: it takes the arguments and gives the `Push` to bind.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Type};

use super::super::model::{Event, LiveView, Param, Source};

/// A block of their own, since they are not the user's.
pub(super) fn impl_block(view: &LiveView, cfgs: &[&Attribute]) -> TokenStream {
    if view.events.is_empty() {
        return TokenStream::new();
    }
    let ty = &view.item.self_ty;
    let (impl_generics, _, where_clause) = view.item.generics.split_for_impl();
    let functions = view.events.iter().map(function);
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        // Not every event is bound by its function, and arguments are given away because that reads better in markup.
        #[allow(dead_code, clippy::all, clippy::pedantic)]
        impl #impl_generics #ty #where_clause {
            #(#functions)*
        }
    }
}

fn function(event: &Event) -> TokenStream {
    let Event { method, vis, name, params, generics, sound } = event;
    let (cfgs, ident) = (&method.cfgs, event.binding());
    let arguments: Vec<_> = params.iter().filter_map(argument).collect();
    let inputs = arguments.iter().map(|(ident, ty)| quote! { #ident: #ty });
    let doc = format!(" The binding of the event `{}`: the value of a `phx_*` attribute.", name.value());
    let body = if *sound {
        push(event, &arguments)
    } else {
        quote! { ::core::unimplemented!() }
    };
    let (generics, _, where_clause) = generics.split_for_impl();
    quote! {
        #(#cfgs)*
        #[doc = #doc]
        #vis fn #ident #generics (#(#inputs),*) -> ::bennu::__private::Push #where_clause {
            #body
        }
    }
}

fn argument(param: &Param) -> Option<(&Ident, &Type)> {
    match &param.source {
        Source::Binding(ident) => Some((ident, &param.ty)),
        Source::Client => None,
    }
}

fn push(event: &Event, arguments: &[(&Ident, &Type)]) -> TokenStream {
    let name = &event.name;
    let args = arguments.iter().map(|(ident, ty)| quote_spanned! {ty.span()=> .arg(#ident) });
    let wishes = event.params.iter().filter(|param| matches!(param.source, Source::Client)).map(|param| {
        let ty = &param.ty;
        quote_spanned! {ty.span()=> <#ty as ::bennu::__private::FromEvent>::META }
    });
    let wishes: Vec<_> = wishes.collect();
    let meta = (!wishes.is_empty()).then(|| quote! { .meta(#(#wishes)||*) });
    quote! { ::bennu::__private::Push::new(#name) #(#args)* #meta }
}
