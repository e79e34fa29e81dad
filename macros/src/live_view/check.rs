//! What must hold between the functions of a view. What breaks a rule is reported and taken out of the model.
//!
//! Functions under `#[cfg]` may share a name or a type: only one of them need be there in the end.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ImplItem;

use super::model::{CallbackKind, Handler, LiveView};
use crate::errors::Errors;
use crate::method::retain_first;

pub(super) fn live_view(view: &mut LiveView, errors: &mut Errors) {
    required(view, errors);
    events_are_unique(view, errors);
    bindings_are_free(view, errors);
    types_are_unique(&mut view.infos, "messages", errors);
    types_are_unique(&mut view.calls, "questions", errors);
    tasks_are_unique(view, errors);
}

fn required(view: &LiveView, errors: &mut Errors) {
    for kind in [CallbackKind::Mount, CallbackKind::Render] {
        if !view.callbacks.iter().any(|callback| callback.kind == kind) {
            errors.at(&view.item.self_ty, format!("this view lacks `{}`", kind.usage()));
        }
    }
}

/// The second function of a name is taken out of the block too, or the compiler would report it once more.
fn events_are_unique(view: &mut LiveView, errors: &mut Errors) {
    let mut repeated = Vec::new();
    retain_first(
        &mut view.events,
        |event| event.name.value(),
        |event| &event.method,
        |event, _| {
            errors.at(&event.method.ident, format!("there are two events `{}`", event.name.value()));
            repeated.push(event.method.ident.clone());
        },
    );
    let mut met = false;
    view.item.items.retain(|item| match item {
        ImplItem::Fn(function) if repeated.contains(&function.sig.ident) => !std::mem::replace(&mut met, true),
        _ => true,
    });
}

fn bindings_are_free(view: &mut LiveView, errors: &mut Errors) {
    let functions: Vec<&Ident> = view.item.items.iter().filter_map(function_name).collect();
    view.events.retain(|event| {
        let binding = event.binding();
        let taken = functions.iter().find(|name| ***name == binding);
        if let Some(name) = taken {
            errors.at(
                name,
                format!(
                    "`{binding}` is the name of the binding made for the event `{}`: name one of the two differently",
                    event.name.value()
                ),
            );
        }
        taken.is_none()
    });
}

fn function_name(item: &ImplItem) -> Option<&Ident> {
    match item {
        ImplItem::Fn(function) => Some(&function.sig.ident),
        _ => None,
    }
}

/// Types are told apart by how they are written; two names of one type are for the compiler, which runs the first.
fn types_are_unique(handlers: &mut Vec<Handler>, what: &str, errors: &mut Errors) {
    let text = |handler: &Handler| handler.ty.to_token_stream().to_string();
    retain_first(
        handlers,
        text,
        |handler| &handler.method,
        |handler, first| {
            errors.at(&handler.ty, format!("{what} of this type go to `{first}` already"));
        },
    );
}

fn tasks_are_unique(view: &mut LiveView, errors: &mut Errors) {
    retain_first(
        &mut view.tasks,
        |task| task.name.value(),
        |task| &task.method,
        |task, first| {
            errors.at(&task.name, format!("the end of the task `{}` goes to `{first}` already", task.name.value()));
        },
    );
}
