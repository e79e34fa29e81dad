//! Parameters into types: a serde deserializer that reads texts as what the type asks for.

use std::any::type_name;
use std::fmt::Display;
use std::str::FromStr;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::error::DeserializeError as Error;
use super::{Param, Params};

pub(super) fn params<T: DeserializeOwned>(params: &Params) -> Result<T, Error> {
    T::deserialize(Whole(params))
}

/// All parameters, as the outermost map.
struct Whole<'a>(&'a Params);

impl<'de> Deserializer<'de> for Whole<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Entries::of(self.0))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// One parameter.
struct One<'a>(&'a Param);

impl<'a> One<'a> {
    fn text(&self, expected: &str) -> Result<&'a str, Error> {
        match self.0 {
            Param::Text(text) => Ok(text),
            Param::List(_) => Err(Error::custom(format_args!("expected {expected}, found a list"))),
            Param::Map(_) => Err(Error::custom(format_args!("expected {expected}, found nested parameters"))),
        }
    }

    fn parse<T: FromStr<Err: Display>>(&self) -> Result<T, Error> {
        let parsed = self.text(type_name::<T>())?.parse();
        parsed.map_err(|error| Error::custom(format_args!("not a valid {}: {error}", type_name::<T>())))
    }

    fn bool(&self) -> Result<bool, Error> {
        match self.text("a bool")? {
            "true" | "on" | "1" => Ok(true),
            "false" | "off" | "0" => Ok(false),
            _ => Err(Error::custom("not a valid bool: it is neither `true`, `on`, `1` nor `false`, `off`, `0`")),
        }
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(self.parse()?)
        })*
    };
}

impl<'de> Deserializer<'de> for One<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Param::Text(text) => visitor.visit_str(text),
            Param::List(list) => visitor.visit_seq(Elements::of(list)),
            Param::Map(params) => visitor.visit_map(Entries::of(params)),
        }
    }

    parsed! {
        deserialize_i8 visit_i8 deserialize_i16 visit_i16 deserialize_i32 visit_i32 deserialize_i64 visit_i64
        deserialize_i128 visit_i128 deserialize_u8 visit_u8 deserialize_u16 visit_u16 deserialize_u32 visit_u32
        deserialize_u64 visit_u64 deserialize_u128 visit_u128 deserialize_f32 visit_f32 deserialize_f64 visit_f64
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(self.bool()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Param::Text(text) if text.is_empty() => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Param::Map(params) => visitor.visit_seq(Elements::numbered(params)?),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let text: StrDeserializer<'_, Error> = self.text("one of several words")?.into_deserializer();
        visitor.visit_enum(text)
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct tuple_struct map struct identifier ignored_any
    }
}

/// The parameters of a map; errors within one carry its name.
struct Entries<'a, I> {
    entries: I,
    value: Option<(&'a str, &'a Param)>,
}

impl<'a> Entries<'a, ()> {
    fn of(params: &'a Params) -> Entries<'a, impl Iterator<Item = (&'a str, &'a Param)>> {
        Entries { entries: params.iter(), value: None }
    }
}

impl<'a, 'de, I: Iterator<Item = (&'a str, &'a Param)>> MapAccess<'de> for Entries<'a, I> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.value = self.entries.next();
        // A name is read like any text, so that maps by number work.
        let Some((name, _)) = self.value else {
            return Ok(None);
        };
        seed.deserialize(One(&Param::from(name))).map(Some).map_err(|error| error.within(name))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let (name, param) = self.value.take().ok_or_else(|| Error::custom("a value was asked for before its name"))?;
        seed.deserialize(One(param)).map_err(|error| error.within(name))
    }
}

/// The entries of a list; errors within one carry its name or number.
struct Elements<'a> {
    elements: std::vec::IntoIter<(String, &'a Param)>,
}

impl<'a> Elements<'a> {
    fn of(list: &'a [Param]) -> Self {
        let elements: Vec<_> = (0..list.len()).map(|index| index.to_string()).zip(list).collect();
        Self { elements: elements.into_iter() }
    }

    /// The entries of a map whose names are all numbers, in the order of these.
    fn numbered(params: &'a Params) -> Result<Self, Error> {
        let number = |(name, param): (&'a str, &'a Param)| {
            let number: u64 = name.parse().map_err(|_| Error::custom("expected a list, found nested parameters"))?;
            Ok((number, name.to_owned(), param))
        };
        let mut entries = params.iter().map(number).collect::<Result<Vec<_>, Error>>()?;
        entries.sort_by_key(|(number, ..)| *number);
        let elements: Vec<_> = entries.into_iter().map(|(_, name, param)| (name, param)).collect();
        Ok(Self { elements: elements.into_iter() })
    }
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some((name, param)) = self.elements.next() else {
            return Ok(None);
        };
        seed.deserialize(One(param)).map(Some).map_err(|error| error.within(&name))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.elements.len())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::proptest;
    use serde::Deserialize;
    use serde::de::DeserializeOwned;

    use crate::params::Params;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Status {
        Idle,
        LowBattery,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Id(i64);

    #[derive(Debug, PartialEq, Deserialize)]
    struct Robot {
        id: Id,
        name: String,
        battery: f64,
        docked: bool,
        status: Status,
        owner: Option<String>,
        speed: Option<f32>,
        #[serde(default)]
        tags: Vec<u8>,
        #[serde(default)]
        waypoints: Vec<Waypoint>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Waypoint {
        x: f64,
        at: (i32, i32),
    }

    fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
        Params::decode(text).expect("well formed").deserialize().map_err(|error| error.to_string())
    }

    const ROBOT: &str = "id=7&name=&battery=8.5&docked=on&status=low_battery&owner=&speed=1e3";

    #[test]
    fn a_form_becomes_a_struct() {
        let text = format!(
            "{ROBOT}&tags[]=1&tags[]=255&waypoints[10][x]=2&waypoints[10][at][]=3&waypoints[10][at][]=4\
             &waypoints[9][x]=1&waypoints[9][at][0]=1&waypoints[9][at][1]=2&_target=id&_unused_name=&csrf=x"
        );
        let robot: Robot = read(&text).expect("a robot");
        assert_eq!(robot.id, Id(7));
        assert_eq!((robot.name.as_str(), robot.owner, robot.speed), ("", None, Some(1000.0)));
        assert_eq!((robot.docked, robot.status), (true, Status::LowBattery));
        assert_eq!(robot.tags, [1, 255]);
        assert_eq!(robot.waypoints, [Waypoint { x: 1.0, at: (1, 2) }, Waypoint { x: 2.0, at: (3, 4) }]);
    }

    #[test]
    fn errors_name_the_parameter() {
        let error = |text: &str| read::<Robot>(&format!("{ROBOT}&{text}")).expect_err("no robot");
        assert_eq!(error("battery=full"), "parameter `battery`: not a valid f64: invalid float literal");
        assert_eq!(
            error("tags[]=1&tags[]=256"),
            "parameter `tags[1]`: not a valid u8: number too large to fit in target type"
        );
        assert_eq!(error("waypoints[0][x]=a"), "parameter `waypoints[0][x]`: not a valid f64: invalid float literal");
        assert_eq!(error("waypoints[0][at][]=1&waypoints[0][at][]=2"), "parameter `waypoints[0]`: missing field `x`");
        assert_eq!(error("name[]=a"), "parameter `name`: invalid type: sequence, expected a string");
        assert_eq!(error("id[a]=a"), "parameter `id`: expected i64, found nested parameters");
        assert_eq!(error("tags[a]=a"), "parameter `tags`: expected a list, found nested parameters");
        assert!(error("docked=yes").starts_with("parameter `docked`: not a valid bool"));
        assert_eq!(
            error("status=lost"),
            "parameter `status`: unknown variant `lost`, expected `idle` or `low_battery`"
        );
        assert_eq!(read::<Robot>("id=1"), Err("missing field `name`".to_owned()));
    }

    #[test]
    fn maps_options_and_values_of_any_kind_work_at_the_top() {
        let numbers: BTreeMap<u8, i8> = read("1=-1&2=-2").expect("numbers");
        assert_eq!(numbers, BTreeMap::from([(1, -1), (2, -2)]));
        let any: Option<serde_json::Value> = read("a[b][]=1").expect("anything");
        assert_eq!(any, Some(serde_json::json!({"a": {"b": ["1"]}})));
        assert!(read::<Vec<u8>>("a=1").is_err());
        assert!(read::<u8>("").is_err());
    }

    proptest! {
        #[test]
        fn no_parameters_make_it_panic(text in "((id|name|tags|waypoints|status|x|at)(\\[(0|x|at|)\\]){0,3}=[a0-9]{0,2}&){0,12}") {
            if let Ok(params) = Params::decode(text) {
                let _ = params.deserialize::<Robot>();
            }
        }
    }
}
