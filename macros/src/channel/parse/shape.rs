//! What all functions of a channel have in common: who is `self`, what is the context, what is left.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{FnArg, ImplItemFn, PatType, Receiver, ReceiverKind, Safety, Signature, Type};

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
        let params = sig.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(param) => Some(param),
            FnArg::Receiver(_) => None,
        });
        let mut params = params.peekable();
        let cx = params.next_if(|param| is_context(&param.ty));
        Self { receiver: sig.receiver(), cx, params: params.collect() }
    }

    /// How to call a function of this shape.
    pub(super) fn method(&self, function: &ImplItemFn) -> Method {
        Method::of(function, self.cx)
    }

    /// Where a parameter's type is.
    pub(super) fn param_span(&self, index: usize) -> Option<Span> {
        self.params.get(index).map(|param| param.ty.span())
    }

    /// The payload's type, if the function takes one. None, when what it takes is none, which was reported.
    #[allow(clippy::option_option)]
    pub(super) fn payload(&self, what: &str, errors: &mut Errors) -> Option<Option<&'a Type>> {
        // A context in the wrong place has been reported as such.
        if let Some(more) = self.params.get(1).filter(|more| !is_context(&more.ty)) {
            errors.at(more, format!("`{what}` takes one payload and nothing more"));
            return None;
        }
        let Some(param) = self.params.first() else { return Some(None) };
        match &*param.ty {
            Type::Reference(reference) if reference.mutability.is_none() => {
                let message = "what a client sends is decoded for the handler, so there is nothing to borrow from: \
                               take the type itself, or a `Payload`";
                errors.at(reference, message);
                None
            }
            ty => Some(Some(ty)),
        }
    }

    /// `&mut self`, or `&self` if that is enough.
    pub(super) fn check_receiver(&self, what: &str, sig: &Signature, errors: &mut Errors) -> bool {
        match self.receiver {
            None => {
                errors.at(&sig.ident, format!("`{what}` works on the channel: its first parameter is `&mut self`"));
                false
            }
            Some(receiver @ Receiver { kind, .. }) if !matches!(kind, ReceiverKind::Reference(..)) => {
                errors.at(receiver, format!("`{what}` borrows the channel: its first parameter is `&mut self`"));
                false
            }
            Some(_) => true,
        }
    }

    /// What holds for every function that has a context and may wait.
    pub(super) fn check_common(&self, what: &str, sig: &Signature, errors: &mut Errors) -> bool {
        let mut sound = true;
        if !sig.generics.params.is_empty() {
            sound = false;
            errors.at(&sig.generics, format!("`{what}` cannot be generic: the runtime must know its types"));
        }
        if let Safety::Unsafe(token) = &sig.safety {
            sound = false;
            errors.at(token, format!("`{what}` cannot be `unsafe`: what comes from outside calls it"));
        }
        for param in &self.params {
            if is_context(&param.ty) {
                sound = false;
                errors.at(param, "the context comes first, directly after `self`");
            } else if let Type::ImplTrait(ty) = &*param.ty {
                sound = false;
                errors.at(ty, format!("`{what}` cannot be generic: the runtime must know its types"));
            }
        }
        sound
    }
}

/// The context is what is borrowed mutably: nothing else is.
fn is_context(ty: &Type) -> bool {
    matches!(ty, Type::Reference(reference) if reference.mutability.is_some())
}
