//! Reads the enum and its `#[db_enum(…)]` attributes.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Data, DataEnum, DeriveInput, Fields, LitStr};

use crate::args::Args;
use crate::errors::Errors;
use crate::names;

/// What the enum says; of one that is wrong, what is right.
pub(super) struct DbEnum<'a> {
    pub(super) input: &'a DeriveInput,
    /// Stored by the variants' numbers.
    pub(super) integer: bool,
    pub(super) variants: Vec<Variant<'a>>,
    /// None of what was found can be made into functions.
    pub(super) stub: bool,
}

pub(super) struct Variant<'a> {
    pub(super) ident: &'a Ident,
    pub(super) name: String,
}

/// How names are made of the variants' names.
#[derive(Clone, Copy)]
enum Case {
    Snake,
    ScreamingSnake,
    Kebab,
    Lower,
    Upper,
    Camel,
    Pascal,
}

const CASES: &[(&str, Case)] = &[
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("camelCase", Case::Camel),
    ("PascalCase", Case::Pascal),
];

pub(super) fn db_enum<'a>(input: &'a DeriveInput, errors: &mut Errors) -> DbEnum<'a> {
    let mut args = Args::of("db_enum", &input.attrs, errors);
    let integer = args.flag("integer", errors);
    let case = args.text("rename_all", errors).and_then(|text| case(&text, errors)).unwrap_or(Case::Snake);
    args.finish("a `DbEnum`", errors);
    let mut found = DbEnum { input, integer: integer.is_some(), variants: Vec::new(), stub: true };
    if !input.generics.params.is_empty() {
        errors.at(&input.generics, "the values of a field are known, so their enum cannot be generic");
        return found;
    }
    let Some(data) = enumeration(input, errors) else { return found };
    found.stub = false;
    for variant in &data.variants {
        let mut args = Args::of("db_enum", &variant.attrs, errors);
        let name = args.text("name", errors);
        args.finish("a variant", errors);
        if !matches!(variant.fields, Fields::Unit) {
            errors.at(
                &variant.fields,
                "a column holds which variant it is and no data: keep data in fields, or in an embedded schema",
            );
            found.stub = true;
        }
        if integer.is_some() && variant.discriminant.is_none() {
            let ident = &variant.ident;
            errors.at(
                ident,
                format!("stored numbers outlive the order of variants, so each says its own: `{ident} = …`"),
            );
        }
        let span = name.as_ref().map_or_else(|| variant.ident.span(), LitStr::span);
        let name = name.map_or_else(|| case.of(&variant.ident), |name| name.value());
        if let Some(other) = found.variants.iter().find(|other| other.name == name) {
            errors.add(syn::Error::new(span, format!("`{}` has the name \"{name}\" already", other.ident)));
        }
        found.variants.push(Variant { ident: &variant.ident, name });
    }
    found
}

fn enumeration<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<&'a DataEnum> {
    match &input.data {
        Data::Enum(data) if data.variants.is_empty() => {
            errors.at(&input.ident, "an enum without variants has no value");
        }
        Data::Enum(data) => return Some(data),
        Data::Struct(data) => errors.at(data.struct_token, "`DbEnum` is for enums; a struct with fields is a `Schema`"),
        Data::Union(data) => errors.at(data.union_token, "`DbEnum` is for enums"),
    }
    None
}

fn case(text: &LitStr, errors: &mut Errors) -> Option<Case> {
    let found = CASES.iter().find(|(name, _)| *name == text.value());
    if found.is_none() {
        let known: Vec<_> = CASES.iter().map(|(name, _)| *name).collect();
        errors.at(text, format!("`rename_all` is one of: {}", known.join(", ")));
    }
    found.map(|(_, case)| *case)
}

impl Case {
    fn of(self, variant: &Ident) -> String {
        let name = variant.unraw().to_string();
        let snake = names::snake_case(variant);
        match self {
            Self::Snake => snake,
            Self::ScreamingSnake => snake.to_uppercase(),
            Self::Kebab => snake.replace('_', "-"),
            Self::Lower => name.to_lowercase(),
            Self::Upper => name.to_uppercase(),
            Self::Camel => name.chars().take(1).flat_map(char::to_lowercase).chain(name.chars().skip(1)).collect(),
            Self::Pascal => name,
        }
    }
}
