//! The nested views of one view: who lives in which container of its page.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::{Tenant, sticky};
use crate::host::{Bearer, new_view_id};
use crate::live_view::Cx;
use crate::live_view::actor::{First, FirstPage, Start, StartError};
use crate::live_view::context::PageRequest;
use crate::live_view::message::{Message, Terminate};
use crate::live_view::registry::Registry;
use crate::protocol::message::LIVE_TOPIC;
use crate::render::Renderer;
use crate::render::nested::{Changes, Place, Places};
use crate::{Flash, Params};

/// What a view's actor keeps of the views in its page. Dropped, it ends them.
#[derive(Default)]
pub(crate) struct Children {
    places: Places<Tenant>,
    by_id: HashMap<Rc<str>, Child>,
}

/// A container and who lives there.
struct Child {
    place: Place<Tenant>,
    state: State,
    /// Sockets that wait for the view that is being mounted.
    waiting: Vec<oneshot::Sender<Found>>,
}

enum State {
    Mounting(Arc<Lodger>),
    /// Or has lived, and has crashed since.
    Lives(Arc<Lodger>),
    /// It could not be mounted.
    Empty,
}

/// A nested view's actor, which ends when the last of these is dropped.
pub(crate) struct Lodger {
    id: Arc<str>,
    registry: Arc<Registry>,
}

/// A nested view that is being mounted.
pub(crate) struct Begun {
    pub(crate) lodger: Arc<Lodger>,
    pub(crate) first: oneshot::Receiver<Mounted>,
}

/// What came of the containers that a render has brought.
#[derive(Default)]
pub(crate) struct Tended {
    pub(crate) begun: Vec<Begun>,
    /// Some container has its view already, and shows that with the next render.
    pub(crate) filled: bool,
}

/// What became of a nested view's mount.
pub(crate) type Mounted = Result<FirstPage, StartError>;

/// The id of the actor that lives in a container.
pub(crate) type Found = Result<Arc<str>, NotFound>;

/// Why nobody lives in a container.
pub(crate) enum NotFound {
    /// The page has no such container.
    NoContainer,
    /// The view could not be mounted.
    Start(StartError),
}

impl Drop for Lodger {
    fn drop(&mut self) {
        if let Some(mailbox) = self.registry.get(&self.id) {
            // A view that has ended by itself needs no telling.
            mailbox.push(Message::Shutdown(Terminate::Parent)).ok();
        }
    }
}

impl Lodger {
    pub(super) fn lives(&self) -> bool {
        self.registry.get(&self.id).is_some()
    }
}

impl Begun {
    /// How the mount ends: with an error, too, where the view's thread is gone.
    pub(crate) async fn ended(self) -> (Arc<Lodger>, Mounted) {
        let Self { lodger, first } = self;
        let mounted = first.await.unwrap_or_else(|_| Err(StartError::Crashed("it was given up".to_owned())));
        (lodger, mounted)
    }
}

impl Children {
    /// Lets the page's components tell where nested views are to be.
    pub(crate) fn watch(&self, page: &Renderer) {
        page.provide_context(self.places.clone());
    }

    /// After a render: ends the views whose containers have left the page, and begins those whose containers have come. A sticky view that came
    /// with the page is in its container with the next render.
    pub(crate) fn tend(&mut self, page: &mut Renderer, cx: &Cx) -> Tended {
        let Changes { mut came, left } = self.places.take();
        came.retain(|place| !left.contains(place));
        for place in left {
            let id = &place.container().id;
            if self.by_id.get(id).is_some_and(|child| child.place == place) {
                self.by_id.remove(id);
            }
        }
        let mut tended = Tended::default();
        for place in came {
            self.begin(place, &mut tended, page, cx);
        }
        tended
    }

    fn begin(&mut self, place: Place<Tenant>, tended: &mut Tended, page: &mut Renderer, cx: &Cx) {
        let id = place.container().id.clone();
        if self.by_id.contains_key(&id) {
            tracing::error!(view = cx.view.name, id = &*id, "two nested views have one id; the second one stays empty");
            return;
        }
        let sticky = place.container().sticky.then(|| sticky::find(place.container(), cx.assigns())).flatten();
        let state = if let Some(lodger) = sticky {
            page.fill(&place, token(&place, &lodger.id, cx), None);
            tended.filled = true;
            State::Lives(lodger)
        } else {
            let begun = mount(&place, cx);
            let state = State::Mounting(begun.lodger.clone());
            tended.begun.push(begun);
            state
        };
        self.by_id.insert(id, Child { place, state, waiting: Vec::new() });
    }

    /// A nested view is mounted, or is not: what its container shows with the page's next render, and the error if there is one.
    pub(crate) fn mounted(
        &mut self,
        lodger: &Arc<Lodger>,
        mounted: Mounted,
        page: &mut Renderer,
        cx: &Cx,
    ) -> Result<(), StartError> {
        let mounting = |child: &&mut Child| matches!(&child.state, State::Mounting(own) if Arc::ptr_eq(own, lodger));
        // Its container may have left meanwhile.
        let Some(child) = self.by_id.values_mut().find(mounting) else { return Ok(()) };
        let waiting = std::mem::take(&mut child.waiting);
        match mounted {
            Ok(FirstPage { html, .. }) => {
                child.state = State::Lives(lodger.clone());
                // A socket that waits gets the page itself.
                if waiting.is_empty() {
                    page.fill(&child.place, token(&child.place, &lodger.id, cx), Some(html));
                }
                for answer in waiting {
                    drop(answer.send(Ok(lodger.id.clone())));
                }
                Ok(())
            }
            Err(error) => {
                child.state = State::Empty;
                let Some(answer) = waiting.into_iter().next() else {
                    page.fill(&child.place, token(&child.place, &lodger.id, cx), None);
                    return Err(error);
                };
                // The others hear that nobody lives there: their way back is dropped.
                drop(answer.send(Err(NotFound::Start(error))));
                Ok(())
            }
        }
    }

    /// A socket looks for the view in the container with this id, for the one that it knew is gone. One that is to be mounted for it is given back.
    pub(crate) fn find(&mut self, id: &str, answer: oneshot::Sender<Found>, cx: &Cx) -> Option<Begun> {
        let Some(child) = self.by_id.get_mut(id) else {
            drop(answer.send(Err(NotFound::NoContainer)));
            return None;
        };
        match &child.state {
            State::Lives(lodger) if lodger.lives() => {
                drop(answer.send(Ok(lodger.id.clone())));
                None
            }
            State::Mounting(_) => {
                child.waiting.push(answer);
                None
            }
            State::Lives(_) | State::Empty => {
                child.waiting.push(answer);
                let begun = mount(&child.place, cx);
                child.state = State::Mounting(begun.lodger.clone());
                Some(begun)
            }
        }
    }
}

/// Mounts the view of a container.
fn mount(place: &Place<Tenant>, cx: &Cx) -> Begun {
    let Tenant { spawn, given, .. } = &place.container().what;
    let (answer, first) = oneshot::channel();
    let assigns = cx.assigns().copy();
    assigns.extend(given);
    let id = new_view_id();
    let host = cx.host.clone();
    let request = PageRequest {
        uri: cx.uri().clone(),
        params: Params::default(),
        live_action: None,
        live_session: cx.live_session().clone(),
        session: cx.request.session.clone(),
        assigns,
        flash: Flash::default(),
        handed_over: None,
        parent: Some(cx.handle()),
    };
    let lodger = Arc::new(Lodger { id: id.clone(), registry: host.registry.clone() });
    if place.container().sticky {
        sticky::enter(place.container(), &lodger, cx.assigns());
    }
    let pool = host.pool.clone();
    spawn(&pool, Start { id, host, request, first: First::Page(answer) });
    Begun { lodger, first }
}

/// What the browser joins the view of a container with.
fn token(place: &Place<Tenant>, actor: &str, cx: &Cx) -> String {
    let container = place.container();
    let bearer = Bearer {
        id: actor,
        topic: &format!("{LIVE_TOPIC}{}", container.id),
        view: container.what.view.name,
        live_session: cx.live_session().name,
        parent: Some(cx.id()),
        session: cx.session(),
    };
    cx.host.live_token(bearer, None).unwrap_or_else(|error| {
        tracing::error!(view = container.what.view.name, %error, "a nested view's token cannot be signed");
        String::new()
    })
}
