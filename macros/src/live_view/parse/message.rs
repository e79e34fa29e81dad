//! `#[info]`, `#[call]` and `#[handle_async]` functions.

use syn::ext::IdentExt;
use syn::{GenericArgument, ImplItemFn, LitStr, PatType, PathArguments, Type};

use super::super::model::{Handler, TaskEnd};
use super::marker::Marker;
use super::signature::{Shape, check_handler, last_segment};
use crate::errors::Errors;
use crate::method::HandlerAttribute as _;

/// A function that takes one message and is found by its type. None after a mistake.
pub(super) fn handler(marker: &Marker, function: &ImplItemFn, errors: &mut Errors) -> Option<Handler> {
    let shape = Shape::of(&function.sig);
    let param = one_param(marker, function, &shape, errors)?;
    let (ty, by_ref) = match &*param.ty {
        Type::Reference(reference) => (&*reference.elem, true),
        ty => (ty, false),
    };
    Some(Handler { method: shape.method(function), ty: ty.clone(), by_ref })
}

/// A function that takes the result of a task. None after a mistake.
pub(super) fn task_end(
    marker: &Marker,
    name: Option<&LitStr>,
    function: &ImplItemFn,
    errors: &mut Errors,
) -> Option<TaskEnd> {
    let shape = Shape::of(&function.sig);
    let param = one_param(marker, function, &shape, errors)?;
    let Some(ty) = value_of_result(&param.ty) else {
        errors.at(&param.ty, "a task's end is `AsyncResult<T>`, `T` being what the task's future gives");
        return None;
    };
    let ident = &function.sig.ident;
    let name = name.cloned().unwrap_or_else(|| LitStr::new(&ident.unraw().to_string(), ident.span()));
    Some(TaskEnd { method: shape.method(function), name, ty: ty.clone() })
}

fn one_param<'a>(
    marker: &Marker,
    function: &ImplItemFn,
    shape: &Shape<'a>,
    errors: &mut Errors,
) -> Option<&'a PatType> {
    let sig = &function.sig;
    let sound = check_handler(marker.name(), sig, shape, errors);
    match shape.params[..] {
        [param] => sound.then_some(param),
        [] => {
            errors.at(&sig.ident, format!("this `#[{}]` function takes {}", marker.name(), parameter(marker)));
            None
        }
        [_, second, ..] => {
            errors.at(
                second,
                format!("this `#[{}]` function takes {} and nothing more", marker.name(), parameter(marker)),
            );
            None
        }
    }
}

fn parameter(marker: &Marker) -> &'static str {
    match marker {
        Marker::Event => "arguments",
        Marker::Info => "one message, as in `telemetry: &Telemetry`",
        Marker::Call => "one question, as in `question: GetBattery`",
        Marker::HandleAsync(_) => "the result of its task, as in `result: AsyncResult<T>`",
    }
}

/// `T` of `AsyncResult<T>`.
fn value_of_result(ty: &Type) -> Option<&Type> {
    let segment = last_segment(ty).filter(|segment| segment.ident == "AsyncResult")?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    match arguments.args.iter().collect::<Vec<_>>()[..] {
        [GenericArgument::Type(ty)] => Some(ty),
        _ => None,
    }
}
