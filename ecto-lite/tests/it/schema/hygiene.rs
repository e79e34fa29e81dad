//! Nothing is imported but what the fields name, the prelude is shadowed, and every item must be documented.
#![deny(missing_docs, warnings)]
#![allow(dead_code, non_camel_case_types)]

use chrono::{DateTime, NaiveDateTime, Utc};
use uuid::Uuid;

/// Shadows the prelude.
pub enum Option {}
/// Shadows the prelude.
pub enum Result {}
/// Shadows the prelude.
pub enum String {}
/// Shadows the prelude.
pub enum Vec {}
/// Shadows the prelude.
pub trait Default {}
/// Shadows the prelude.
pub trait Clone {}
/// Shadows a primitive.
pub enum str {}
/// Shadows a primitive.
pub enum usize {}
/// Shadows a primitive.
pub enum i64 {}
/// Shadows a crate.
pub mod core {}
/// Shadows a crate.
pub mod std {}
/// Shadows a crate.
pub mod ecto_lite {}

type Text = ::std::string::String;

/// With everything.
#[derive(::ecto_lite::Schema, ::core::clone::Clone)]
#[schema(source = "devices", timestamps(inserted_at = made_at))]
pub struct Device {
    /// The key.
    #[schema(primary_key)]
    pub id: Uuid,
    #[schema(redact, read_after_writes)]
    pub(crate) secret: Text,
    #[schema(virtual)]
    token: ::core::option::Option<Text>,
    pub(super) state: State,
    #[schema(embeds_one)]
    address: ::core::option::Option<Address>,
    #[schema(embeds_many)]
    addresses: ::std::vec::Vec<Address>,
    /// When it was made.
    #[schema(precision = seconds)]
    pub made_at: DateTime<Utc>,
    /// When it was changed.
    pub updated_at: NaiveDateTime,
    owner_id: Uuid,
    #[schema(belongs_to)]
    owner: ::ecto_lite::schema::BelongsTo<Owner>,
    #[schema(skip)]
    cache: Text,
    #[schema(meta)]
    r#mod: ::ecto_lite::schema::Meta,
}

#[derive(::ecto_lite::Schema, ::core::clone::Clone, Debug)]
#[schema(source = "owners")]
struct Owner {
    #[schema(primary_key)]
    id: Uuid,
    #[schema(has_many, foreign_key = owner_id)]
    devices: ::ecto_lite::schema::HasMany<Device>,
}

/// A document.
#[derive(::ecto_lite::Schema, ::core::clone::Clone, Debug)]
#[schema(embedded)]
pub struct Address {
    street: Text,
}

/// What it does.
#[derive(::ecto_lite::DbEnum, ::core::clone::Clone, ::core::marker::Copy, ::core::default::Default, Debug)]
#[db_enum(integer)]
pub enum State {
    /// Nothing.
    #[default]
    Idle = 0,
    /// Something.
    r#Busy = 7,
}

#[test]
fn private_fields_have_names_too() {
    let _: ::ecto_lite::schema::Field<Device, Text> = Device::secret;
    assert_eq!(Device::owner.name(), "owner");
    assert_eq!(<Device as ::core::default::Default>::default().secret, "");
}
