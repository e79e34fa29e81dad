//! Reads the arguments of `#[live_view(…)]`.

use proc_macro2::TokenStream;
use syn::meta::ParseNestedMeta;
use syn::parse::Parser as _;
use syn::{LitInt, meta};

use crate::errors::Errors;

/// The frames a second that the view wants at most, if it says so.
pub(in crate::live_view) fn max_fps(args: TokenStream, errors: &mut Errors) -> Option<LitInt> {
    let mut max_fps = None;
    let parser = meta::parser(|argument| {
        if !argument.path.is_ident("max_fps") {
            return Err(argument.error("unknown argument: `#[live_view]` knows `max_fps = 30`"));
        }
        max_fps = Some(frames(&argument)?);
        Ok(())
    });
    errors.ok(parser.parse2(args));
    max_fps
}

fn frames(argument: &ParseNestedMeta<'_>) -> syn::Result<LitInt> {
    const EXPECTED: &str = "`max_fps` is a number of frames a second from 1 to 1000";
    let number: LitInt = argument.value()?.parse().map_err(|error| syn::Error::new(error.span(), EXPECTED))?;
    match number.base10_parse::<u32>() {
        Ok(1..=1000) => Ok(number),
        _ => Err(syn::Error::new(number.span(), EXPECTED)),
    }
}
