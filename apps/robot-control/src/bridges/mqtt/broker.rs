//! Where the broker is, and who we are there.

use std::fmt;
use std::time::Duration;

use axum::http::Uri;
use percent_encoding::percent_decode_str;
use rumqttc::{LastWill, MqttOptions, QoS};

use super::{CONTROL, OFFLINE};

const PORT: u16 = 1883;
/// A connection that says nothing is lost after one and a half of it: a robot stops within two seconds.
const KEEP_ALIVE: Duration = Duration::from_secs(1);
/// Bytes of a message; a report with the longest route has a quarter.
const MAX_MESSAGE: usize = 64 << 10;

/// A broker, and the account that we have there.
#[derive(Clone, PartialEq, Eq)]
pub struct Broker {
    host: String,
    port: u16,
    account: Option<(String, String)>,
}

/// Why a URL is no broker's. `Display` is for whoever starts the program, and tells no password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "MQTT_URL {0}: it is written mqtt://user:password@host:1883, with name and password where the broker wants them"
)]
pub struct BrokerError(&'static str);

impl Broker {
    /// The broker at `mqtt://host`, `mqtt://host:port` or `mqtt://user:password@host:port`. What is not fit for a URL is
    /// written `%40` in name and password. The port is 1883 unless it says otherwise.
    ///
    /// # Errors
    /// When it is another kind of URL.
    pub fn from_url(url: &str) -> Result<Self, BrokerError> {
        let uri: Uri = url.parse().map_err(|_| BrokerError("is no URL"))?;
        if uri.scheme_str() != Some("mqtt") {
            return Err(BrokerError("does not begin with mqtt://"));
        }
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(BrokerError("names no host"))?;
        if !matches!(uri.path(), "" | "/") {
            return Err(BrokerError("has a path"));
        }
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let account = authority.rsplit_once('@').map(|(account, _)| account.split_once(':').unwrap_or((account, "")));
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        Ok(Self {
            host: host.to_owned(),
            port: uri.port_u16().unwrap_or(PORT),
            account: account.map(|(name, password)| (decoded(name), decoded(password))),
        })
    }

    /// Where it is, for logs.
    pub fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Options of one connection.
    pub(super) fn options(&self) -> MqttOptions {
        let id = format!("bennu-control-{:08x}", fastrand::u32(..));
        let mut options = MqttOptions::new(id, &self.host, self.port);
        options.set_keep_alive(KEEP_ALIVE).set_max_packet_size(MAX_MESSAGE, MAX_MESSAGE);
        options.set_last_will(LastWill::new(CONTROL, OFFLINE, QoS::AtLeastOnce, true));
        if let Some((name, password)) = &self.account {
            options.set_credentials(name, password);
        }
        options
    }
}

impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Broker").field(&self.place()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_the_broker_and_the_account() {
        let broker = Broker::from_url("mqtt://kim:p%40ss@broker.example:1884").unwrap();
        assert_eq!(broker.account, Some(("kim".to_owned(), "p@ss".to_owned())));
        assert_eq!(format!("{broker:?}"), "Broker(\"broker.example:1884\")");
        assert_eq!(Broker::from_url("mqtt://localhost").unwrap().place(), "localhost:1883");
        for (url, wrong) in [
            ("mqtts://host", "does not begin with mqtt://"),
            ("host", "does not begin with mqtt://"),
            ("mqtt://host/topic", "has a path"),
            ("mqtt:// host", "is no URL"),
        ] {
            assert_eq!(Broker::from_url(url), Err(BrokerError(wrong)), "{url}");
        }
    }
}
