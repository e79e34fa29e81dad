//! Who is told when a process ends, in which order.

use super::WeakProcess;
use crate::supervision::exit::ExitReason;

/// One who is told.
pub(in crate::supervision) enum Observer {
    /// What the process held for others, such as a name: given back before anybody is told of the end.
    Release(Box<dyn FnOnce() + Send>),
    /// Somebody who watches.
    Down(Box<dyn FnOnce(ExitReason) + Send>),
    /// A process that shares its fate.
    Link(WeakProcess),
}

/// All of them. None are taken any more once the process has ended.
#[derive(Default)]
pub(super) struct Observers {
    list: Vec<(u64, Observer)>,
    last: u64,
    is_closed: bool,
}

impl Observers {
    /// Its number, for [`remove`](Self::remove); the observer itself when it is too late.
    pub(super) fn add(&mut self, observer: Observer) -> Result<u64, Observer> {
        if self.is_closed {
            return Err(observer);
        }
        self.last += 1;
        self.list.push((self.last, observer));
        Ok(self.last)
    }

    pub(super) fn remove(&mut self, number: u64) {
        self.list.retain(|(known, _)| *known != number);
    }

    pub(super) fn is_linked(&self, id: u64) -> bool {
        self.list.iter().any(|(_, observer)| is_link(observer, id))
    }

    pub(super) fn unlink(&mut self, id: u64) {
        self.list.retain(|(_, observer)| !is_link(observer, id));
    }

    /// Those who are to be told, in order.
    pub(super) fn close(&mut self) -> impl Iterator<Item = Observer> + use<> {
        self.is_closed = true;
        let mut list = std::mem::take(&mut self.list);
        list.sort_by_key(|(number, observer)| (rank(observer), *number));
        list.into_iter().map(|(_, observer)| observer)
    }
}

fn is_link(observer: &Observer, id: u64) -> bool {
    matches!(observer, Observer::Link(other) if other.upgrade().is_some_and(|other| other.id() == id))
}

fn rank(observer: &Observer) -> u8 {
    match observer {
        Observer::Release(_) => 0,
        Observer::Down(_) => 1,
        Observer::Link(_) => 2,
    }
}
