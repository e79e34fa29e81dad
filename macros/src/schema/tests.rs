use proc_macro2::TokenStream;
use quote::quote;

use super::{derive, parse};
use crate::errors::Errors;

/// Snapshots are named for the test alone, and do not repeat its source.
macro_rules! snapshot {
    ($value:expr) => {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!($value)
        })
    };
}

fn pretty(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).expect("the expansion is Rust"))
}

/// What is reported for a schema with a key and `fields`.
fn mistakes(fields: &TokenStream) -> Vec<String> {
    mistakes_of(quote! {
        #[schema(source = "robots")]
        struct Robot {
            #[schema(primary_key)]
            id: i64,
            #fields
        }
    })
}

fn mistakes_of(item: TokenStream) -> Vec<String> {
    let input = syn::parse2(item).expect("an item");
    let mut errors = Errors::default();
    parse::schema(&input, &mut errors);
    errors.messages()
}

#[test]
fn a_schema_of_one_key_and_one_association() {
    snapshot!(pretty(derive(quote! {
        #[schema(source = "robots")]
        pub struct Robot {
            /// Given by the database.
            #[schema(primary_key)]
            pub id: i64,
            name: String,
            #[schema(has_many)]
            pub missions: HasMany<Mission>,
        }
    })));
}

#[test]
fn every_option_of_a_field_is_in_its_table() {
    snapshot!(pretty(derive(quote! {
        #[schema(source = "robots", prefix = "fleet", timestamps(inserted_at = made_at, updated_at = false))]
        struct Robot {
            #[schema(primary_key, autogenerate = v4)]
            id: Uuid,
            #[schema(source = "kind", default = "rover")]
            r#type: String,
            #[schema(redact, read_after_writes, writable = insert, on_violation = warn)]
            secret: String,
            #[schema(virtual)]
            shown: bool,
            #[schema(load_in_query = false, default = Vec::new())]
            picture: Vec<u8>,
            #[schema(embeds_many, on_replace = delete)]
            stops: Vec<Place>,
            #[schema(precision = seconds)]
            made_at: NaiveDateTime,
            #[schema(skip)]
            cache: Cache,
            #[schema(meta)]
            meta: Meta,
        }
    })));
}

#[test]
fn every_option_of_an_association_is_in_its_table() {
    snapshot!(pretty(derive(quote! {
        #[schema(source = "cells", primary_key = false)]
        struct Cell {
            #[schema(autogenerate = false)]
            code: String,
            robot: i64,
            #[schema(belongs_to, foreign_key = robot, references = number, on_replace = nilify)]
            owner: BelongsTo<Robot>,
            #[schema(
                has_one,
                references = code,
                foreign_key = cell,
                on_delete = nilify_all,
                where = |n| n.open.eq(true),
                preload_order = |n| n.at.desc(),
                defaults(open = true, text = "none"),
            )]
            note: HasOne<Note>,
            #[schema(many_to_many(join_through = "cells_tags", join_keys(cell = code, tag = name)))]
            tags: ManyToMany<Tag>,
            #[schema(
                many_to_many,
                join_through = crate::CellTag,
                join_keys(cell_id = code, tag_id),
                join_where = |c| c.hidden.eq(false),
                join_defaults(hidden = false, by = "me"),
            )]
            labels: ManyToMany<Tag>,
            #[schema(has_many, through(note, authors))]
            authors: HasMany<Author>,
        }
    })));
}

#[test]
fn an_embedded_schema_is_a_type() {
    snapshot!(pretty(derive(quote! {
        #[schema(embedded)]
        pub(crate) struct Place {
            street: String,
        }
    })));
}

#[test]
fn what_is_no_schema_is_still_implemented() {
    snapshot!(pretty(derive(quote! {
        #[schema(source = "pages")]
        struct Page<T: Show> where T: 'static {
            of: T,
        }
    })));
}

#[test]
fn a_right_schema_has_no_mistakes() {
    assert_eq!(mistakes(&quote! {}), [""; 0]);
    assert_eq!(
        mistakes(&quote! {
            #[schema(source = "a")] #[schema(redact)] b: bool,
            #[schema(primary_key)] second: i64,
            #[schema(writable = never, on_violation = raise)] c: i64,
            #[schema(has_many, references = id)] all: a::HasMany<Other>,
        }),
        [""; 0]
    );
}

#[test]
fn a_schema_says_where_it_is_and_what_its_key_is() {
    snapshot!(
        [
            quote! { struct Robot { name: String } },
            quote! { #[schema(embedded, source = "robots")] struct Robot { #[schema(primary_key)] id: i64 } },
            quote! { #[schema(source = "robots", tabel, timestamps)] struct Robot { #[schema(has_many)] m: HasMany<M> } },
            quote! { #[schema] #[schema(source)] struct Robot { #[schema(primary_key)] id: i64 } },
            quote! { #[schema(source = "robots", timestamps(inserted_at = 3))] struct Robot { #[schema(primary_key)] updated_at: X } },
            quote! { #[schema(source = "robots", param = slug)] struct Robot { #[schema(primary_key)] id: i64 } },
            quote! { #[schema(source = "robots", param = "id")] struct Robot { #[schema(primary_key)] id: i64 } },
            quote! { struct Robot(i64); },
            quote! { struct Robot; },
            quote! { enum Robot { A } },
            quote! { union Robot { a: u8 } },
        ]
        .map(|item| mistakes_of(item).join("\n"))
        .join("\n\n")
    );
}

#[test]
fn one_field_stands_for_a_struct_in_paths() {
    let param = |item: TokenStream| {
        let input = syn::parse2(item).expect("a struct");
        let schema = super::parse::schema(&input, &mut Errors::default()).expect("a schema");
        schema.param.map(|field| field.to_string())
    };
    let keys = quote! { #[schema(primary_key)] id: i64, #[schema(primary_key)] site: i64 };
    assert_eq!(
        param(quote! { #[schema(source = "r")] struct R { #[schema(primary_key)] id: i64 } }).as_deref(),
        Some("id")
    );
    assert_eq!(param(quote! { #[schema(source = "r", param = site)] struct R { #keys } }).as_deref(), Some("site"));
    assert_eq!(param(quote! { #[schema(source = "r")] struct R { #keys } }), None);
    assert_eq!(
        param(quote! { #[schema(source = "r", param = false)] struct R { #[schema(primary_key)] id: i64 } }),
        None
    );
    assert_eq!(param(quote! { #[schema(embedded)] struct R { name: String } }), None);
}

#[test]
fn every_mistake_is_reported_in_one_go() {
    let found = mistakes(&quote! {
        #[schema(colour)] a: i64,
        #[schema(default)] b: i64,
        #[schema(redact = true)] c: i64,
        #[schema(redact, redact)] d: i64,
        #[schema(source = "a")] e: i64,
        #[schema(writable = sometimes)] f: i64,
        #[schema(on_violation = warn)] g: i64,
        #[schema(autogenerate = 4)] h: Uuid,
        #[schema(load_in_query = 1)] i: i64,
        #[schema(virtual, primary_key)] j: i64,
        #[schema(embeds_many)] k: Place,
        #[schema(embeds_one, on_replace = burn)] l: Place,
        #[schema(meta)] m: bool,
        #[schema(skip, redact)] n: Cache,
        #[schema(has_many)] o: Vec<Mission>,
        p: HasMany<Mission>,
        #[schema(has_many, through(nothing, at_all))] q: HasMany<Mission>,
        #[schema(has_one, through = a)] r: HasOne<Mission>,
        #[schema(belongs_to)] s: BelongsTo<Site>,
        #[schema(has_many, references = nothing)] t: HasMany<Mission>,
        #[schema(many_to_many)] u: ManyToMany<Site>,
        #[schema(many_to_many, join_through = 4)] v: ManyToMany<Site>,
        #[schema(many_to_many, join_through = "x", join_keys(a))] w: ManyToMany<Site>,
        #[schema(has_many, defaults(x))] x: HasMany<Mission>,
        #[schema(has_many, on_delete = burn)] y: HasMany<Mission>,
    });
    snapshot!(found.join("\n"));
}
