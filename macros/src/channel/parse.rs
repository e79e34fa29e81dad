//! Reads the functions of a `#[channel]` block, and takes our attributes off them.

use syn::ext::IdentExt;
use syn::{ImplItem, ImplItemFn, ItemImpl, LitStr, Type};

use self::marker::Marker;
use self::shape::Shape;
use super::model::{Channel, In, Info, Join, Out, Terminate};
use crate::errors::Errors;
use crate::method::{HandlerAttribute as _, allow_our_signature, take_marker};

mod marker;
mod shape;

const JOIN: &str = "async fn join(cx: &mut ChannelJoin<'_, S>, payload: T) -> Result<Self, Refused>";
const TERMINATE: &str = "fn terminate(&mut self, reason: &ChannelExit)";

/// What the block says; functions that say it wrongly are reported and left out.
pub(super) fn channel(mut item: ItemImpl, errors: &mut Errors) -> Channel {
    let socket = take_socket(&mut item, errors);
    let mut functions = Vec::new();
    for member in &mut item.items {
        if let ImplItem::Fn(function) = member {
            let marker = take_marker::<Marker>(function, errors);
            let read = function.clone();
            let name = function.sig.ident.unraw().to_string();
            if marker.is_some() || name == "join" || name == "terminate" {
                allow_our_signature(function);
            }
            functions.push((marker, read));
        }
    }
    let (ins, outs, infos) = (Vec::new(), Vec::new(), Vec::new());
    let mut channel = Channel { item, socket, join: None, ins, outs, infos, terminate: None, has_join: false };
    for (marker, function) in &functions {
        read(&mut channel, marker.as_ref(), function, errors);
    }
    channel
}

/// `type Socket = DeviceSocket;`, which an ordinary `impl` block cannot have.
fn take_socket(item: &mut ItemImpl, errors: &mut Errors) -> Option<Type> {
    let mut socket = None;
    item.items.retain(|member| match member {
        ImplItem::Type(ty) if ty.ident == "Socket" => {
            if socket.is_some() {
                errors.at(ty, "a channel has one `type Socket`");
            }
            socket.get_or_insert_with(|| ty.ty.clone());
            false
        }
        ImplItem::Type(ty) => {
            errors.at(&ty.ident, "a channel's block has one type: `type Socket = DeviceSocket;`");
            false
        }
        _ => true,
    });
    socket
}

fn read(channel: &mut Channel, marker: Option<&Marker>, function: &ImplItemFn, errors: &mut Errors) {
    let name = function.sig.ident.unraw().to_string();
    match (marker, &*name) {
        (None, "join") => {
            channel.has_join = true;
            channel.join = join(function, errors);
        }
        (None, "terminate") => channel.terminate = terminate(function, errors),
        (None, _) => (),
        (Some(marker), "join" | "terminate") => {
            let marker = marker.name();
            errors.at(
                &function.sig.ident,
                format!("`{name}` is a callback of every channel and cannot be under `#[{marker}]`"),
            );
        }
        (Some(Marker::In(event)), _) => channel.ins.extend(handle_in(event.as_ref(), function, errors)),
        (Some(Marker::Out(event)), _) => channel.outs.extend(handle_out(event.as_ref(), function, errors)),
        (Some(Marker::Info), _) => channel.infos.extend(handle_info(function, errors)),
    }
}

fn join(function: &ImplItemFn, errors: &mut Errors) -> Option<Join> {
    let shape = Shape::of(&function.sig);
    let mut sound = true;
    if let Some(receiver) = shape.receiver {
        sound = false;
        errors.at(receiver, format!("`join` makes the channel, so there is no `self` yet: `{JOIN}`"));
    }
    if let syn::ReturnType::Default = function.sig.output {
        sound = false;
        errors.at(&function.sig.ident, format!("`join` gives the channel back, or refuses: `{JOIN}`"));
    }
    sound &= shape.check_common("join", &function.sig, errors);
    let payload = shape.payload("join", errors)?;
    sound.then(|| Join { method: shape.method(function), payload: payload.cloned() })
}

fn terminate(function: &ImplItemFn, errors: &mut Errors) -> Option<Terminate> {
    let shape = Shape::of(&function.sig);
    let mut sound = shape.check_receiver("terminate", &function.sig, errors);
    if let Some(token) = &function.sig.asyncness {
        sound = false;
        errors.at(token, format!("`terminate` cannot wait, so it is not `async`: `{TERMINATE}`"));
    }
    if let Some(cx) = shape.cx {
        sound = false;
        errors.at(cx, format!("`terminate` has no context: `{TERMINATE}`"));
    }
    if let Some(more) = shape.params.get(1) {
        sound = false;
        errors.at(more, format!("`terminate` is not given this: `{TERMINATE}`"));
    }
    sound.then(|| Terminate { method: shape.method(function), reason: shape.param_span(0) })
}

fn handle_in(event: Option<&LitStr>, function: &ImplItemFn, errors: &mut Errors) -> Option<In> {
    let shape = Shape::of(&function.sig);
    let mut sound = shape.check_receiver("handle_in", &function.sig, errors);
    sound &= shape.check_common("handle_in", &function.sig, errors);
    let payload = shape.payload("handle_in", errors)?;
    let event = event_of(event, function);
    sound.then(|| In { method: shape.method(function), event, payload: payload.cloned() })
}

fn handle_out(event: Option<&LitStr>, function: &ImplItemFn, errors: &mut Errors) -> Option<Out> {
    let shape = Shape::of(&function.sig);
    let mut sound = shape.check_receiver("handle_out", &function.sig, errors);
    sound &= shape.check_common("handle_out", &function.sig, errors);
    if let Some(more) = shape.params.get(1) {
        sound = false;
        errors.at(more, "this `#[handle_out]` function takes one broadcast and nothing more: `broadcast: &Broadcast`");
    }
    let event = event_of(event, function);
    sound.then(|| Out { method: shape.method(function), event, broadcast: shape.param_span(0) })
}

fn handle_info(function: &ImplItemFn, errors: &mut Errors) -> Option<Info> {
    let shape = Shape::of(&function.sig);
    let mut sound = shape.check_receiver("handle_info", &function.sig, errors);
    sound &= shape.check_common("handle_info", &function.sig, errors);
    let param = match shape.params[..] {
        [param] => param,
        [] => {
            let message = "this `#[handle_info]` function takes one message, as in `telemetry: &Telemetry`";
            errors.at(&function.sig.ident, message);
            return None;
        }
        [_, second, ..] => {
            errors.at(second, "this `#[handle_info]` function takes one message and nothing more");
            return None;
        }
    };
    let (ty, by_ref) = match &*param.ty {
        Type::Reference(reference) => (&*reference.elem, true),
        ty => (ty, false),
    };
    sound.then(|| Info { method: shape.method(function), ty: ty.clone(), by_ref })
}

/// The name in the attribute, or that of the function.
fn event_of(event: Option<&LitStr>, function: &ImplItemFn) -> LitStr {
    let ident = &function.sig.ident;
    event.cloned().unwrap_or_else(|| LitStr::new(&ident.unraw().to_string(), ident.span()))
}
