//! How an endpoint is configured: by its builder, or by the environment.

use std::any::Any;
use std::env::VarError;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::Value;

use super::error_page::ErrorPage;
use super::force_ssl::ForceSsl;
use super::forwarded::TrustedProxies;
use super::front::Front;
use super::listener::{Address, TlsFiles};
use super::public_url::PublicUrl;
use super::tree::Tree;
use crate::host::{Limits, States};
use crate::router::{Router, RouterDefinition};
use crate::session::{OriginCheck, SecretKey, SessionOptions};
use crate::supervision::{ExitReason, StartError};
use crate::{Element, PubSub};

/// A server in the making. Give it a router and, if need be, state, limits and a secret, then hand it to [`crate::serve`].
pub struct Endpoint {
    pub(super) address: Address,
    pub(super) tls: Option<TlsFiles>,
    pub(super) secret: SecretKey,
    pub(super) origins: OriginCheck,
    pub(super) limits: Limits,
    pub(super) pubsub: PubSub,
    pub(super) states: States,
    pub(super) router: Router,
    pub(super) secure_cookies: bool,
    pub(super) session: SessionOptions,
    pub(super) front: Front,
    pub(super) public_url: Option<PublicUrl>,
    pub(super) tree: Option<Tree>,
}

/// Why there is no endpoint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// An environment variable holds something unusable.
    #[error("{name} is `{value}`, but {expected}")]
    Variable {
        /// The variable.
        name: &'static str,
        /// What it holds.
        value: String,
        /// What it should hold.
        expected: &'static str,
    },
    /// An environment variable is not set that has to be.
    #[error("{name} is not set: {expected}")]
    Missing {
        /// The variable.
        name: &'static str,
        /// What to do about it.
        expected: &'static str,
    },
    /// `SECRET_KEY_BASE` is too short.
    #[error(transparent)]
    Secret(#[from] crate::session::SecretKeyError),
    /// Browsers would drop the session's cookie.
    #[error(transparent)]
    Session(#[from] crate::session::SessionOptionsError),
    /// The address cannot be listened on.
    #[error("cannot listen on {addr}")]
    Bind {
        /// The address.
        addr: SocketAddr,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The Unix socket cannot be listened on.
    #[error("cannot listen on the Unix socket {}", path.display())]
    BindUnix {
        /// Its file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The certificate or its key cannot be used.
    #[error("TLS cannot use {}: {problem}", path.display())]
    Tls {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A certificate was given and TLS is not part of this program.
    #[error("a certificate was given, and this program was built without TLS: turn on the feature `tls` of `bennu`")]
    TlsNotBuilt,
    /// The router's routes contradict each other or are not paths.
    #[error("the router is not usable: {0}")]
    Router(String),
    /// The application's [supervision tree](Endpoint::supervise) did not start.
    #[error("the supervision tree did not start")]
    Tree(#[from] StartError),
    /// The application's [supervision tree](Endpoint::supervise) has given up.
    #[error("the supervision tree ended: {0}")]
    TreeEnded(ExitReason),
    /// The server itself failed.
    #[error("the server failed")]
    Io(#[from] std::io::Error),
}

impl Endpoint {
    /// An endpoint on `127.0.0.1:4000` with a secret that lasts as long as the process, and default limits.
    pub fn new() -> Self {
        Self {
            address: Address::Tcp(SocketAddr::from(([127, 0, 0, 1], 4000))),
            tls: None,
            secret: SecretKey::generate(),
            origins: OriginCheck::default(),
            limits: Limits::default(),
            pubsub: PubSub::local(),
            states: States::default(),
            router: Router::new(),
            secure_cookies: false,
            session: SessionOptions::default(),
            front: Front::default(),
            public_url: None,
            tree: None,
        }
    }

    /// Reads the environment:
    ///
    /// | variable | meaning | default |
    /// |---|---|---|
    /// | `HOST` | address to listen on, IPv4 or IPv6, or `unix:` and a path for a Unix socket | `127.0.0.1` |
    /// | `PORT` | port to listen on, 0 for any | `4000` |
    /// | `TLS_CERT_PATH`, `TLS_KEY_PATH` | files in PEM: the certificate with its chain, and its private key | no TLS |
    /// | `SECRET_KEY_BASE` | at least 64 bytes of text from which all keys are derived; behind commas those that it replaces, which verify and never sign | random: sessions and pages do not outlive the process |
    /// | `CHECK_ORIGIN` | origins that may open sockets, with commas (`https://fleet.example`, `//*.example.com`) | the page's own host |
    /// | `PUBLIC_URL` | where browsers find this server: scheme, host and port of [absolute URLs](Self::url) (`https://fleet.example`) | `http://localhost`, with the port that is listened on |
    /// | `SECURE_COOKIES` | `true`: cookies are sent by HTTPS only | `false` |
    /// | `TRUSTED_PROXIES` | proxies whose `x-forwarded-*` headers count (`loopback, 10.0.0.0/8`) | none |
    /// | `BENNU_DEBUG_ERRORS` | `true`: error pages show everything, for developers only | `false` |
    /// | `BENNU_ENV` | `prod`: what may be missing on a developer's machine only has to be set, which is `SECRET_KEY_BASE`; and `BENNU_DEBUG_ERRORS` may not be `true` | `dev` |
    ///
    /// # Errors
    /// When a variable holds something unusable; the message says what is expected.
    pub fn from_env() -> Result<Self, EndpointError> {
        let endpoint = Self::from_variables(std::env::var)?;
        if std::env::var_os("SECRET_KEY_BASE").is_none() {
            tracing::info!("SECRET_KEY_BASE is not set: sessions and open pages will not outlive this process");
        }
        Ok(endpoint)
    }

    fn from_variables(lookup: impl Fn(&'static str) -> Result<String, VarError>) -> Result<Self, EndpointError> {
        let variable = |name: &'static str| match lookup(name) {
            Ok(value) => Ok(Some(value)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(value)) => {
                Err(unusable(name, value.to_string_lossy().into_owned(), "text in UTF-8 is expected"))
            }
        };
        let mut endpoint = Self::new();
        let mut addr = SocketAddr::from(([127, 0, 0, 1], 4000));
        if let Some(port) = variable("PORT")? {
            addr.set_port(port.parse().map_err(|_| unusable("PORT", port, "a number from 0 to 65535 is expected"))?);
        }
        endpoint.address = match variable("HOST")? {
            Some(host) => address(host, addr)?,
            None => Address::Tcp(addr),
        };
        endpoint.tls = match (variable("TLS_CERT_PATH")?, variable("TLS_KEY_PATH")?) {
            (Some(cert), Some(key)) => Some(TlsFiles { cert: cert.into(), key: key.into() }),
            (None, None) => None,
            (Some(cert), None) => return Err(unusable("TLS_CERT_PATH", cert, "TLS_KEY_PATH is expected with it")),
            (None, Some(key)) => return Err(unusable("TLS_KEY_PATH", key, "TLS_CERT_PATH is expected with it")),
        };
        if let Some(secret) = variable("SECRET_KEY_BASE")? {
            endpoint.secret = SecretKey::new(secret)?;
        }
        if let Some(origins) = variable("CHECK_ORIGIN")? {
            endpoint.origins = OriginCheck::list(origins.split(',').map(str::trim)).map_err(|_| {
                unusable("CHECK_ORIGIN", origins, "a list such as https://fleet.example,//*.example.com is expected")
            })?;
        }
        if let Some(url) = variable("PUBLIC_URL")? {
            let url = PublicUrl::new(&url).map_err(|_| {
                unusable("PUBLIC_URL", url, "a URL such as https://fleet.example is expected, without a path")
            })?;
            endpoint.public_url = Some(url);
        }
        if let Some(secure) = variable("SECURE_COOKIES")? {
            endpoint.secure_cookies =
                secure.parse().map_err(|_| unusable("SECURE_COOKIES", secure, "true or false is expected"))?;
        }
        if let Some(proxies) = variable("TRUSTED_PROXIES")? {
            endpoint.front.proxies = proxies
                .parse()
                .map_err(|_| unusable("TRUSTED_PROXIES", proxies, "a list such as loopback,10.0.0.0/8 is expected"))?;
        }
        if let Some(debug) = variable("BENNU_DEBUG_ERRORS")? {
            endpoint.front.errors.is_debug =
                debug.parse().map_err(|_| unusable("BENNU_DEBUG_ERRORS", debug, "true or false is expected"))?;
        }
        match variable("BENNU_ENV")?.as_deref() {
            None | Some("dev") => {}
            Some("prod") => endpoint.check_production(variable("SECRET_KEY_BASE")?.is_some())?,
            Some(other) => return Err(unusable("BENNU_ENV", other.into(), "dev or prod is expected")),
        }
        Ok(endpoint)
    }

    fn check_production(&self, has_secret: bool) -> Result<(), EndpointError> {
        if !has_secret {
            let expected = "with BENNU_ENV=prod, at least 64 bytes of random text are expected, such as `openssl rand -base64 64 | tr -d '\\n'` makes";
            return Err(EndpointError::Missing { name: "SECRET_KEY_BASE", expected });
        }
        if self.front.errors.is_debug {
            return Err(unusable("BENNU_DEBUG_ERRORS", "true".into(), "with BENNU_ENV=prod, visitors would read it"));
        }
        Ok(())
    }

    /// What works behind the pages: a supervision tree, declared or running. A declared one is started before the first request is taken. Either is
    /// shut down at the end, after the last request: the endpoint is as good as its last child. When the tree gives up, [`crate::serve`] ends with
    /// [`EndpointError::TreeEnded`].
    #[must_use]
    pub fn supervise(mut self, tree: impl Into<Tree>) -> Self {
        self.tree = Some(tree.into());
        self
    }

    /// The routes: what `router!` made.
    #[must_use]
    pub fn router(mut self, router: impl RouterDefinition) -> Self {
        self.router = router.define();
        self
    }

    /// A value that views reach by [`crate::Cx::state`] and handlers by [`crate::State`]. One for each type.
    #[must_use]
    pub fn state<T: Any + Send + Sync>(mut self, state: T) -> Self {
        self.states.insert(state);
        self
    }

    /// Where to listen. `[::]` takes IPv4 too, on most systems.
    #[must_use]
    pub fn addr(mut self, addr: impl Into<SocketAddr>) -> Self {
        self.address = Address::Tcp(addr.into());
        self
    }

    /// Listens on a Unix socket, for a proxy on the same machine. Its file is made, and removed at the end; who may connect is what the permissions of its
    /// folder say. Peers have the address `127.0.0.1:0`.
    #[must_use]
    pub fn unix(mut self, path: impl Into<PathBuf>) -> Self {
        self.address = Address::Unix(path.into());
        self
    }

    /// Serves https, with these files in PEM: the certificate with its chain, and its private key. They are read once, at the start. Needs the
    /// feature `tls`.
    #[must_use]
    pub fn tls(mut self, cert: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.tls = Some(TlsFiles { cert: cert.into(), key: key.into() });
        self
    }

    /// The secret from which all keys are derived.
    #[must_use]
    pub fn secret(mut self, secret: SecretKey) -> Self {
        self.secret = secret;
        self
    }

    /// How sessions are kept: the cookie's name and attributes, signed or encrypted.
    #[must_use]
    pub fn session(mut self, options: SessionOptions) -> Self {
        self.session = options;
        self
    }

    /// Which origins may open sockets.
    #[must_use]
    pub fn check_origin(mut self, origins: OriginCheck) -> Self {
        self.origins = origins;
        self
    }

    /// Where browsers find this server: behind a proxy, that is the proxy.
    #[must_use]
    pub fn public_url(mut self, url: PublicUrl) -> Self {
        self.public_url = Some(url);
        self
    }

    /// The absolute URL of a path, with the scheme, host and port of [`public_url`](Self::public_url). With port 0, the server knows better
    /// once it is [started](crate::Server::url).
    pub fn url(&self, path: impl AsRef<str>) -> String {
        self.public_url_at(self.address.port()).url(path)
    }

    pub(super) fn public_url_at(&self, port: u16) -> PublicUrl {
        self.public_url.clone().unwrap_or_else(|| PublicUrl::local(port, self.tls.is_some()))
    }

    /// The bounds.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Whose `x-forwarded-*` headers are believed: those of a proxy before this server. By default nobody's.
    #[must_use]
    pub fn trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.front.proxies = proxies;
        self
    }

    /// Sends browsers that come by HTTP to HTTPS.
    #[must_use]
    pub fn force_ssl(mut self, force_ssl: ForceSsl) -> Self {
        self.front.force_ssl = Some(force_ssl);
        self
    }

    /// What browsers are shown when a request fails, in place of a page that says the status: a whole document, or its `head` and `body`.
    #[must_use]
    pub fn error_pages(mut self, page: fn(ErrorPage) -> Element) -> Self {
        self.front.errors.html = Some(page);
        self
    }

    /// What clients are sent that asked for JSON, in place of `{"errors":{"detail":"Not Found"}}`.
    #[must_use]
    pub fn error_json(mut self, json: fn(&ErrorPage) -> Value) -> Self {
        self.front.errors.json = Some(json);
        self
    }

    /// The HTTP status of errors of the type `E`, which are 500 otherwise. A status that was given by hand goes first.
    ///
    /// ```
    /// # #[derive(Debug)] enum RepoError { NotFound, Other }
    /// # impl std::fmt::Display for RepoError { fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Ok(()) } }
    /// # impl std::error::Error for RepoError {}
    /// liveview_core::Endpoint::new().error_status(|error: &RepoError| match error {
    ///     RepoError::NotFound => 404,
    ///     _ => 500,
    /// });
    /// ```
    #[must_use]
    pub fn error_status<E: std::error::Error + 'static>(
        mut self,
        status: impl Fn(&E) -> u16 + Send + Sync + 'static,
    ) -> Self {
        self.front.errors.statuses.insert(status);
        self
    }

    /// Whether error pages show causes, source, parameters and backtraces: only where nobody but developers comes. Default: no.
    #[must_use]
    pub fn debug_errors(mut self, debug: bool) -> Self {
        self.front.errors.is_debug = debug;
        self
    }

    /// The pubsub that views subscribe to, for tasks that broadcast. By default a local one.
    pub fn pubsub(&self) -> PubSub {
        self.pubsub.clone()
    }

    /// Takes another pubsub, for example one that the application has made already.
    #[must_use]
    pub fn with_pubsub(mut self, pubsub: PubSub) -> Self {
        self.pubsub = pubsub;
        self
    }
}

impl Default for Endpoint {
    fn default() -> Self {
        Self::new()
    }
}

fn address(host: String, mut addr: SocketAddr) -> Result<Address, EndpointError> {
    if let Some(path) = host.strip_prefix("unix:").filter(|path| !path.is_empty()) {
        return Ok(Address::Unix(path.into()));
    }
    let expected = "an IP address such as 0.0.0.0 or ::, or unix:/path is expected";
    addr.set_ip(host.parse().map_err(|_| unusable("HOST", host, expected))?);
    Ok(Address::Tcp(addr))
}

fn unusable(name: &'static str, value: String, expected: &'static str) -> EndpointError {
    EndpointError::Variable { name, value, expected }
}

#[cfg(test)]
mod tests {
    use std::env::VarError;

    use super::{Endpoint, EndpointError};

    fn with(name: &'static str, value: &'static str) -> Result<Endpoint, EndpointError> {
        Endpoint::from_variables(|asked| if asked == name { Ok(value.into()) } else { Err(VarError::NotPresent) })
    }

    #[test]
    fn variables_are_read() {
        assert_eq!(with("", "").unwrap().address.to_string(), "127.0.0.1:4000");
        assert_eq!(with("HOST", "::").unwrap().address.to_string(), "[::]:4000");
        assert_eq!(with("HOST", "unix:/run/fleet.sock").unwrap().address.to_string(), "unix:/run/fleet.sock");
        assert_eq!(with("PORT", "0").unwrap().address.to_string(), "127.0.0.1:0");
        assert!(with("SECURE_COOKIES", "true").unwrap().secure_cookies);
        assert_eq!(with("PUBLIC_URL", "https://fleet.example").unwrap().url("/robots"), "https://fleet.example/robots");
        assert_eq!(with("PORT", "4001").unwrap().url("/robots"), "http://localhost:4001/robots");
        assert!(with("CHECK_ORIGIN", "https://fleet.example, //*.example.com").is_ok());
        assert!(with("SECRET_KEY_BASE", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef").is_ok());
    }

    #[test]
    fn a_variable_that_is_unusable_is_named_with_what_it_should_hold() {
        for (name, value, expected) in [
            ("HOST", "localhost", "an IP address"),
            ("HOST", "unix:", "unix:/path"),
            ("TLS_CERT_PATH", "cert.pem", "TLS_KEY_PATH is expected"),
            ("TLS_KEY_PATH", "key.pem", "TLS_CERT_PATH is expected"),
            ("PORT", "http", "a number from 0 to 65535"),
            ("PORT", "70000", "a number from 0 to 65535"),
            ("SECURE_COOKIES", "yes", "true or false"),
            ("PUBLIC_URL", "fleet.example", "a URL such as https://fleet.example"),
            ("PUBLIC_URL", "https://fleet.example/app", "without a path"),
            ("CHECK_ORIGIN", "fleet example", "a list such as"),
            ("SECRET_KEY_BASE", "short", "SECRET_KEY_BASE"),
            ("TRUSTED_PROXIES", "proxy.example", "a list such as loopback"),
            ("BENNU_DEBUG_ERRORS", "1", "true or false"),
            ("BENNU_ENV", "production", "dev or prod"),
        ] {
            let error = with(name, value).err().expect("an error").to_string();
            assert!(error.contains(name) && error.contains(expected), "{error}");
        }
    }
    const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn with_all(variables: &[(&str, &str)]) -> Result<Endpoint, EndpointError> {
        Endpoint::from_variables(|asked| {
            let known = variables.iter().find(|(name, _)| *name == asked);
            known.map(|(_, value)| (*value).to_owned()).ok_or(VarError::NotPresent)
        })
    }

    #[test]
    fn in_production_a_secret_is_missed_and_errors_are_not_shown() {
        let error = with("BENNU_ENV", "prod").err().expect("an error").to_string();
        assert!(error.starts_with("SECRET_KEY_BASE is not set: with BENNU_ENV=prod, at least 64 bytes"), "{error}");
        assert!(with_all(&[("BENNU_ENV", "prod"), ("SECRET_KEY_BASE", SECRET)]).is_ok());
        let shown = [("BENNU_ENV", "prod"), ("SECRET_KEY_BASE", SECRET), ("BENNU_DEBUG_ERRORS", "true")];
        assert!(with_all(&shown).err().expect("an error").to_string().contains("BENNU_DEBUG_ERRORS"));
        assert!(with("BENNU_ENV", "dev").is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_no_text_is_named() {
        use std::os::unix::ffi::OsStringExt as _;

        let error = Endpoint::from_variables(|asked| match asked {
            "PORT" => Err(VarError::NotUnicode(std::ffi::OsString::from_vec(vec![0xff]))),
            _ => Err(VarError::NotPresent),
        });
        assert!(error.err().expect("an error").to_string().contains("PORT is `\u{fffd}`, but text in UTF-8"));
    }
}
