//! Reads `path!(in admin::Routes, under "/{locale}", "/robots/{robot}", status = "open", page, ..params)`.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, LitStr, Path, Token};

use super::model::{Template, VerifiedPath};
use crate::errors::Errors;

/// None, when there is no path in it.
pub(super) fn path(input: TokenStream, errors: &mut Errors) -> Option<VerifiedPath> {
    let parser = |input: ParseStream<'_>| {
        let read = read(input, errors);
        input.parse::<TokenStream>()?;
        read
    };
    let read = parser.parse2(input);
    errors.ok(read)?
}

fn read(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Option<VerifiedPath>> {
    let router = match input.parse::<Option<Token![in]>>()? {
        Some(_) => {
            let router = input.call(Path::parse_mod_style).map_err(|error| {
                syn::Error::new(error.span(), "here comes the router's type, as in `path!(in admin::Routes, \"/\")`")
            })?;
            comma(input)?;
            Some(router)
        }
        None => None,
    };
    let under = if input.peek(Ident::peek_any) && input.peek2(LitStr) {
        let word = input.call(Ident::parse_any)?;
        if word != "under" {
            return Err(syn::Error::new(
                word.span(),
                "before the path stands `in router::Type,` or `under \"/{prefix}\",`",
            ));
        }
        let under = input.parse()?;
        comma(input)?;
        errors.ok(prefix(under))
    } else {
        None
    };
    let literal: LitStr = input.parse().map_err(|error| {
        syn::Error::new(error.span(), "here comes the path as a string, as in `path!(\"/robots/{robot}\")`")
    })?;
    let template = errors.ok(Template::new(literal));
    let (mut query, mut others) = (Vec::new(), None);
    while !input.is_empty() {
        comma(input)?;
        if input.is_empty() {
            break;
        }
        if others.is_some() {
            return Err(input.error("`..` gives the parameters that are left, so it comes last"));
        }
        if input.parse::<Option<Token![..]>>()?.is_some() {
            others = Some(input.parse()?);
        } else {
            let (key, value) = argument(input)?;
            if query.iter().any(|(before, _): &(LitStr, Expr)| before.value() == key.value()) {
                errors.at(
                    &key,
                    format!("`{}` is given twice; a list is one argument: `{} = [a, b]`", key.value(), key.value()),
                );
            }
            query.push((key, value));
        }
    }
    Ok(template.map(|template| VerifiedPath { router, under, template, query, others }))
}

fn comma(input: ParseStream<'_>) -> syn::Result<()> {
    match input.parse::<Option<Token![,]>>()? {
        Some(_) => Ok(()),
        None => Err(input.error("here comes `,`")),
    }
}

fn prefix(literal: LitStr) -> syn::Result<Template> {
    let prefix = Template::new(literal)?;
    let message = if prefix.segments.is_empty() {
        "below `/` is everything: leave it out"
    } else if !prefix.fragment.is_empty() {
        "`#…` ends a path, so it stands in the other string"
    } else {
        return Ok(prefix);
    };
    Err(syn::Error::new(prefix.literal.span(), message))
}

const ARGUMENT: &str = "here comes a query parameter, as in `status = \"open\"`, or `..params`";

/// `status = "open"`, `"filter[status]" = "open"`, or `page` for `page = page`.
fn argument(input: ParseStream<'_>) -> syn::Result<(LitStr, Expr)> {
    if input.peek(LitStr) {
        let key = input.parse()?;
        input.parse::<Token![=]>()?;
        return Ok((key, input.parse()?));
    }
    let name = input.call(Ident::parse_any).map_err(|error| syn::Error::new(error.span(), ARGUMENT))?;
    let key = LitStr::new(&name.unraw().to_string(), name.span());
    if input.parse::<Option<Token![=]>>()?.is_some() {
        return Ok((key, input.parse()?));
    }
    if !input.is_empty() && !input.peek(Token![,]) {
        return Err(syn::Error::new(name.span(), ARGUMENT));
    }
    Ok((key, syn::parse_quote! { #name }))
}
