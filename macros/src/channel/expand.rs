//! The expansion of `#[channel]`: the user's block, and the implementation of `Channel`, which finds the function of each message.
//!
//! All that can be decided at run time is decided in `::bennu::__private`. Names begin with `__`, paths are absolute, and calls stand at the span of
//! the type they depend on, so that a wrong type is underlined where it was written.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{LitStr, Type};

use super::model::{Channel, In, Info, Join, Out, Terminate};
use crate::method::Method;

/// All that takes the place of the block.
pub(super) fn channel(channel: &Channel) -> TokenStream {
    let item = &channel.item;
    let ty = &item.self_ty;
    let (impl_generics, _, where_clause) = item.generics.split_for_impl();
    let cfgs: Vec<_> = item.attrs.iter().filter(|attr| attr.path().is_ident("cfg")).collect();
    let anyone = || quote! { ::bennu::__private::channel::Anyone };
    let socket = channel.socket.as_ref().map_or_else(anyone, ToTokens::to_token_stream);
    let intercepts = channel.outs.iter().map(|Out { method: Method { cfgs, .. }, event, .. }| {
        quote! { #(#cfgs)* #event }
    });
    let join = join(channel.join.as_ref());
    let handle_in = handle_in(&channel.ins);
    let handle_out = handle_out(&channel.outs);
    let handle_info = handle_info(&channel.infos);
    let terminate = channel.terminate.as_ref().map(terminate);
    quote! {
        #item
        #(#cfgs)*
        #[automatically_derived]
        #[allow(clippy::all, clippy::pedantic)]
        impl #impl_generics ::bennu::__private::channel::Channel for #ty #where_clause {
            type Socket = #socket;
            const INTERCEPTS: &'static [&'static ::core::primitive::str] = &[#(#intercepts),*];
            #join
            #handle_in
            #handle_out
            #handle_info
            #terminate
        }
    }
}

fn join(join: Option<&Join>) -> TokenStream {
    let body = if let Some(Join { method, payload }) = join {
        let event = LitStr::new("phx_join", method.ident.span());
        let decoded = payload.as_ref().map(|ty| {
            quote_spanned! {ty.span()=>
                let __payload = <#ty as ::bennu::__private::channel::FromPayload>::from_payload(#event, __payload)?;
            }
        });
        let args = payload.iter().map(|ty| quote_spanned! {ty.span()=> __payload });
        let call = method.call(None, args);
        quote! { #decoded #call }
    } else {
        quote! { ::core::unimplemented!() }
    };
    quote! {
        async fn join(
            __cx: &mut ::bennu::__private::channel::ChannelJoin<'_, Self::Socket>,
            __payload: ::bennu::__private::channel::Payload,
        ) -> ::core::result::Result<Self, ::bennu::__private::channel::Refused> {
            #body
        }
    }
}

fn handle_in(ins: &[In]) -> TokenStream {
    let arms = ins.iter().map(|In { method, event, payload }| {
        let cfgs = &method.cfgs;
        let decoded = payload.as_ref().map(decode);
        let args = payload.iter().map(|ty| quote_spanned! {ty.span()=> __payload });
        let reply = reply(method, &method.call(Some(&quote! { self }), args));
        quote! { #(#cfgs)* #event => { #decoded #reply } }
    });
    quote! {
        async fn handle_in(
            &mut self,
            __cx: &mut ::bennu::__private::channel::ChannelCx,
            __event: &::core::primitive::str,
            __payload: ::bennu::__private::channel::Payload,
        ) -> ::bennu::__private::channel::ChannelReply {
            match __event {
                #(#arms)*
                _ => ::bennu::__private::unknown_channel_event(__event),
            }
        }
    }
}

/// The payload is read before the handler runs: it never sees half a message.
fn decode(ty: &Type) -> TokenStream {
    quote_spanned! {ty.span()=>
        let __payload = match <#ty as ::bennu::__private::channel::FromPayload>::from_payload(__event, __payload) {
            ::core::result::Result::Ok(__payload) => __payload,
            ::core::result::Result::Err(__refused) => {
                return ::bennu::__private::channel::ChannelReply::refused(&__refused);
            }
        };
    }
}

/// None if there are none: the trait's own function serves.
fn handle_out(outs: &[Out]) -> Option<TokenStream> {
    let arms = outs.iter().map(|Out { method, event, broadcast }| {
        let cfgs = &method.cfgs;
        let args = broadcast.iter().map(|span| quote_spanned! {*span=> __broadcast });
        let call = method.call(Some(&quote! { self }), args);
        let payload = quote_spanned! {method.output=>
            ::bennu::__private::channel::IntoHandledOut::into_handled_out(#call)
        };
        quote! { #(#cfgs)* #event => #payload, }
    });
    (!outs.is_empty()).then(|| {
        quote! {
            async fn handle_out(
                &mut self,
                __cx: &mut ::bennu::__private::channel::ChannelCx,
                __broadcast: &::bennu::__private::channel::Broadcast,
            ) -> ::core::option::Option<::bennu::__private::channel::Payload> {
                match ::bennu::__private::channel::Broadcast::event(__broadcast) {
                    #(#arms)*
                    _ => ::core::option::Option::Some(::core::clone::Clone::clone(
                        ::bennu::__private::channel::Broadcast::payload(__broadcast),
                    )),
                }
            }
        }
    })
}

/// None if there are none, as above.
fn handle_info(infos: &[Info]) -> Option<TokenStream> {
    let attempts = infos.iter().map(|Info { method, ty, by_ref }| {
        let cfgs = &method.cfgs;
        let found = quote_spanned! {ty.span()=> ::bennu::__private::Info::downcast_ref::<#ty>(&__info) };
        let found = if *by_ref {
            found
        } else {
            quote_spanned! {ty.span()=> ::core::option::Option::<&#ty>::cloned(#found) }
        };
        let message = std::iter::once(quote_spanned! {ty.span()=> __message });
        let reply = reply(method, &method.call(Some(&quote! { self }), message));
        quote! {
            #(#cfgs)*
            {
                let __found = #found;
                if let ::core::option::Option::Some(__message) = __found {
                    return ::core::option::Option::Some(#reply);
                }
            }
        }
    });
    (!infos.is_empty()).then(|| {
        quote! {
            async fn handle_info(
                &mut self,
                __cx: &mut ::bennu::__private::channel::ChannelCx,
                __info: ::bennu::__private::Info,
            ) -> ::core::option::Option<::bennu::__private::channel::ChannelReply> {
                #(#attempts)*
                ::core::option::Option::None
            }
        }
    })
}

fn terminate(Terminate { method, reason }: &Terminate) -> TokenStream {
    let cfgs = &method.cfgs;
    let args = reason.iter().map(|span| quote_spanned! {*span=> __reason });
    let call = method.call(Some(&quote! { self }), args);
    quote! {
        #(#cfgs)*
        fn terminate(&mut self, __reason: &::bennu::__private::channel::ChannelExit) { #call }
    }
}

/// What the function's result comes to.
fn reply(method: &Method, call: &TokenStream) -> TokenStream {
    quote_spanned! {method.output=> ::bennu::__private::channel::IntoChannelReply::into_channel_reply(#call) }
}
