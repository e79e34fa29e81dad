//! The attributes that make a function a handler.

use syn::{Attribute, LitStr, Meta};

use crate::method::HandlerAttribute;

/// What a function handles. The event's name, if the attribute gives one.
pub(super) enum Marker {
    In(Option<LitStr>),
    Out(Option<LitStr>),
    Info,
}

/// Names that people coming from Phoenix or from live views write instead.
const MISTAKEN: [(&str, &str); 7] = [
    ("event", "handle_in(\"event\")"),
    ("handle_event", "handle_in(\"event\")"),
    ("on", "handle_in(\"event\")"),
    ("intercept", "handle_out(\"event\")"),
    ("info", "handle_info"),
    ("message", "handle_info"),
    ("call", "handle_info"),
];

impl HandlerAttribute for Marker {
    fn name(&self) -> &'static str {
        match self {
            Self::In(_) => "handle_in",
            Self::Out(_) => "handle_out",
            Self::Info => "handle_info",
        }
    }

    fn read(attr: &Attribute) -> Option<syn::Result<Self>> {
        let name = attr.path().get_ident()?.to_string();
        match name.as_str() {
            "handle_in" => Some(event(attr, "handle_in").map(Self::In)),
            "handle_out" => Some(event(attr, "handle_out").map(Self::Out)),
            "handle_info" => Some(match &attr.meta {
                Meta::Path(_) => Ok(Self::Info),
                other => Err(syn::Error::new_spanned(
                    other,
                    "`#[handle_info]` takes no arguments: the type of its message is what it handles",
                )),
            }),
            mistaken => {
                let (_, meant) = MISTAKEN.iter().find(|(written, _)| *written == mistaken)?;
                let message = format!("there is no `#[{mistaken}]` in a channel: write `#[{meant}]`");
                Some(Err(syn::Error::new_spanned(attr, message)))
            }
        }
    }
}

fn event(attr: &Attribute, name: &str) -> syn::Result<Option<LitStr>> {
    let usage = format!("write `#[{name}]`, or the event's name as in `#[{name}(\"new_msg\")]`");
    match &attr.meta {
        Meta::Path(_) => Ok(None),
        Meta::List(list) => {
            let event: LitStr = list.parse_args().map_err(|_| syn::Error::new_spanned(&list.tokens, usage))?;
            if event.value().starts_with("phx_") {
                return Err(syn::Error::new(event.span(), "events that begin with `phx_` are those of the protocol"));
            }
            Ok(Some(event))
        }
        Meta::NameValue(meta) => Err(syn::Error::new_spanned(meta, usage)),
    }
}
