//! Blank texts as nothing (`Phoenix.Controller.scrub_params/2`).

use super::{Param, ParamError, Params};

impl Params {
    /// Everything below `name`, which must be there, without its blank texts: forms send an empty text for whatever was not filled in.
    ///
    /// # Errors
    /// [`ParamError::Missing`], which a handler's `?` answers with 400.
    pub fn scrub(&self, name: &str) -> Result<Params, ParamError> {
        let map = self.map(name).ok_or_else(|| ParamError::Missing { name: name.to_owned() })?;
        Ok(scrubbed(map))
    }
}

fn scrubbed(params: &Params) -> Params {
    params.iter().filter_map(|(name, param)| Some((name, scrub(param)?))).collect()
}

fn scrub(param: &Param) -> Option<Param> {
    match param {
        Param::Text(text) if text.trim().is_empty() => None,
        Param::Text(text) => Some(text.as_str().into()),
        Param::List(list) => Some(Param::List(list.iter().filter_map(scrub).collect())),
        Param::Map(params) => Some(Param::Map(scrubbed(params))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::params::{ParamError, Params};

    #[test]
    fn blank_texts_are_left_out_on_every_level() {
        let params = Params::decode("robot[name]=Ada&robot[note]=+&robot[tags][]=&robot[tags][]=x&robot[at][x]=&page=")
            .expect("parameters");
        let robot = params.scrub("robot").expect("there");
        assert_eq!(Value::from(robot), json!({ "name": "Ada", "tags": ["x"], "at": {} }));
    }

    #[test]
    fn what_must_be_there_is_missed() {
        let params = Params::decode("robot=1").expect("parameters");
        assert_eq!(params.scrub("robot"), Err(ParamError::Missing { name: "robot".to_owned() }));
    }
}
