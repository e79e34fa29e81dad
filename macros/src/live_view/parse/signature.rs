//! What all functions of a view have in common: who is `self`, what is the context, what is left.

use syn::{FnArg, ImplItemFn, PatType, PathSegment, Receiver, ReceiverKind, Safety, Signature, Type};

use crate::errors::Errors;
use crate::method::Method;

/// A function's parameters, told apart.
pub(super) struct Shape<'a> {
    pub(super) receiver: Option<&'a Receiver>,
    pub(super) cx: Option<&'a PatType>,
    pub(super) params: Vec<&'a PatType>,
}

impl<'a> Shape<'a> {
    pub(super) fn of(sig: &'a Signature) -> Self {
        let mut params = typed(sig).peekable();
        let cx = params.next_if(|param| is_context(&param.ty));
        Self { receiver: sig.receiver(), cx, params: params.collect() }
    }

    /// How to call a function of this shape.
    pub(super) fn method(&self, function: &ImplItemFn) -> Method {
        Method::of(function, self.cx)
    }

    /// Whether the function takes `&mut self`, or `&self` if that is enough for it.
    pub(super) fn takes_self(&self) -> bool {
        matches!(self.receiver, Some(Receiver { kind: ReceiverKind::Reference(..), .. }))
    }
}

fn typed(sig: &Signature) -> impl Iterator<Item = &PatType> {
    sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(param) => Some(param),
        FnArg::Receiver(_) => None,
    })
}

/// The context is what is borrowed mutably: nothing else is.
fn is_context(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => reference.mutability.is_some() || names_context(&reference.elem),
        _ => false,
    }
}

fn names_context(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == "Cx" || segment.ident == "Mount")
}

/// `Form<T>` of `bennu::Form<T>`.
pub(super) fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(ty) => ty.path.segments.last(),
        Type::Paren(ty) => last_segment(&ty.elem),
        Type::Group(ty) => last_segment(&ty.elem),
        _ => None,
    }
}

/// Checks what every handler must be, `what` being its attribute; false after a mistake.
pub(super) fn check_handler(what: &str, sig: &Signature, shape: &Shape<'_>, errors: &mut Errors) -> bool {
    let mut sound = true;
    let mut wrong = |tokens: &dyn quote::ToTokens, message: String| {
        sound = false;
        errors.at(tokens, message);
    };
    match shape.receiver {
        None => wrong(
            &sig.ident,
            format!("this `#[{what}]` function works on the view: its first parameter is `&mut self`"),
        ),
        Some(receiver) if !shape.takes_self() => {
            wrong(receiver, format!("this `#[{what}]` function borrows the view: its first parameter is `&mut self`"));
        }
        Some(_) => (),
    }
    if !sig.generics.params.is_empty() {
        wrong(&sig.generics, format!("this `#[{what}]` function cannot be generic: the runtime must know its types"));
    }
    if let Safety::Unsafe(token) = &sig.safety {
        wrong(token, format!("this `#[{what}]` function cannot be `unsafe`: what comes from outside calls it"));
    }
    for param in &shape.params {
        if names_context(&param.ty) {
            wrong(&param.ty, "the context is borrowed: `cx: &mut Cx`".to_owned());
        } else if is_context(&param.ty) {
            wrong(param, "the context comes first, directly after `self`".to_owned());
        } else if let Type::ImplTrait(ty) = &*param.ty {
            wrong(ty, format!("this `#[{what}]` function cannot be generic: the runtime must know its types"));
        }
    }
    sound
}
