//! Reads the functions of a `#[live_view]` block, and takes our attributes off them.

use syn::ext::IdentExt;
use syn::{FnArg, ImplItem, ImplItemFn, ItemImpl};

pub(super) use self::arguments::max_fps;
use self::marker::Marker;
use super::model::{CallbackKind, LiveView};
use crate::errors::Errors;
use crate::method::{HandlerAttribute as _, allow_our_signature, take_marker};

mod arguments;
mod callback;
mod event;
mod marker;
mod message;
mod signature;

/// What the block says; functions that say it wrongly are reported and, where that helps, kept as not sound.
pub(super) fn live_view(mut item: ItemImpl, errors: &mut Errors) -> LiveView {
    let mut functions = Vec::new();
    for member in &mut item.items {
        if let ImplItem::Fn(function) = member {
            let marker = take_marker::<Marker>(function, errors);
            let read = function.clone();
            strip_client(function);
            if marker.is_some() || CallbackKind::named(&function.sig.ident.unraw().to_string()).is_some() {
                allow_our_signature(function);
            }
            functions.push((marker, read));
        }
    }
    let mut view = LiveView {
        item,
        max_fps: None,
        callbacks: Vec::new(),
        events: Vec::new(),
        infos: Vec::new(),
        calls: Vec::new(),
        tasks: Vec::new(),
    };
    for (marker, function) in &functions {
        read(&mut view, marker.as_ref(), function, errors);
    }
    view
}

fn read(view: &mut LiveView, marker: Option<&Marker>, function: &ImplItemFn, errors: &mut Errors) {
    let kind = CallbackKind::named(&function.sig.ident.unraw().to_string());
    match (marker, kind) {
        (None, Some(kind)) => view.callbacks.push(callback::read(kind, function, errors)),
        (None, None) => (),
        (Some(marker), Some(kind)) => {
            let name = kind.name();
            errors.at(
                &function.sig.ident,
                format!("`{name}` is a callback of every view and cannot be under `#[{}]`", marker.name()),
            );
        }
        (Some(Marker::Event), None) => view.events.push(event::read(function, errors)),
        (Some(marker @ Marker::Info), None) => view.infos.extend(message::handler(marker, function, errors)),
        (Some(marker @ Marker::Call), None) => view.calls.extend(message::handler(marker, function, errors)),
        (Some(marker @ Marker::HandleAsync(name)), None) => {
            view.tasks.extend(message::task_end(marker, name.as_ref(), function, errors));
        }
    }
}

/// `#[client]` is ours, and not known to the compiler.
fn strip_client(function: &mut ImplItemFn) {
    for input in &mut function.sig.inputs {
        if let FnArg::Typed(param) = input {
            param.attrs.retain(|attr| !attr.path().is_ident("client"));
        }
    }
}
