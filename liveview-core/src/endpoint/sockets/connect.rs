//! Who may connect: origins, language, session, token, and then the socket itself.

use std::sync::Arc;
use std::time::Instant;

use axum::http::header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::alphabet::{STANDARD as STANDARD_ALPHABET, URL_SAFE as URL_SAFE_ALPHABET};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::channel::connection::{Client, Connection};
use crate::channel::registry::{Place, Transport};
use crate::channel::socket::{ConnectRequest, Identity};
use crate::channel::{Refused, SocketConnect, SocketDef};
use crate::endpoint::http::x_headers;
use crate::endpoint::shared::Shared;
use crate::live_socket::Entered;
use crate::session::{OriginError, csrf};
use crate::telemetry::{self, SocketConnected};
use crate::{Conn, Params, Session};

/// What a client speaks that says nothing.
const DEFAULT_VSN: &str = "1.0.0";
/// Before the token among the protocols of a WebSocket, as `phoenix.js` sends it.
const TOKEN_PROTOCOL: &str = "base64url.bearer.phx.";
/// The token of polls, where `phoenix.js` sends it.
const TOKEN_HEADER: &str = "x-phoenix-authtoken";

/// A client that was let in. Its places among others are given back when this is dropped.
pub(super) struct Connected {
    pub(super) connection: Connection,
    pub(super) _entered: Option<Entered>,
    pub(super) _place: Place,
}

/// Lets a client in, or answers why not.
pub(super) async fn connect(
    conn: &Conn,
    def: &Arc<SocketDef>,
    headers: &HeaderMap,
    transport: Transport,
) -> Result<Connected, Response> {
    let began = Instant::now();
    let outcome = try_connect(conn, def, headers, transport).await;
    if telemetry::is_watched::<SocketConnected>() {
        telemetry::emit(&SocketConnected {
            duration: began.elapsed(),
            refused: outcome.as_ref().err().map(Refusal::reason),
            path: conn.uri().path().to_owned(),
            peer_addr: conn.peer_addr(),
            params: conn.query_params().clone(),
        });
    }
    outcome.map_err(|refusal| {
        refusal.log(conn.uri().path());
        refusal.response(def)
    })
}

enum Refusal {
    Origin(OriginError),
    Version {
        vsn: String,
        known: String,
    },
    Refused(Refused),
    /// Its id was disconnected while it connected.
    Disconnected,
}

impl Refusal {
    fn reason(&self) -> String {
        match self {
            Self::Origin(_) => "origin not allowed".to_owned(),
            Self::Version { vsn, known } => format!("this socket does not speak vsn={vsn:.20}, but {known}"),
            Self::Refused(refused) => refused.reason().to_owned(),
            Self::Disconnected => "disconnected".to_owned(),
        }
    }

    /// What is wrong with how somebody wrote a program is a warning, and that somebody may not connect is none.
    fn log(&self, path: &str) {
        match self {
            Self::Origin(error) => tracing::warn!(path, %error, "a socket from another origin was refused"),
            Self::Version { .. } => tracing::warn!(path, reason = self.reason(), "a socket was refused"),
            _ => tracing::info!(path, reason = self.reason(), "a socket was refused"),
        }
    }

    fn response(self, def: &SocketDef) -> Response {
        match self {
            Self::Refused(refused) => (def.refused)(&refused),
            Self::Disconnected => (def.refused)(&Refused::new("disconnected")),
            Self::Version { .. } => (StatusCode::BAD_REQUEST, self.reason()).into_response(),
            Self::Origin(_) => (StatusCode::FORBIDDEN, self.reason()).into_response(),
        }
    }
}

async fn try_connect(
    conn: &Conn,
    def: &Arc<SocketDef>,
    headers: &HeaderMap,
    transport: Transport,
) -> Result<Connected, Refusal> {
    let shared = conn.shared();
    check_origin(shared, def, headers)?;
    let vsn = conn.query_params().get("vsn").unwrap_or(DEFAULT_VSN);
    let serializer = def
        .serializer(vsn)
        .ok_or_else(|| Refusal::Version { vsn: vsn.escape_default().to_string(), known: def.versions() })?;
    let request = ConnectRequest {
        transport,
        params: params(conn.query_params()),
        token: token(headers),
        peer_addr: conn.peer_addr(),
        user_agent: headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned),
        x_headers: x_headers(headers).into_iter().filter(|(name, _)| name != TOKEN_HEADER).collect(),
        session: session(shared, def, headers, conn.query_params()),
    };
    let peer_addr = conn.peer_addr();
    // From here on, what `connect` finds true may be taken back by a disconnect.
    let began = Instant::now();
    let mut cx = SocketConnect { host: shared.host.clone(), request };
    let Identity { socket, id } = (def.connect)(&mut cx).await.map_err(Refusal::Refused)?;
    let (host, def) = (shared.host.clone(), def.clone());
    let client = Client { host, def, serializer, socket, id, transport, peer_addr };
    let connection = Connection::new(client);
    let entered = match &connection.shared().id {
        Some(id) => {
            let entered = shared.live_sockets.enter_as(id, &connection.shared().outbox);
            if shared.host.registry.was_disconnected(id, began) {
                return Err(Refusal::Disconnected);
            }
            Some(entered)
        }
        None => None,
    };
    let place = shared.channel_sockets.enter(connection.shared());
    Ok(Connected { connection, _entered: entered, _place: place })
}

fn check_origin(shared: &Shared, def: &SocketDef, headers: &HeaderMap) -> Result<(), Refusal> {
    def.origins.as_ref().unwrap_or(&shared.origins).check(headers).map_err(Refusal::Origin)
}

/// The client's own.
fn params(query: &Params) -> Params {
    query.iter().filter(|(name, _)| *name != "_csrf_token").map(|(name, param)| (name, param.clone())).collect()
}

/// The session of a browser whose page is ours.
fn session(shared: &Shared, def: &SocketDef, headers: &HeaderMap, query: &Params) -> Option<Session> {
    let token = query.get("_csrf_token");
    if def.check_csrf && token.is_none() {
        return None;
    }
    let session = shared.sessions.read(headers);
    let is_ours = !def.check_csrf || csrf::verify(&session, token.unwrap_or_default()).is_ok();
    is_ours.then_some(session)
}

/// The token that did not come in the URL.
fn token(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    let bearer = text(AUTHORIZATION.as_str()).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    });
    let header = || text(TOKEN_HEADER).map(str::to_owned);
    let protocol = || {
        let protocols = headers.get_all(SEC_WEBSOCKET_PROTOCOL).into_iter().filter_map(|value| value.to_str().ok());
        let encoded =
            protocols.flat_map(|value| value.split(',')).find_map(|one| one.trim().strip_prefix(TOKEN_PROTOCOL))?;
        decode(encoded)
    };
    bearer.or_else(header).or_else(protocol)
}

/// In the alphabet for URLs, or in the other one, which is what `phoenix.js` writes; with or without padding.
fn decode(encoded: &str) -> Option<String> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let alphabet = if encoded.contains(['-', '_']) { &URL_SAFE_ALPHABET } else { &STANDARD_ALPHABET };
    String::from_utf8(GeneralPurpose::new(alphabet, config).decode(encoded).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::token;

    fn of(name: &'static str, value: &'static str) -> Option<String> {
        let (name, value) = (HeaderName::from_static(name), HeaderValue::from_static(value));
        token(&HeaderMap::from_iter([(name, value)]))
    }

    #[test]
    fn a_token_comes_in_headers() {
        let expected = Some("a?b>c".to_owned());
        assert_eq!(of("authorization", "Bearer a?b>c"), expected);
        assert_eq!(of("x-phoenix-authtoken", "a?b>c"), expected);
        for encoded in ["YT9iPmM", "YT9iPmM="] {
            let value: &'static str = format!("phoenix, base64url.bearer.phx.{encoded}").leak();
            assert_eq!(of("sec-websocket-protocol", value), expected, "{encoded}");
        }
        assert_eq!(of("sec-websocket-protocol", "phoenix, base64url.bearer.phx.Pz8_Pg"), Some("???>".to_owned()));
        assert_eq!(of("sec-websocket-protocol", "phoenix, base64url.bearer.phx.Pz8/Pg"), Some("???>".to_owned()));
        for (name, value) in [
            ("authorization", "Basic YTpi"),
            ("sec-websocket-protocol", "phoenix"),
            ("sec-websocket-protocol", "phoenix, base64url.bearer.phx.%%"),
        ] {
            assert_eq!(of(name, value), None, "{value}");
        }
    }
}
