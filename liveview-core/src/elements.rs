//! The names that `rsx!` looks elements up by: Dioxus's own, with the `phx_*` bindings added to each.
//!
//! `rsx! { button { phx_click: Self::on_save() } }` asks for `dioxus_elements::button::phx_click`. The prelude exports this
//! module under that name; every element's module here is Dioxus's module of that name and [`bindings`]. Listeners
//! (`onclick: move |_| …`), attributes and editor completion are Dioxus's, unchanged.
//!
//! Holds names only: what a binding does is the browser's affair.

pub mod bindings;
#[cfg(test)]
mod tests;

// `rsx!` spells tag names `dioxus_elements::elements::div::TAG_NAME` and attributes `dioxus_elements::div::class`.
#[doc(no_inline)]
pub use crate::elements;
#[doc(hidden)]
pub use dioxus_html::elements::completions;
#[doc(no_inline)]
pub use dioxus_html::{Code, Key, Location, Modifiers, events, extensions};

/// Makes the module of each element, and for the tests the function that tells whether one is missing.
macro_rules! elements {
    ($($name:ident)*) => {
        $(
            #[doc = concat!("The element `", stringify!($name), "`: Dioxus's attributes and the bindings.")]
            // Element names are written as in the markup, `clipPath` among them.
            #[allow(non_snake_case)]
            pub mod $name {
                // All of a module whose contents are Dioxus's to define: the one use of a glob that a list could not replace.
                pub use super::bindings::*;
                pub use dioxus_html::elements::$name::*;
            }
        )*

        #[cfg(test)]
        pub(crate) mod listed {
            use dioxus_html::elements::completions::CompleteWithBraces as Element;

            /// The tag name here and in Dioxus. The match has no wildcard: it compiles only if the list above
            /// and that of dioxus-html name the same elements.
            pub(crate) fn tag_names(element: &Element) -> (&'static str, &'static str) {
                match element {
                    $(Element::$name {} => (super::$name::TAG_NAME, dioxus_html::elements::$name::TAG_NAME),)*
                }
            }
        }
    };
}

elements! {
    base head link meta style title body address article aside footer header hgroup h1 h2 h3 h4 h5 h6 main nav
    section blockquote dd div dl dt figcaption figure hr li ol p pre ul a abbr b bdi bdo br cite code data dfn em
    i kbd mark menu q rp rt ruby s samp small span strong sub sup time u var wbr area audio img map track video
    embed iframe object param picture source canvas noscript script del ins caption col colgroup table tbody td
    tfoot th thead tr button datalist fieldset form input label legend meter optgroup option output progress
    select textarea details dialog summary slot template

    svg animate animateMotion animateTransform circle clipPath defs desc discard ellipse feBlend feColorMatrix
    feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight
    feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology
    feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter foreignObject g hatch
    hatchpath image line linearGradient marker mask metadata mpath path pattern polygon polyline radialGradient
    rect set stop switch symbol text textPath tspan view r#use

    annotation annotationXml merror math mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot
    mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover semantics
}
