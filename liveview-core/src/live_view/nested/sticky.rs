//! Sticky views: nested views that go along when the page navigates.
//!
//! They belong to whoever shows them: the view that is left has them until it ends, the socket for as long as its next view may
//! take to come, and then that one, if it shows them, too. With the last of these they end. The list of them travels with the assigns that a
//! socket keeps, and keeps nobody alive.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::Tenant;
use super::children::Lodger;
use crate::Assigns;
use crate::live_view::navigation::ViewType;
use crate::render::nested::Container;

/// The sticky views of one page.
#[derive(Default)]
pub(crate) struct Stickies(Mutex<ById>);

/// By the container's id.
type ById = HashMap<Box<str>, (ViewType, Weak<Lodger>)>;

impl Stickies {
    /// Those of a page, from now on at the latest.
    fn of(assigns: &Assigns) -> Arc<Self> {
        assigns.assigned().unwrap_or_else(|| assigns.assign(Self::default()))
    }

    fn lock(&self) -> MutexGuard<'_, ById> {
        // Every section leaves the map whole, so a panic elsewhere does no harm.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says who lives in a sticky container.
pub(super) fn enter(container: &Container<Tenant>, lodger: &Arc<Lodger>, assigns: &Assigns) {
    let entry = (container.what.view, Arc::downgrade(lodger));
    Stickies::of(assigns).lock().insert((*container.id).into(), entry);
}

/// Who lives in a sticky container, and has come with the page from the view before.
pub(super) fn find(container: &Container<Tenant>, assigns: &Assigns) -> Option<Arc<Lodger>> {
    let stickies = assigns.assigned::<Stickies>()?;
    let stickies = stickies.lock();
    let (view, lodger) = stickies.get(&*container.id)?;
    lodger.upgrade().filter(|lodger| *view == container.what.view && lodger.lives())
}

/// All sticky views of a page, which live on while somebody has them.
pub(crate) fn all(assigns: &Assigns) -> Vec<Arc<Lodger>> {
    let Some(stickies) = assigns.assigned::<Stickies>() else { return Vec::new() };
    let mut stickies = stickies.lock();
    stickies.retain(|_, (_, lodger)| lodger.strong_count() > 0);
    stickies.values().filter_map(|(_, lodger)| lodger.upgrade()).collect()
}
