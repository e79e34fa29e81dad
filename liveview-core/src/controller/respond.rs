//! One action, several formats.

/// Answers in the format that the request asks for: the arm of that name, as a `Result` of a response. Only the chosen arm is evaluated;
/// without one for the format it is an error of status 406. An arm may use `?`.
///
/// ```
/// use liveview_core::{Element, Format, Json, Result, dioxus_elements, html, respond};
/// use dioxus::prelude::*;
///
/// async fn show(format: Format) -> Result<axum::response::Response> {
///     let names = vec!["Ada", "Bo"];
///     respond!(format, {
///         "html" => html(move || rsx! { for name in names { p { "{name}" } } }),
///         "json" => Json(names),
///     })
/// }
/// ```
#[macro_export]
macro_rules! respond {
    ($format:expr, { $($name:literal => $response:expr),+ $(,)? }) => {{
        let format = $crate::Format::clone(&$format);
        match format.name() {
            $($name => $crate::Result::<_>::Ok($crate::__private::into_response($response)),)+
            _ => $crate::Result::<_>::Err($crate::__private::no_arm(&format, &[$($name),+])),
        }
    }};
}
