//! Pipelines and plugs, as calls of the library's `Pipeline`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::variable;
use crate::router::model::{Pipeline, Plug};

/// `let browser = …;`
pub(super) fn pipeline(of: &Pipeline) -> TokenStream {
    let (variable, name) = (variable(&of.name), of.name.unraw().to_string());
    let calls = of.plugs.iter().map(call);
    quote! { let #variable = ::bennu::__private::Pipeline::new(#name) #(#calls)*; }
}

/// `.through(…)` for each.
pub(super) fn through(plugs: &[Plug]) -> TokenStream {
    let calls = plugs.iter().map(|plug| {
        let pipeline = if let Plug::Pipeline(name) = plug {
            let variable = variable(name);
            quote! { #variable.clone() }
        } else {
            let (name, call) = (shown(plug), call(plug));
            quote! { ::bennu::__private::Pipeline::new(#name) #call }
        };
        quote! { .through(#pipeline) }
    });
    calls.collect()
}

/// A step of a pipeline.
fn call(plug: &Plug) -> TokenStream {
    match plug {
        Plug::Named(name) => quote_spanned! {name.span()=> .plug(#name) },
        Plug::BuiltIn { name, args } => {
            let args = args.as_ref().map(|args| quote! { (#args) });
            quote_spanned! {name.span()=> .plug(::bennu::__private::plug::#name #args) }
        }
        Plug::Function(function) => quote_spanned! {function.span()=> .plug(#function) },
        Plug::Layer(layer) => quote_spanned! {layer.span()=> .layer(#layer) },
        Plug::Pipeline(name) => {
            let variable = variable(name);
            quote! { .through(&#variable) }
        }
    }
}

/// As it is called in the list of routes.
fn shown(plug: &Plug) -> String {
    let tokens = match plug {
        Plug::Named(name) | Plug::Pipeline(name) | Plug::BuiltIn { name, .. } => return name.to_string(),
        Plug::Layer(_) => return "layer".to_owned(),
        Plug::Function(syn::Expr::Call(call)) => call.func.to_token_stream(),
        Plug::Function(function) => function.to_token_stream(),
    };
    tokens.to_string().replace(' ', "")
}
