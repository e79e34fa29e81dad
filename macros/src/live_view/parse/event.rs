//! `#[event]` functions.

use proc_macro2::Ident;
use quote::quote;
use syn::ext::IdentExt;
use syn::{ImplItemFn, LitStr, Pat, PatType, Type, TypeReference};

use super::super::model::{Event, Param, Source};
use super::signature::{Shape, check_handler, last_segment};
use crate::errors::Errors;

/// Types of the library that are extractors whatever their pattern.
const EXTRACTORS: [&str; 6] = ["Params", "Fields", "Key", "Click", "Values", "Target"];

/// The event; not sound after a mistake, and then with those parameters that can be told.
pub(super) fn read(function: &ImplItemFn, errors: &mut Errors) -> Event {
    let sig = &function.sig;
    let shape = Shape::of(sig);
    let mut sound = check_handler("event", sig, &shape, errors);
    let mut params = Vec::new();
    for (index, given) in shape.params.iter().enumerate() {
        let (param, correct) = param(given, index, errors);
        params.push(param);
        sound &= correct;
    }
    Event {
        method: shape.method(function),
        vis: function.vis.clone(),
        name: LitStr::new(&sig.ident.unraw().to_string(), sig.ident.span()),
        params,
        generics: sig.generics.clone(),
        sound,
    }
}

fn param(given: &PatType, index: usize, errors: &mut Errors) -> (Param, bool) {
    let mut correct = true;
    if let Type::Reference(reference) = &*given.ty {
        correct = false;
        // A context in the wrong place has been reported as such.
        if reference.mutability.is_none() {
            errors.at(reference, borrowed(reference));
        }
    }
    let source = if is_extractor(given) {
        correct &= check_client(given, errors);
        Source::Client
    } else if let Some(name) = plain_name(&given.pat) {
        Source::Binding(name)
    } else {
        correct = false;
        errors.at(
            &given.pat,
            "an argument of an event needs a plain name, which its `on_` function shows; take it apart in the body",
        );
        Source::Binding(Ident::new(&format!("argument_{index}"), proc_macro2::Span::call_site()))
    };
    (Param { ty: (*given.ty).clone(), source }, correct)
}

/// `#[client]` says all that there is to say.
fn check_client(given: &PatType, errors: &mut Errors) -> bool {
    let mut correct = true;
    for attr in given.attrs.iter().filter(|attr| attr.path().is_ident("client")) {
        if let Err(error) = attr.meta.require_path_only() {
            correct = false;
            errors.add(syn::Error::new(error.span(), "`#[client]` takes no arguments"));
        }
    }
    correct
}

fn is_extractor(given: &PatType) -> bool {
    given.attrs.iter().any(|attr| attr.path().is_ident("client"))
        || matches!(&*given.pat, Pat::TupleStruct(_))
        || last_segment(&given.ty).is_some_and(|segment| EXTRACTORS.iter().any(|name| segment.ident == name))
}

fn plain_name(pattern: &Pat) -> Option<Ident> {
    match pattern {
        Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => Some(pattern.ident.clone()),
        _ => None,
    }
}

/// Names the type to write instead.
fn borrowed(reference: &TypeReference) -> String {
    let elem = &reference.elem;
    let owned = match &**elem {
        Type::Path(ty) if ty.path.is_ident("str") => "String".to_owned(),
        Type::Slice(slice) => {
            let elem = &slice.elem;
            format!("Vec<{}>", quote!(#elem))
        }
        other => quote!(#other).to_string(),
    };
    format!("what the browser sends is decoded for the handler, so there is nothing to borrow from: take `{owned}`")
}
