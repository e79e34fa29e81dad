//! `#[derive(LiveView)]` and `#[live_view]`: [`parse`], [`check`], [`expand`].

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, ItemImpl};

use crate::errors::Errors;

mod check;
mod expand;
mod model;
mod parse;
mod state;
#[cfg(test)]
mod tests;

/// The state: a struct or an enum.
pub(crate) fn derive(input: TokenStream) -> TokenStream {
    match syn::parse2::<DeriveInput>(input) {
        Ok(input) => state::expand(&input),
        Err(error) => error.into_compile_error(),
    }
}

/// The callbacks. After a mistake the block itself and a stub of the implementation are still there, so that the
/// compiler reports nothing that follows from it.
pub(crate) fn attribute(args: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let max_fps = parse::max_fps(args, &mut errors);
    let Some(item) = errors.ok(inherent_impl(item)) else {
        let errors = errors.into_tokens();
        return quote! { #errors #item };
    };
    let mut view = parse::live_view(item, &mut errors);
    view.max_fps = max_fps;
    check::live_view(&mut view, &mut errors);
    let (errors, view) = (errors.into_tokens(), expand::live_view(&view));
    quote! { #errors #view }
}

fn inherent_impl(item: &TokenStream) -> syn::Result<ItemImpl> {
    const PLACE: &str = "`#[live_view]` goes on the `impl` block with the view's callbacks";
    let block: ItemImpl =
        syn::parse2(item.clone()).map_err(|_| syn::Error::new_spanned(item.clone().into_iter().next(), PLACE))?;
    match &block.trait_ {
        Some((path, _)) => Err(syn::Error::new_spanned(path, format!("{PLACE}, not on that of a trait"))),
        None => Ok(block),
    }
}
