//! `phx_join` of a live view: the token is read, and a view takes the socket, an old one or a new one.

use std::time::Instant;

use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::Socket;
use super::navigate::within;
use crate::host::{LiveToken, new_view_id};
use crate::link::SocketLink;
use crate::live_view::Connect;
use crate::live_view::actor::{First, Start, StartError};
use crate::live_view::context::PageRequest;
use crate::live_view::effects::Leave;
use crate::live_view::message::{Attach, AttachHow, Attached, Message};
use crate::protocol::message::{Join, LIVE_TOPIC, PayloadError, Push};
use crate::protocol::outgoing::TopicRef;
use crate::router::{LiveMatchError, LivePage};
use crate::session::{TokenError, csrf};
use crate::telemetry::{self, ChannelJoined, JoinResult};
use crate::{Assigns, Flash, Params};

/// Why a browser could not join. `response` is what it is told; the cause is only logged.
#[derive(Debug, thiserror::Error)]
pub(super) enum JoinError {
    /// No live view has such a topic.
    #[error("unmatched topic")]
    Topic,
    /// The payload lacks something.
    #[error("malformed join")]
    Payload(#[from] PayloadError),
    /// The token is not ours, or too old: the browser loads the page again.
    #[error("stale token")]
    Stale(#[from] TokenError),
    /// The CSRF token is missing or of another session, or the page's view is not the one of its URL.
    #[error("unauthorized")]
    Unauthorized,
    /// The URL leads nowhere.
    #[error("no such page")]
    NotFound(#[from] LiveMatchError),
    /// The view leads elsewhere, with a token of messages; empty: none.
    #[error("the view leads to {}", leave.to())]
    Left { leave: Leave, flash: String },
    /// The view could not be mounted.
    #[error("mount failed")]
    Start(#[source] StartError),
    /// The view does not answer in time.
    #[error("the view does not answer")]
    NoAnswer,
    /// The socket has as many topics as its limit allows, or the server has no room.
    #[error("full")]
    Full,
}

impl JoinError {
    pub(super) fn response(&self) -> Value {
        let reason = match self {
            Self::Topic => "unmatched topic",
            Self::Payload(_) => "malformed",
            Self::Stale(_) => "stale",
            Self::Unauthorized => "unauthorized",
            Self::NotFound(_) => "not found",
            Self::Left { leave, flash } => return left(leave, flash),
            Self::Start(StartError::Failed(error)) => match error.status() {
                404 => "not found",
                401 | 403 => "unauthorized",
                _ => "crashed",
            },
            Self::Full | Self::Start(StartError::Full) => "full",
            Self::Start(StartError::Crashed(_) | StartError::TimedOut(_) | StartError::Left { .. })
            | Self::NoAnswer => "crashed",
        };
        json!({ "reason": reason })
    }
}

impl Socket {
    fn not_started(&self, error: StartError) -> JoinError {
        match error {
            StartError::Left { leave, flash } => {
                JoinError::Left { leave, flash: flash.sign(&self.shared.host.flash_tokens).unwrap_or_default() }
            }
            error => JoinError::Start(error),
        }
    }
}

/// The view wants the browser elsewhere. The keys are Phoenix's.
fn left(leave: &Leave, flash: &str) -> Value {
    let mut way = json!({ "to": leave.to() });
    if !flash.is_empty() {
        way["flash"] = Value::from(flash);
    }
    match leave {
        Leave::Redirect { .. } => json!({ "redirect": way }),
        Leave::Navigate { replace, .. } => {
            way["kind"] = Value::from(if *replace { "replace" } else { "push" });
            json!({ "live_redirect": way })
        }
    }
}

impl Socket {
    pub(super) async fn join(&mut self, push: &Push<'_>) -> Result<(), JoinError> {
        let began = Instant::now();
        let outcome = self.try_join(push).await;
        if telemetry::is_watched::<ChannelJoined>() {
            let params = push.join().map(|join| Params::from(join.params)).unwrap_or_default();
            let result = match &outcome {
                Ok(joined) => joined.clone(),
                Err(error) => JoinResult::Refused { reason: error.to_string() },
            };
            telemetry::emit(&ChannelJoined {
                duration: began.elapsed(),
                topic: push.topic.to_string(),
                result,
                params,
            });
        }
        if let Err(error) = &outcome {
            tracing::info!(topic = &*push.topic, %error, cause = ?std::error::Error::source(error), "a join was refused");
        }
        outcome.map(drop)
    }

    async fn try_join(&mut self, push: &Push<'_>) -> Result<JoinResult, JoinError> {
        if !push.topic.starts_with(LIVE_TOPIC) {
            return Err(JoinError::Topic);
        }
        if !self.topics.has(&push.topic) && self.topics.len() >= self.shared.host.limits.max_topics {
            return Err(JoinError::Full);
        }
        let Join { session, url, redirect, flash, params, adopt, seq } = push.join()?;
        let csrf_token = params.get("_csrf_token").and_then(Value::as_str).unwrap_or_default();
        let topic = redirect.is_none().then_some(&*push.topic);
        let token = self.shared.host.read_live_token(&session, topic, &self.session)?;
        csrf::verify(&self.session, csrf_token).map_err(|_| JoinError::Unauthorized)?;
        let how = match (seq, adopt) {
            (Some(seq), _) => AttachHow::Resume { seq },
            (None, true) => AttachHow::Adopt,
            (None, false) => AttachHow::Fresh,
        };
        let uri = redirect.as_deref().or(url.as_deref()).and_then(|url| self.uri(url).ok());
        let mut connect = Connect { params, uri, ..self.connect.clone() };
        connect.params.remove("_csrf_token");
        let link = self.link(push);
        if let Some(url) = redirect {
            let page = self.navigation(&token, &url)?;
            let flash = Flash::verify(flash.as_deref(), &self.shared.host.flash_tokens).unwrap_or_default();
            let kept = self.kept(&token);
            return self.mount(page, (kept, flash), link, connect).await.map(|()| JoinResult::Joined);
        }
        if let Some(result) = self.attach(&token, &link, how, &connect).await? {
            return Ok(result);
        }
        let url = url.ok_or(JoinError::NotFound(LiveMatchError::NotFound))?;
        let page = self.page(&url)?;
        if *page.route.view.name != *token.view || !within(&token, &page) {
            return Err(JoinError::Unauthorized);
        }
        self.mount(page, Default::default(), link, connect).await.map(|()| JoinResult::Joined)
    }

    fn link(&mut self, push: &Push<'_>) -> SocketLink {
        let reference = push.reference.clone().unwrap_or_default();
        let topic = TopicRef {
            n: self.topics.next_number(),
            name: (*push.topic).into(),
            join_ref: push.join_ref.as_deref().unwrap_or(&reference).into(),
        };
        SocketLink { outbox: self.outbox.clone(), socket: self.number, topic, join: reference }
    }

    /// Gives the socket to the view that the token names. `None` when there is none, or it serves another page.
    async fn attach(
        &mut self,
        token: &LiveToken,
        link: &SocketLink,
        how: AttachHow,
        connect: &Connect,
    ) -> Result<Option<JoinResult>, JoinError> {
        let Some(view) = self.shared.host.registry.get(&token.id) else { return Ok(None) };
        let (answer, outcome) = oneshot::channel();
        let attach = Attach { link: link.clone(), how, connect: connect.clone(), taken: answer };
        if view.push(Message::Attach(Box::new(attach))).is_err() {
            return Ok(None);
        }
        match timeout(self.shared.host.limits.mount_patience(), outcome).await {
            Err(_) => Err(JoinError::NoAnswer),
            Ok(Ok(Attached::Taken { result, assigns })) => {
                self.keep(&token.live_session, assigns);
                self.topics.insert(link.topic.n, link.topic.name.clone(), link.topic.join_ref.clone(), view);
                Ok(Some(result))
            }
            Ok(Ok(Attached::Busy) | Err(_)) => Ok(None),
        }
    }

    /// Mounts the view of a page, and gives it the socket, with what goes along from the view before.
    async fn mount(
        &mut self,
        page: LivePage,
        (assigns, flash): (Assigns, Flash),
        link: SocketLink,
        connect: Connect,
    ) -> Result<(), JoinError> {
        let shared = self.shared.clone();
        let LivePage { route, uri, params } = page;
        let id = new_view_id();
        let (answer, outcome) = oneshot::channel();
        let (failed, failure) = oneshot::channel();
        let attach = Attach { link: link.clone(), how: AttachHow::Fresh, connect, taken: answer };
        let start = Start {
            id: id.clone(),
            host: shared.host.clone(),
            request: PageRequest {
                uri,
                params,
                live_action: route.action,
                live_session: route.live_session.clone(),
                session: self.session.clone(),
                assigns,
                flash,
            },
            first: First::Socket(Box::new(attach), failed),
        };
        route.spawn(&shared.host.pool, start);
        match timeout(self.shared.host.limits.mount_patience(), outcome).await {
            Err(_) => Err(JoinError::NoAnswer),
            Ok(Err(_)) => Err(failure.await.map_or(JoinError::NoAnswer, |error| self.not_started(error))),
            Ok(Ok(attached)) => {
                if let Attached::Taken { assigns, .. } = attached {
                    self.keep(route.live_session.name, assigns);
                }
                let view = shared.host.registry.get(&id).ok_or(JoinError::NoAnswer)?;
                self.topics.insert(link.topic.n, link.topic.name, link.topic.join_ref, view);
                Ok(())
            }
        }
    }
}
