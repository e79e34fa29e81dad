//! `phx_join` of a live view: the token is read, and a view takes the socket, an old one or a new one.
//!
//! What takes time (a view that mounts, or is busy) runs beside the socket, so that the other topics go on: a page that joins its next view in
//! advance still hears its present one.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::Socket;
use super::joining::{Joined, Joining};
use super::navigate::within;
use crate::endpoint::shared::Shared;
use crate::host::{LiveToken, new_view_id};
use crate::link::SocketLink;
use crate::live_view::Connect;
use crate::live_view::actor::{First, Start, StartError};
use crate::live_view::context::PageRequest;
use crate::live_view::effects::Leave;
use crate::live_view::message::{Attach, AttachHow, Attached, Message};
use crate::live_view::nested::NotFound;
use crate::protocol::message::{Join, LIVE_TOPIC, PayloadError, Push};
use crate::protocol::outgoing::TopicRef;
use crate::router::{LiveMatchError, LivePage};
use crate::session::{Session, TokenError, csrf};
use crate::{Assigns, Flash};

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
    /// The view around it has ended, or no longer shows it.
    #[error("the view around it is gone")]
    Orphan,
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
            Self::Orphan => "orphan",
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
    /// Checks a join and sets it going.
    ///
    /// # Errors
    /// [`JoinError`] of what can be known at once.
    pub(super) fn begin_join(&mut self, push: &Push<'_>) -> Result<Joining, JoinError> {
        if !push.topic.starts_with(LIVE_TOPIC) {
            return Err(JoinError::Topic);
        }
        if !self.topics.has(&push.topic) && self.topics.len() + self.joining.len() >= self.shared.host.limits.max_topics
        {
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
        let seeker =
            Seeker { shared: self.shared.clone(), session: self.session.clone(), link: self.link(push), connect };
        let link = seeker.link.clone();
        let Some(url) = redirect else {
            let page = url.ok_or(LiveMatchError::NotFound).and_then(|url| self.page(&url));
            return Ok(Joining::new(link, async move { seeker.seek(token, how, page).await }));
        };
        let page = self.navigation(&token, &url)?;
        let flash = Flash::verify(flash.as_deref(), &self.shared.host.flash_tokens).unwrap_or_default();
        let along = Along { assigns: self.kept(&token), flash, handed_over: None };
        Ok(Joining::new(link, async move { seeker.mount(page, along).await }))
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
}

/// What a view gets from the one before it.
#[derive(Default)]
struct Along {
    assigns: Assigns,
    flash: Flash,
    handed_over: Option<Value>,
}

/// Finds a view for a socket, which goes on meanwhile.
struct Seeker {
    shared: Arc<Shared>,
    session: Arc<Session>,
    link: SocketLink,
    connect: Connect,
}

impl Seeker {
    /// The view that the token names if it lives, or else another one of its page.
    async fn seek(
        self,
        token: LiveToken,
        how: AttachHow,
        page: Result<LivePage, LiveMatchError>,
    ) -> Result<Joined, JoinError> {
        if let Some(joined) = self.attach(&token.id, &token, how).await? {
            return Ok(joined);
        }
        if let Some(parent) = &token.parent {
            return self.seek_nested(parent, &token).await;
        }
        let page = page?;
        if *page.route.view.name != *token.view || !within(&token, &page) {
            return Err(JoinError::Unauthorized);
        }
        let along = Along { handed_over: token.handed_over(&self.shared.host), ..Along::default() };
        self.mount(page, along).await
    }

    /// The nested view in the place of the one that the token names, mounted again if need be by the view around it.
    async fn seek_nested(&self, parent: &str, token: &LiveToken) -> Result<Joined, JoinError> {
        let host = &self.shared.host;
        let id = self.link.topic.name.strip_prefix(LIVE_TOPIC).unwrap_or_default().into();
        let (answer, found) = oneshot::channel();
        let parent = host.registry.get(parent).ok_or(JoinError::Orphan)?;
        parent.push(Message::FindNested { id, answer }).map_err(|_| JoinError::Orphan)?;
        let found = timeout(host.limits.mount_patience(), found).await.map_err(|_| JoinError::NoAnswer)?;
        let id = match found {
            Ok(Ok(id)) => id,
            Ok(Err(NotFound::Start(error))) => return Err(not_started(error, &self.shared)),
            // The view around it has ended, or shows it no longer.
            Ok(Err(NotFound::NoContainer)) | Err(_) => return Err(JoinError::Orphan),
        };
        self.attach(&id, token, AttachHow::Fresh).await?.ok_or(JoinError::NoAnswer)
    }

    /// Gives the socket to the view with this id. `None` when there is none, or it serves another page.
    async fn attach(&self, id: &str, token: &LiveToken, how: AttachHow) -> Result<Option<Joined>, JoinError> {
        let Some(view) = self.shared.host.registry.get(id) else { return Ok(None) };
        let (answer, outcome) = oneshot::channel();
        let attach = Attach { link: self.link.clone(), how, connect: self.connect.clone(), taken: answer };
        if view.push(Message::Attach(Box::new(attach))).is_err() {
            return Ok(None);
        }
        match timeout(self.shared.host.limits.mount_patience(), outcome).await {
            Err(_) => Err(JoinError::NoAnswer),
            Ok(Ok(Attached::Taken { result, assigns })) => {
                // What a nested view has loaded is its own.
                let kept = token.parent.is_none().then(|| (token.live_session.clone(), assigns));
                Ok(Some(Joined { view, result, kept }))
            }
            Ok(Ok(Attached::Busy) | Err(_)) => Ok(None),
        }
    }

    /// Mounts the view of a page, and gives it the socket, with what goes along from the view before.
    async fn mount(self, page: LivePage, along: Along) -> Result<Joined, JoinError> {
        let Along { assigns, flash, handed_over } = along;
        let Self { shared, session, link, connect } = self;
        let LivePage { route, uri, params } = page;
        let id = new_view_id();
        let (answer, outcome) = oneshot::channel();
        let (failed, failure) = oneshot::channel();
        let attach = Attach { link, how: AttachHow::Fresh, connect, taken: answer };
        let live_session = route.live_session.clone();
        let name = live_session.name;
        let live_action = route.action;
        let start = Start {
            id: id.clone(),
            host: shared.host.clone(),
            request: PageRequest {
                uri,
                params,
                live_action,
                live_session,
                session,
                assigns,
                flash,
                handed_over,
                parent: None,
            },
            first: First::Socket(Box::new(attach), failed),
        };
        route.spawn(&shared.host.pool, start);
        match timeout(shared.host.limits.mount_patience(), outcome).await {
            Err(_) | Ok(Ok(Attached::Busy)) => Err(JoinError::NoAnswer),
            Ok(Err(_)) => Err(failure.await.map_or(JoinError::NoAnswer, |error| not_started(error, &shared))),
            Ok(Ok(Attached::Taken { result, assigns })) => {
                let view = shared.host.registry.get(&id).ok_or(JoinError::NoAnswer)?;
                Ok(Joined { view, result, kept: Some((name.into(), assigns)) })
            }
        }
    }
}

fn not_started(error: StartError, shared: &Shared) -> JoinError {
    match error {
        StartError::Left { leave, flash } => {
            JoinError::Left { leave, flash: flash.sign(&shared.host.flash_tokens).unwrap_or_default() }
        }
        error => JoinError::Start(error),
    }
}
