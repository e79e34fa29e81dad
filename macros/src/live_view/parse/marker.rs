//! The attributes that make a function a handler.

use syn::{Attribute, LitStr, Meta};

use crate::method::HandlerAttribute;

/// What a function handles.
pub(super) enum Marker {
    Event,
    Info,
    Call,
    /// With the name of the task, if the attribute gives one.
    HandleAsync(Option<LitStr>),
}

/// Names that people coming from Phoenix, or in a hurry, write instead.
const MISTAKEN: [(&str, &str); 8] = [
    ("handle_event", "event"),
    ("events", "event"),
    ("on", "event"),
    ("handle_info", "info"),
    ("message", "info"),
    ("handle_call", "call"),
    ("async_result", "handle_async"),
    ("handle_task", "handle_async"),
];

impl HandlerAttribute for Marker {
    fn name(&self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Info => "info",
            Self::Call => "call",
            Self::HandleAsync(_) => "handle_async",
        }
    }

    fn read(attr: &Attribute) -> Option<syn::Result<Self>> {
        let name = attr.path().get_ident()?.to_string();
        let plain = |marker: Self| match &attr.meta {
            Meta::Path(_) => Ok(marker),
            other => Err(syn::Error::new_spanned(other, format!("`#[{name}]` takes no arguments"))),
        };
        match name.as_str() {
            "event" => Some(match plain(Self::Event) {
                Err(error) => Err(syn::Error::new(
                    error.span(),
                    "`#[event]` takes no arguments: an event is named like its function",
                )),
                ok => ok,
            }),
            "info" => Some(plain(Self::Info)),
            "call" => Some(plain(Self::Call)),
            "handle_async" => Some(task_name(attr).map(Self::HandleAsync)),
            mistaken => {
                let (_, meant) = MISTAKEN.iter().find(|(written, _)| *written == mistaken)?;
                Some(Err(syn::Error::new_spanned(attr, format!("there is no `#[{mistaken}]`: write `#[{meant}]`"))))
            }
        }
    }
}

fn task_name(attr: &Attribute) -> syn::Result<Option<LitStr>> {
    const USAGE: &str = "write `#[handle_async]`, or the task's name as in `#[handle_async(\"load\")]`";
    match &attr.meta {
        Meta::Path(_) => Ok(None),
        Meta::List(list) => list.parse_args().map(Some).map_err(|_| syn::Error::new_spanned(&list.tokens, USAGE)),
        Meta::NameValue(meta) => Err(syn::Error::new_spanned(meta, USAGE)),
    }
}
