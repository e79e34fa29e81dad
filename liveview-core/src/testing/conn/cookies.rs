//! The cookies that a browser keeps for one site, all of them at the path `/`.

use std::collections::BTreeMap;

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use cookie::Cookie;

#[derive(Default)]
pub(super) struct Cookies(BTreeMap<String, String>);

impl Cookies {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn put(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), value.to_owned());
    }

    /// Takes over what a response sets. One that has run out is forgotten.
    pub(super) fn read(&mut self, response: &HeaderMap) {
        let lines = response.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
        for cookie in lines.filter_map(|line| Cookie::parse(line).ok()) {
            let is_over = cookie.max_age().is_some_and(|age| age <= cookie::time::Duration::ZERO);
            if is_over {
                self.0.remove(cookie.name());
            } else {
                self.put(cookie.name(), cookie.value());
            }
        }
    }

    pub(super) fn header(&self) -> Option<HeaderValue> {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        HeaderValue::try_from(pairs.join("; ")).ok().filter(|value| !value.is_empty())
    }
}
