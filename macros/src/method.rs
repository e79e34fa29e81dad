//! Functions of a user's `impl` block that generated code calls: what `#[live_view]` and `#[channel]` have in common.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, ImplItemFn, PatType, ReturnType, parse_quote};

use crate::errors::Errors;

/// How a function of the block is called.
pub(crate) struct Method {
    pub(crate) ident: Ident,
    /// Its `#[cfg]`s: what is generated for it is there when it is.
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) is_async: bool,
    /// Where its context parameter is, if it has one.
    pub(crate) cx: Option<Span>,
    /// Where its return type is, or its name if it has none.
    pub(crate) output: Span,
}

impl Method {
    pub(crate) fn of(function: &ImplItemFn, cx: Option<&PatType>) -> Self {
        let sig = &function.sig;
        Self {
            ident: sig.ident.clone(),
            cfgs: function.attrs.iter().filter(|attr| attr.path().is_ident("cfg")).cloned().collect(),
            is_async: sig.asyncness.is_some(),
            cx: cx.map(|cx| cx.ty.span()),
            output: match &sig.output {
                ReturnType::Default => sig.ident.span(),
                ReturnType::Type(_, ty) => ty.span(),
            },
        }
    }

    /// A call of the user's function, awaited if it is `async`.
    pub(crate) fn call(&self, receiver: Option<&TokenStream>, args: impl Iterator<Item = TokenStream>) -> TokenStream {
        let Self { ident, is_async, cx, output, .. } = self;
        let cx = cx.map(|span| quote_spanned! {span=> __cx });
        // The whole call stands at the return type: that is what is wrong when what it gives is.
        let mut ident = ident.clone();
        ident.set_span(*output);
        let args = receiver.cloned().into_iter().chain(cx).chain(args);
        let waiting = is_async.then(|| quote! { .await });
        quote_spanned! {*output=> Self::#ident(#(#args),*) #waiting }
    }
}

/// An attribute that makes a function a handler.
pub(crate) trait HandlerAttribute: Sized {
    /// None if it is not one of the macro's.
    fn read(attr: &Attribute) -> Option<syn::Result<Self>>;

    /// The attribute's name.
    fn name(&self) -> &'static str;
}

/// Takes the macro's attributes off the function. Of two the first counts, and the second is a mistake.
pub(crate) fn take_marker<M: HandlerAttribute>(function: &mut ImplItemFn, errors: &mut Errors) -> Option<M> {
    let mut found: Option<M> = None;
    function.attrs.retain(|attr| {
        let Some(marker) = M::read(attr) else {
            return true;
        };
        match (errors.ok(marker), &found) {
            (Some(marker), None) => found = Some(marker),
            (Some(marker), Some(first)) => {
                let (first, second) = (first.name(), marker.name());
                errors.at(
                    attr,
                    format!("this function is under `#[{first}]` already, and cannot be under `#[{second}]` too"),
                );
            }
            (None, _) => (),
        }
        false
    });
    found
}

/// What a function takes and returns is our rule, so clippy shall not ask the user to change it.
pub(crate) fn allow_our_signature(function: &mut ImplItemFn) {
    function.attrs.push(parse_quote! {
        #[allow(
            clippy::needless_pass_by_value,
            clippy::trivially_copy_pass_by_ref,
            clippy::unnecessary_wraps,
            clippy::unused_async,
            clippy::unused_self
        )]
    });
}

/// Keeps the first handler of each key; the others are reported with the name of that first one's function. Functions under `#[cfg]` may share a
/// key.
pub(crate) fn retain_first<T>(
    items: &mut Vec<T>,
    key: impl Fn(&T) -> String,
    method: impl Fn(&T) -> &Method,
    mut report: impl FnMut(&T, &Ident),
) {
    let mut seen = HashMap::new();
    items.retain(|item| match seen.entry(key(item)) {
        Entry::Vacant(entry) => {
            entry.insert(method(item).ident.clone());
            true
        }
        Entry::Occupied(_) if !method(item).cfgs.is_empty() => true,
        Entry::Occupied(first) => {
            report(item, first.get());
            false
        }
    });
}
