//! Live navigation on one socket: `live_patch` inside a view, and the join that puts another view in its place.
//!
//! A socket may only go where its page could: to URLs of the page's own host, within the live session of the view that it leaves. Whoever
//! wants to go elsewhere is told so, and the browser loads the page, with all that the route's pipelines check.

use super::Socket;
use super::join::JoinError;
use crate::host::LiveToken;
use crate::protocol::message::Push;
use crate::router::{LiveMatchError, LivePage};
use crate::{Assigns, Uri};

/// Scheme and host of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    scheme: Option<String>,
    authority: Option<String>,
}

impl Origin {
    fn of(uri: &Uri) -> Self {
        Self {
            scheme: uri.scheme_str().map(str::to_owned),
            authority: uri.authority().map(|authority| authority.as_str().to_ascii_lowercase()),
        }
    }
}

impl Socket {
    pub(super) async fn live_patch(&mut self, push: &Push<'_>) -> Result<(), String> {
        let patch = push.live_patch().map_err(|error| error.to_string())?;
        let page = self.page(&patch.url).map_err(|error| error.to_string())?;
        Ok(self.topics.patch(push, page, patch.ack, self.number).await?)
    }

    /// The page to which a view may give way whose token this is.
    pub(super) fn navigation(&mut self, token: &LiveToken, url: &str) -> Result<LivePage, JoinError> {
        let page = self.page(url)?;
        if within(token, &page) { Ok(page) } else { Err(JoinError::Unauthorized) }
    }

    /// What views of the token's live session have loaded on this socket.
    pub(super) fn kept(&self, token: &LiveToken) -> Assigns {
        let kept = self.assigns.as_ref().filter(|(session, _)| **session == *token.live_session);
        kept.map(|(_, assigns)| assigns.clone()).unwrap_or_default()
    }

    /// The live page at a URL of the page's host.
    pub(super) fn page(&mut self, url: &str) -> Result<LivePage, LiveMatchError> {
        let uri = self.uri(url)?;
        self.shared.host.live_page(uri)
    }

    /// A URL of the page's host.
    pub(super) fn uri(&mut self, url: &str) -> Result<Uri, LiveMatchError> {
        let uri: Uri = url.parse().map_err(|_| LiveMatchError::Invalid("the page's URL is none".into()))?;
        let origin = Origin::of(&uri);
        if *self.origin.get_or_insert_with(|| origin.clone()) == origin {
            Ok(uri)
        } else {
            Err(LiveMatchError::NotFound)
        }
    }
}

/// Whether both are in one live session.
pub(super) fn within(token: &LiveToken, page: &LivePage) -> bool {
    *page.route.live_session.name == *token.live_session
}
