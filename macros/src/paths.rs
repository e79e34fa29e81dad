//! How expansions name the libraries in the user's crate.

use proc_macro_crate::FoundCrate;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// `::ecto_lite::__private`, or the same through the facade where the user depends on that alone.
pub(crate) fn ecto() -> TokenStream {
    match (proc_macro_crate::crate_name("ecto-lite"), proc_macro_crate::crate_name("bennu")) {
        (Ok(FoundCrate::Name(name)), _) => {
            let name = Ident::new(&name, Span::call_site());
            quote! { ::#name::__private }
        }
        (Err(_), Ok(FoundCrate::Name(name))) => {
            let name = Ident::new(&name, Span::call_site());
            quote! { ::#name::__private::ecto }
        }
        (Err(_), Ok(FoundCrate::Itself)) => quote! { ::bennu::__private::ecto },
        // At home the library calls itself by its own name; and where neither is found, that name explains what is missing.
        _ => quote! { ::ecto_lite::__private },
    }
}
