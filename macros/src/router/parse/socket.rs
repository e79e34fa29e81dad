//! `socket "/devices" (longpoll = true) => DeviceSocket { channel "robot:*" => RobotChannel; }`, and `channel` without a block around it.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse as _, ParseStream};
use syn::{LitStr, Type, braced, parenthesized};

use super::{Place, Within, arrow, end, path, skip_item};
use crate::args::Args;
use crate::errors::Errors;
use crate::router::model::{ChannelOf, Item, SocketOf};

/// Behind the word. None, when it stands where it may not, which was reported; it is read all the same.
pub(super) fn socket(
    input: ParseStream<'_>,
    span: Span,
    place: &Place,
    errors: &mut Errors,
) -> syn::Result<Option<Item>> {
    let path = path(input)?;
    let mut options = Args::default();
    if input.peek(syn::token::Paren) {
        let content;
        parenthesized!(content in input);
        options.add(TokenStream::parse(&content)?, errors);
    }
    let (websocket, longpoll) = (options.bool("websocket", errors), options.bool("longpoll", errors));
    options.finish("a socket", errors);
    arrow(input)?;
    let socket: Type = input.parse()?;
    if !input.peek(syn::token::Brace) {
        return Err(input.error("here come the socket's channels in braces: `{ channel \"room:*\" => RoomChannel; }`"));
    }
    let content;
    braced!(content in input);
    let channels = channels(&content, errors);
    input.parse::<Option<syn::Token![;]>>()?;
    let is_right = is_at_top(place, span, "socket", errors);
    Ok(is_right.then_some(Item::Socket(SocketOf { path, socket, websocket, longpoll, channels })))
}

/// Behind the word.
pub(super) fn channel(
    input: ParseStream<'_>,
    span: Span,
    place: &Place,
    errors: &mut Errors,
) -> syn::Result<Option<Item>> {
    let channel = one(input)?;
    end(input)?;
    Ok(is_at_top(place, span, "channel", errors).then_some(Item::Channel(channel)))
}

fn is_at_top(place: &Place, span: Span, what: &str, errors: &mut Errors) -> bool {
    let is_at_top = place.within == Within::Top;
    if !is_at_top {
        let message =
            format!("a `{what}` stands at the top of the router: it has neither the paths nor the plugs of scopes");
        errors.add(syn::Error::new(span, message));
    }
    is_at_top
}

fn channels(input: ParseStream<'_>, errors: &mut Errors) -> Vec<ChannelOf> {
    let mut channels = Vec::new();
    while !input.is_empty() {
        let read =
            word(input).and_then(|()| one(input)).and_then(|channel| end(input).map(|()| channels.push(channel)));
        if let Err(error) = read {
            errors.add(error);
            skip_item(input);
        }
    }
    channels
}

/// `channel`
fn word(input: ParseStream<'_>) -> syn::Result<()> {
    let word = input.call(Ident::parse_any)?;
    if word == "channel" {
        return Ok(());
    }
    Err(syn::Error::new(word.span(), "a socket has channels: `channel \"room:*\" => RoomChannel;`"))
}

/// `"room:*" => RoomChannel`
fn one(input: ParseStream<'_>) -> syn::Result<ChannelOf> {
    let topic: LitStr = input
        .parse()
        .map_err(|error| syn::Error::new(error.span(), "here comes the channel's topic, as in `\"room:*\"`"))?;
    arrow(input)?;
    Ok(ChannelOf { topic, channel: input.parse()? })
}
