//! The functions of the implementation that find the handler of an event, a message, a question or a task's end.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::super::model::{Event, Handler, Param, Source, TaskEnd};
use super::outcome;

/// The list of the events' names.
pub(super) fn event_names(events: &[Event]) -> TokenStream {
    let names = events.iter().filter(|event| event.sound).map(|event| {
        let (cfgs, name) = (&event.method.cfgs, &event.name);
        quote! { #(#cfgs)* #name }
    });
    quote! { &[#(#names),*] }
}

pub(super) fn events(events: &[Event]) -> TokenStream {
    let arms = events.iter().filter(|event| event.sound).map(event);
    let known = event_names(events);
    quote! {
        async fn handle_event(
            &mut self,
            __cx: &mut ::bennu::__private::Cx,
            __event: &::bennu::__private::ClientEvent,
        ) -> ::core::result::Result<::bennu::__private::Reply, ::bennu::__private::EventError> {
            match ::bennu::__private::ClientEvent::name(__event) {
                #(#arms)*
                _ => ::core::result::Result::Err(::bennu::__private::unknown_event(
                    __event,
                    #known,
                )),
            }
        }
    }
}

/// Every parameter is decoded before the handler runs: it never sees half an event.
fn event(event: &Event) -> TokenStream {
    let Event { method, name, params, .. } = event;
    let cfgs = &method.cfgs;
    let mut bound = 0_usize;
    let decoded: Vec<_> = params.iter().enumerate().map(|(index, param)| decode(index, param, &mut bound)).collect();
    let args = params.iter().enumerate().map(|(index, param)| {
        let variable = format_ident!("__param{index}", span = param.ty.span());
        quote! { #variable }
    });
    let call = method.call(Some(&quote! { self }), args);
    let reply = quote_spanned! {method.output=> ::bennu::__private::IntoReply::into_reply(#call) };
    quote! {
        #(#cfgs)*
        #name => {
            ::bennu::__private::event_args_end(__event, #bound)?;
            #(#decoded)*
            #reply
        }
    }
}

fn decode(index: usize, Param { ty, source }: &Param, bound: &mut usize) -> TokenStream {
    let variable = format_ident!("__param{index}", span = ty.span());
    match source {
        Source::Binding(ident) => {
            let (position, name) = (*bound, ident.to_string());
            *bound += 1;
            quote_spanned! {ty.span()=>
                let #variable = ::bennu::__private::event_arg::<#ty>(__event, #position, #name)?;
            }
        }
        Source::Client => quote_spanned! {ty.span()=>
            let #variable = ::bennu::__private::extract::<#ty>(__event)?;
        },
    }
}

pub(super) fn infos(infos: &[Handler]) -> TokenStream {
    let attempts = infos.iter().map(|handler| {
        let Handler { method, ty, by_ref } = handler;
        let cfgs = &method.cfgs;
        let message = if *by_ref {
            quote_spanned! {ty.span()=> __message }
        } else {
            quote_spanned! {ty.span()=> <#ty as ::core::clone::Clone>::clone(__message) }
        };
        let found = quote_spanned! {ty.span()=> ::bennu::__private::Info::downcast_ref::<#ty>(__info) };
        let outcome = outcome(method, &method.call(Some(&quote! { self }), std::iter::once(message)));
        quote! {
            #(#cfgs)*
            if let ::core::option::Option::Some(__message) = #found {
                #outcome?;
                return ::core::result::Result::Ok(::bennu::__private::Handled::Yes);
            }
        }
    });
    quote! {
        async fn handle_info(
            &mut self,
            __cx: &mut ::bennu::__private::Cx,
            __info: &::bennu::__private::Info,
        ) -> ::bennu::__private::Result<::bennu::__private::Handled> {
            #(#attempts)*
            ::core::result::Result::Ok(::bennu::__private::Handled::No)
        }
    }
}

/// None if there are none: the trait's own function serves.
pub(super) fn calls(calls: &[Handler]) -> Option<TokenStream> {
    let attempts = calls.iter().map(|handler| {
        let Handler { method, ty, by_ref } = handler;
        let cfgs = &method.cfgs;
        let reference = by_ref.then(|| quote! { & });
        let taken = quote_spanned! {ty.span()=> ::bennu::__private::Call::take::<#ty>(__call) };
        let answer =
            method.call(Some(&quote! { self }), std::iter::once(quote_spanned! {ty.span()=> #reference __question }));
        let send = quote_spanned! {method.output=> ::bennu::__private::CallReply::send(__reply, __answer); };
        quote! {
            #(#cfgs)*
            let __call = match #taken {
                ::core::result::Result::Ok((__question, __reply)) => {
                    let __answer = #answer;
                    #send
                    return ::core::result::Result::Ok(::bennu::__private::Handled::Yes);
                }
                ::core::result::Result::Err(__call) => __call,
            };
        }
    });
    (!calls.is_empty()).then(|| {
        quote! {
            async fn handle_call(
                &mut self,
                __cx: &mut ::bennu::__private::Cx,
                __call: ::bennu::__private::Call,
            ) -> ::bennu::__private::Result<::bennu::__private::Handled> {
                #(#attempts)*
                ::core::mem::drop(__call);
                ::core::result::Result::Ok(::bennu::__private::Handled::No)
            }
        }
    })
}

/// None if there are none, as above.
pub(super) fn tasks(tasks: &[TaskEnd]) -> Option<TokenStream> {
    let arms = tasks.iter().map(|task| {
        let TaskEnd { method, name, ty } = task;
        let cfgs = &method.cfgs;
        let taken = quote_spanned! {ty.span()=> ::bennu::__private::AsyncDone::take::<#ty>(__done) };
        let result = quote_spanned! {ty.span()=> __result };
        let outcome = outcome(method, &method.call(Some(&quote! { self }), std::iter::once(result)));
        quote! {
            #(#cfgs)*
            #name => {
                if let ::core::result::Result::Ok(__result) = #taken {
                    #outcome?;
                    return ::core::result::Result::Ok(::bennu::__private::Handled::Yes);
                }
            }
        }
    });
    (!tasks.is_empty()).then(|| {
        quote! {
            async fn handle_async(
                &mut self,
                __cx: &mut ::bennu::__private::Cx,
                __done: ::bennu::__private::AsyncDone,
            ) -> ::bennu::__private::Result<::bennu::__private::Handled> {
                match ::bennu::__private::AsyncDone::name(&__done) {
                    #(#arms)*
                    _ => {}
                }
                ::core::result::Result::Ok(::bennu::__private::Handled::No)
            }
        }
    })
}
