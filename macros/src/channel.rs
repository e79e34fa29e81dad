//! `#[channel]`: [`parse`], [`check`], [`expand`].

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemImpl;

use crate::errors::Errors;

mod check;
mod expand;
mod model;
mod parse;
#[cfg(test)]
mod tests;

/// The callbacks. After a mistake the block itself and a stub of the implementation are still there, so that the compiler reports nothing that follows
/// from it.
pub(crate) fn attribute(args: &TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    if !args.is_empty() {
        errors.at(args, "`#[channel]` takes no arguments: the router says for which topics a channel is");
    }
    let Some(item) = errors.ok(inherent_impl(item)) else {
        let errors = errors.into_tokens();
        return quote! { #errors #item };
    };
    let mut channel = parse::channel(item, &mut errors);
    check::channel(&mut channel, &mut errors);
    let (errors, channel) = (errors.into_tokens(), expand::channel(&channel));
    quote! { #errors #channel }
}

fn inherent_impl(item: &TokenStream) -> syn::Result<ItemImpl> {
    const PLACE: &str = "`#[channel]` goes on the `impl` block with the channel's callbacks";
    let block: ItemImpl =
        syn::parse2(item.clone()).map_err(|_| syn::Error::new_spanned(item.clone().into_iter().next(), PLACE))?;
    match &block.trait_ {
        Some((path, _)) => Err(syn::Error::new_spanned(path, format!("{PLACE}, not on that of a trait"))),
        None => Ok(block),
    }
}
