//! `PUT`, `PATCH` and `DELETE` from plain HTML forms, by a field `_method` (`Plug.MethodOverride`).

use axum::http::Method;

use super::body::{BodyError, RequestBody, peek};

/// The field of the form, within its first 16 KiB.
pub(crate) const METHOD_PARAM: &str = "_method";

/// The method that a form's `POST` stands for. Only a form's own field counts: a link cannot change a method.
///
/// # Errors
/// When the form's beginning does not come.
pub(crate) async fn method(method: &Method, body: &RequestBody) -> Result<Option<Method>, BodyError> {
    if *method != Method::POST {
        return Ok(None);
    }
    let asked = peek(body, METHOD_PARAM).await?;
    Ok(asked.and_then(|asked| match &*asked.to_ascii_uppercase() {
        "PUT" => Some(Method::PUT),
        "PATCH" => Some(Method::PATCH),
        "DELETE" => Some(Method::DELETE),
        _ => None,
    }))
}
