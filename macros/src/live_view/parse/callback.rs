//! The functions that a view has by name: `mount`, `render` and the like.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{ImplItemFn, ReceiverKind, ReturnType, Signature};

use super::super::model::{Callback, CallbackKind};
use super::signature::Shape;
use crate::errors::Errors;

impl CallbackKind {
    const ALL: [Self; 7] = [
        Self::Mount,
        Self::HandleParams,
        Self::Connected,
        Self::Disconnected,
        Self::Render,
        Self::HandOver,
        Self::Terminate,
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Mount => "mount",
            Self::HandleParams => "handle_params",
            Self::Connected => "connected",
            Self::Disconnected => "disconnected",
            Self::Render => "render",
            Self::HandOver => "hand_over",
            Self::Terminate => "terminate",
        }
    }

    /// How it is written when nothing is left out; every message shows it.
    pub(in super::super) fn usage(self) -> &'static str {
        match self {
            Self::Mount => "async fn mount(cx: &mut Mount) -> Result<Self>",
            Self::HandleParams => {
                "async fn handle_params(&mut self, cx: &mut Cx, params: &Params, uri: &Uri) -> Result<()>"
            }
            Self::Connected => "async fn connected(&mut self, cx: &mut Cx, connect: &Connect) -> Result<()>",
            Self::Disconnected => "async fn disconnected(&mut self, cx: &mut Cx) -> Result<()>",
            Self::Render => "fn render(&self) -> Element",
            Self::HandOver => "fn hand_over(&self) -> State",
            Self::Terminate => "fn terminate(&mut self, reason: &Terminate)",
        }
    }

    /// How many parameters it may have after the context.
    fn most_params(self) -> usize {
        match self {
            Self::Mount | Self::Disconnected | Self::Render | Self::HandOver => 0,
            Self::Connected | Self::Terminate => 1,
            Self::HandleParams => 2,
        }
    }
}

/// The callback; not sound after a mistake.
pub(super) fn read(kind: CallbackKind, function: &ImplItemFn, errors: &mut Errors) -> Callback {
    let shape = Shape::of(&function.sig);
    let mistakes = mistakes(kind, &function.sig, &shape);
    let sound = mistakes.is_empty();
    for (tokens, message) in mistakes {
        errors.at(tokens, format!("{message}: `{}`", kind.usage()));
    }
    let params = shape.params.iter().map(|param| param.ty.span()).collect();
    Callback { kind, method: shape.method(function), params, sound }
}

/// Where each mistake is, and what it is.
fn mistakes<'a>(kind: CallbackKind, sig: &'a Signature, shape: &Shape<'a>) -> Vec<(&'a dyn ToTokens, String)> {
    let name = kind.name();
    let mut found: Vec<(&dyn ToTokens, String)> = Vec::new();
    found.extend(receiver_mistake(kind, sig, shape));
    let is_plain = matches!(kind, CallbackKind::Render | CallbackKind::HandOver | CallbackKind::Terminate);
    if let (Some(token), true) = (&sig.asyncness, is_plain) {
        found.push((token, format!("`{name}` cannot wait, so it is not `async`")));
    }
    if !sig.generics.params.is_empty() {
        found.push((&sig.generics, format!("`{name}` cannot be generic")));
    }
    if let (Some(cx), true) = (shape.cx, is_plain) {
        found.push((cx, format!("`{name}` has no context")));
    }
    if let Some(param) = shape.params.get(kind.most_params()) {
        found.push((*param, format!("`{name}` is not given this")));
    }
    if let (ReturnType::Default, CallbackKind::Mount | CallbackKind::Render | CallbackKind::HandOver) =
        (&sig.output, kind)
    {
        found.push((&sig.ident, format!("`{name}` gives something back")));
    }
    found
}

fn receiver_mistake<'a>(
    kind: CallbackKind,
    sig: &'a Signature,
    shape: &Shape<'a>,
) -> Option<(&'a dyn ToTokens, String)> {
    let name = kind.name();
    let Some(receiver) = shape.receiver else {
        return (kind != CallbackKind::Mount)
            .then(|| (&sig.ident as &dyn ToTokens, format!("`{name}` works on the view")));
    };
    let exclusive = matches!(receiver.kind, ReceiverKind::Reference(_, _, Some(_)));
    let message = match kind {
        CallbackKind::Mount => "`mount` makes the view, so there is no `self` yet".to_owned(),
        _ if !shape.takes_self() => format!("`{name}` borrows the view"),
        CallbackKind::HandOver if exclusive => "`hand_over` shows the state and changes nothing".to_owned(),
        CallbackKind::Render if exclusive => "`render` shows the state and changes nothing".to_owned(),
        _ => return None,
    };
    Some((receiver, message))
}
