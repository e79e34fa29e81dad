//! Parameters of a live view as input of a changeset, and back.
//!
//! Which fields nobody has touched is no input; it goes along as entries `_unused_<name>`, as in Phoenix, so that a form over the
//! changeset knows it.

use liveview_core::Params as WebParams;

use crate::{Params, ToParams};

impl From<&WebParams> for Params {
    fn from(params: &WebParams) -> Self {
        params.to_marked_json().into()
    }
}

impl From<WebParams> for Params {
    fn from(params: WebParams) -> Self {
        Self::from(&params)
    }
}

impl ToParams for WebParams {
    fn to_params(&self) -> Params {
        self.into()
    }
}

/// What a form knows of the input.
pub(super) fn to_web(params: &Params) -> WebParams {
    params.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect::<serde_json::Map<_, _>>().into()
}
