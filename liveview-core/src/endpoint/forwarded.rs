//! What a proxy says about the browser behind it (`Plug.RewriteOn`, `X-Forwarded-*`).
//!
//! Anybody can send these headers, so only those of trusted proxies count: by default of none. Of several values the last
//! counts, the one that our own proxy wrote; of `x-forwarded-for` the last that is no proxy of ours.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::extract::ConnectInfo;
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue};
use ipnet::IpNet;

/// Whose `x-forwarded-*` headers count: addresses and networks. By default nobody's.
///
/// ```
/// use liveview_core::TrustedProxies;
///
/// let proxies: TrustedProxies = "loopback, 10.0.0.0/8, 2001:db8::1".parse()?;
/// # Ok::<(), liveview_core::TrustedProxiesError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// An entry that is neither an address nor a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{entry}` is no address, no network such as 10.0.0.0/8, and neither `loopback` nor `private`")]
pub struct TrustedProxiesError {
    entry: String,
}

/// How the browser reached us. In the request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The scheme of a request; of one without a note, `http`.
    pub(crate) fn of(parts: &Parts) -> Self {
        parts.extensions.get().copied().unwrap_or(Self::Http)
    }
}

impl TrustedProxies {
    /// Whether an address is a proxy's. IPv4 addresses in the form of IPv6 are the same addresses.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Entries with commas between: addresses, networks, `loopback`, `private`.
impl FromStr for TrustedProxies {
    type Err = TrustedProxiesError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut networks = Vec::new();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let names: &[&str] = match entry {
                "loopback" => &["127.0.0.0/8", "::1/128"],
                "private" => &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
                entry => &[entry],
            };
            for name in names {
                let network = name.parse().or_else(|_| name.parse::<IpAddr>().map(IpNet::from));
                networks.push(network.map_err(|_| TrustedProxiesError { entry: entry.to_owned() })?);
            }
        }
        Ok(Self(networks))
    }
}

/// Puts the browser's address, host and scheme where the proxy's would be, if the peer is a trusted proxy.
pub(crate) fn rewrite(parts: &mut Parts, proxies: &TrustedProxies) {
    if proxies.0.is_empty() {
        return;
    }
    let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>().copied() else { return };
    if !proxies.contains(peer.ip()) {
        return;
    }
    if let Some(client) = client(&parts.headers, proxies) {
        // The port of the browser is not told, and nobody needs it.
        parts.extensions.insert(ConnectInfo(SocketAddr::new(client, 0)));
    }
    if let Some(scheme) = scheme(&parts.headers) {
        parts.extensions.insert(scheme);
    }
    if let Some(host) = host(&parts.headers) {
        parts.headers.insert(HOST, host);
    }
}

fn client(headers: &HeaderMap, proxies: &TrustedProxies) -> Option<IpAddr> {
    let addresses = values(headers, "x-forwarded-for").rev();
    let mut last = None;
    // Behind an unreadable entry nothing can be believed.
    for address in addresses.map_while(address) {
        last = Some(address);
        if !proxies.contains(address) {
            break;
        }
    }
    last
}

/// `10.0.0.1`, `10.0.0.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let address = text.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    address.ok().or_else(|| bare?.parse().ok()).map(|address| address.to_canonical())
}

fn scheme(headers: &HeaderMap) -> Option<Scheme> {
    match &*values(headers, "x-forwarded-proto").next_back()?.to_ascii_lowercase() {
        "https" => Some(Scheme::Https),
        "http" => Some(Scheme::Http),
        _ => None,
    }
}

/// The host with its port, if that is not the scheme's own.
fn host(headers: &HeaderMap) -> Option<HeaderValue> {
    let host: Option<Authority> = values(headers, "x-forwarded-host").next_back().and_then(|host| host.parse().ok());
    let port: Option<u16> = values(headers, "x-forwarded-port").next_back().and_then(|port| port.parse().ok());
    let host = if let Some(host) = host {
        host
    } else {
        // A port alone changes the host's.
        port?;
        headers.get(HOST)?.to_str().ok()?.parse().ok()?
    };
    let own_port = if scheme(headers) == Some(Scheme::Https) { 443 } else { 80 };
    let shown = match port.or(host.port_u16()).filter(|port| *port != own_port) {
        Some(port) => format!("{}:{port}", host.host()),
        None => host.host().to_owned(),
    };
    HeaderValue::try_from(shown).ok()
}

/// The values of a header that may stand on several lines, or several on one.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> std::vec::IntoIter<&'a str> {
    let lines = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',').map(str::trim)).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::extract::ConnectInfo;
    use axum::http::request::Parts;
    use axum::http::{HeaderName, HeaderValue, Request};

    use super::{Scheme, TrustedProxies, rewrite};

    fn seen(peer: &str, headers: &[(&str, &str)]) -> (String, &'static str, String) {
        let mut parts: Parts = Request::new(()).into_parts().0;
        parts.headers.insert("host", HeaderValue::from_static("inner:4000"));
        parts.extensions.insert(ConnectInfo(peer.parse::<SocketAddr>().expect("an address")));
        for (name, value) in headers {
            let name: HeaderName = name.parse().expect("a name");
            parts.headers.append(name, HeaderValue::from_str(value).expect("a value"));
        }
        rewrite(&mut parts, &"loopback, 10.0.0.0/8".parse().expect("networks"));
        let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>().expect("a peer");
        let host = parts.headers["host"].to_str().expect("a text").to_owned();
        (peer.ip().to_string(), Scheme::of(&parts).as_str(), host)
    }

    const FORWARDED: [(&str, &str); 3] =
        [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "fleet.example")];

    #[test]
    fn a_trusted_proxy_is_believed_and_nobody_else() {
        let believed = ("203.0.113.7".to_owned(), "https", "fleet.example".to_owned());
        assert_eq!(seen("10.1.2.3:99", &FORWARDED), believed);
        assert_eq!(seen("[::ffff:10.1.2.3]:99", &FORWARDED), believed);
        assert_eq!(seen("[::1]:99", &FORWARDED), believed);
        let stranger = ("192.0.2.1".to_owned(), "http", "inner:4000".to_owned());
        assert_eq!(seen("192.0.2.1:99", &FORWARDED), stranger);
    }

    #[test]
    fn the_last_address_that_is_no_proxy_is_the_browser() {
        let client = |value| seen("10.1.2.3:99", &[("x-forwarded-for", value)]).0;
        assert_eq!(client("1.1.1.1, 203.0.113.7, 10.9.9.9"), "203.0.113.7");
        assert_eq!(client("203.0.113.7:4711"), "203.0.113.7");
        assert_eq!(client("[2001:db8::1]:80"), "2001:db8::1");
        assert_eq!(client("10.0.0.1, 10.0.0.2"), "10.0.0.1");
        assert_eq!(client("203.0.113.7, unknown"), "10.1.2.3");
        assert_eq!(client("unknown, 203.0.113.7"), "203.0.113.7");
        let lines = [("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "203.0.113.7")];
        assert_eq!(seen("10.1.2.3:99", &lines).0, "203.0.113.7");
    }

    #[test]
    fn a_port_is_shown_unless_it_is_the_scheme_s_own() {
        let host = |headers: &[(&str, &str)]| seen("127.0.0.1:99", headers).2;
        let https = ("x-forwarded-proto", "http, https");
        assert_eq!(host(&[https, ("x-forwarded-host", "a.example"), ("x-forwarded-port", "443")]), "a.example");
        assert_eq!(host(&[https, ("x-forwarded-host", "a.example"), ("x-forwarded-port", "8443")]), "a.example:8443");
        assert_eq!(host(&[("x-forwarded-port", "80")]), "inner");
        assert_eq!(host(&[("x-forwarded-host", "a b")]), "inner:4000");
    }

    #[test]
    fn an_entry_that_is_no_network_is_named() {
        let error = "loopback, 10.0.0.0/99".parse::<TrustedProxies>().expect_err("no network");
        assert!(error.to_string().starts_with("`10.0.0.0/99` is no address"), "{error}");
        assert_eq!("".parse::<TrustedProxies>(), Ok(TrustedProxies::default()));
    }
}
