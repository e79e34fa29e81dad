//! The expansion of `#[derive(DbEnum)]`.

use proc_macro2::TokenStream;
use quote::quote;

use super::parse::DbEnum;

pub(super) fn db_enum(found: &DbEnum<'_>, ecto: &TokenStream) -> TokenStream {
    let ident = &found.input.ident;
    let (impl_generics, type_generics, _) = found.input.generics.split_for_impl();
    let predicates = found.input.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let bounds = (!found.input.generics.params.is_empty()).then(|| {
        quote! {
            where
                Self: ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync + 'static,
                #(#predicates,)*
        }
    });
    let header =
        |of: TokenStream| quote! { #[automatically_derived] impl #impl_generics #of for #ident #type_generics #bounds };
    let (as_enum, as_type) = (header(quote! { #ecto::DbEnum }), header(quote! { #ecto::Type }));
    let (as_element, as_expr) = (header(quote! { #ecto::ArrayElement }), header(quote! { #ecto::IntoExpr }));
    let db_enum = if found.stub { stub(ecto) } else { tables(found) };
    let db = if found.integer {
        quote! { Int }
    } else {
        quote! { Text }
    };
    quote! {
        const _: () = {
            #as_enum { #db_enum }

            #as_type {
                type Sql = Self;
                type Inner = Self;
                const DB: #ecto::DbType = #ecto::DbType::#db;
                const NAME: &'static ::core::primitive::str = "enum";
                const VALUES: &'static [&'static ::core::primitive::str] = <Self as #ecto::DbEnum>::NAMES;

                fn cast(__input: &#ecto::Param) -> ::core::result::Result<Self, #ecto::CastError> {
                    #ecto::cast_enum(__input)
                }

                fn load(__value: #ecto::Value) -> ::core::result::Result<Self, #ecto::LoadError> {
                    #ecto::load_enum(&__value)
                }

                fn dump(&self) -> ::core::result::Result<#ecto::Value, #ecto::DumpError> {
                    ::core::result::Result::Ok(#ecto::dump_enum(self))
                }
            }

            #as_element {}

            #as_expr {
                type Type = Self;

                fn into_expr(self) -> #ecto::Expr<Self> {
                    #ecto::value(&self)
                }
            }
        };
    }
}

fn tables(found: &DbEnum<'_>) -> TokenStream {
    let idents: Vec<_> = found.variants.iter().map(|variant| variant.ident).collect();
    let names = found.variants.iter().map(|variant| &variant.name);
    let numbers = if found.integer {
        quote! { ::core::option::Option::Some(&[#(Self::#idents as ::core::primitive::i64),*]) }
    } else {
        quote! { ::core::option::Option::None }
    };
    let indexes = 0..found.variants.len();
    let arms = idents.iter().zip(indexes).map(|(ident, index)| quote! { Self::#ident => #index });
    quote! {
        const VARIANTS: &'static [Self] = &[#(Self::#idents),*];
        const NAMES: &'static [&'static ::core::primitive::str] = &[#(#names),*];
        const NUMBERS: ::core::option::Option<&'static [::core::primitive::i64]> = #numbers;

        fn index(&self) -> ::core::primitive::usize {
            match self { #(#arms),* }
        }
    }
}

fn stub(ecto: &TokenStream) -> TokenStream {
    quote! {
        const VARIANTS: &'static [Self] = &[];
        const NAMES: &'static [&'static ::core::primitive::str] = &[];
        const NUMBERS: ::core::option::Option<&'static [::core::primitive::i64]> = ::core::option::Option::None;

        fn index(&self) -> ::core::primitive::usize {
            #ecto::no_field("enum", 0)
        }
    }
}
