//! The folder of a `static` item: `"public" (only = ["images", "favicon.ico"])`.

use proc_macro2::TokenStream;
use syn::parse::{Parse as _, ParseStream};
use syn::{Expr, ExprLit, Lit, LitStr, parenthesized};

use crate::args::Args;
use crate::errors::Errors;
use crate::router::model::Files;

/// None, when the list of files is wrong, which was reported.
pub(super) fn files(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Option<Files>> {
    let folder = input
        .parse()
        .map_err(|error| syn::Error::new(error.span(), "here comes the folder as a string, as in `\"public\"`"))?;
    let mut options = Args::default();
    if input.peek(syn::token::Paren) {
        let content;
        parenthesized!(content in input);
        options.add(TokenStream::parse(&content)?, errors);
    }
    let only = options.expr("only", errors).map_or_else(|| Some(Vec::new()), |names| only(names, errors));
    let cache_control = options.text("cache_control", errors);
    options.finish("`static`", errors);
    Ok(only.map(|only| Files { folder, only, cache_control }))
}

fn only(names: Expr, errors: &mut Errors) -> Option<Vec<LitStr>> {
    let Expr::Array(names) = names else {
        errors.at(names, "`only` is a list in brackets: `only = [\"images\", \"favicon.ico\"]`");
        return None;
    };
    let count = names.elems.len();
    let mut only = Vec::new();
    for name in names.elems {
        match name {
            Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) if is_name(&name.value()) => only.push(name),
            other => {
                errors.at(other, "here come names of files and folders at the top of the folder, as in `\"images\"`");
            }
        }
    }
    (only.len() == count).then_some(only)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '\\']) && !matches!(name, "." | "..")
}
