//! `preload`: handles of associations, found through the columns of a binding, so that no type need be named.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;

use super::super::model::Preload;
use super::{Block, hidden};

impl Block<'_, '_> {
    pub(super) fn preloads(&mut self, keyword: &Ident, preloads: Vec<Preload>) -> Option<TokenStream> {
        let query = hidden("query");
        let preload = Ident::new("preload", keyword.span());
        let nodes: Option<Vec<_>> =
            preloads.into_iter().map(|node| self.preload(&hidden("first").into_token_stream(), node)).collect();
        let nodes = nodes?;
        Some(quote! { #(let #query = #query.#preload(#nodes);)* })
    }

    /// What loads one association of `owner`.
    fn preload(&mut self, owner: &TokenStream, preload: Preload) -> Option<TokenStream> {
        let Preload { association, from, mut nested } = preload;
        let root = self.output.root;
        let handle = quote_spanned! {association.span()=> #owner.#association };
        let from = match from {
            Some(from) => match self.preload_source(from)? {
                Preloaded::Nested(name) => {
                    nested.push(Preload { association: name, from: None, nested: Vec::new() });
                    TokenStream::new()
                }
                Preloaded::Joined(binding) => quote! { .joined(#binding) },
                Preloaded::Query(query) => quote! { .query(#query) },
            },
            None => TokenStream::new(),
        };
        let related = quote_spanned! {association.span()=> #root::query::related(#handle) };
        let nested: Option<Vec<_>> = nested.into_iter().map(|node| self.preload(&related, node)).collect();
        let nested = nested?;
        Some(quote_spanned! {association.span()=>
            #root::query::association(#handle) #from #(.with(#nested))*
        })
    }

    /// A bare name is a binding, or else an association of the association.
    fn preload_source(&mut self, from: Expr) -> Option<Preloaded> {
        if let Expr::Path(path) = &from
            && let Some(ident) = path.path.get_ident()
        {
            return Some(if self.scope.is_binding(ident) {
                Preloaded::Joined(ident.clone())
            } else {
                Preloaded::Nested(ident.clone())
            });
        }
        self.expression(from).map(|query| Preloaded::Query(query.into_token_stream()))
    }
}

/// Where the rows of a preloaded association come from.
enum Preloaded {
    Nested(Ident),
    Joined(Ident),
    Query(TokenStream),
}
