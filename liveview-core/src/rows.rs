//! Keyed rows as part of a view's state, which render only where they changed.
//!
//! A `for` in `rsx!` formats every row at every render. [`Rows`] knows which of them changed, for a row is changed
//! only through it, and has each rendered by itself: one changed row of a thousand costs what one row costs.
//!
//! ```
//! use dioxus::prelude::*;
//! use liveview_core::rows::Rows;
//!
//! struct Robot { id: i64, name: String }
//! struct FleetLive { robots: Rows<Robot>, selected: Option<i64> }
//!
//! impl FleetLive {
//!     fn rename(&mut self, id: i64, name: &str) {
//!         self.robots.update(id, |robot| robot.name = name.to_owned());
//!     }
//!
//!     fn render(&self) -> Element {
//!         rsx! {
//!             ul { {self.robots.render(|robot| rsx! { li { "{robot.name}" } })} }
//!             // Rows that show more than themselves say what.
//!             ul { {self.robots.render_with(self.selected, |robot, selected| rsx! {
//!                 li { class: if *selected == Some(robot.id) { "selected" }, "{robot.name}" }
//!             })} }
//!         }
//!     }
//! }
//!
//! let mut fleet = FleetLive { robots: Rows::new(|robot: &Robot| robot.id), selected: None };
//! fleet.robots.push(Robot { id: 1, name: "Ada".into() });
//! fleet.rename(1, "Bo");
//! assert_eq!(fleet.robots.get(1).map(|robot| robot.name.clone()).as_deref(), Some("Bo"));
//! ```

use std::cell::Ref;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use dioxus_core::Element;

use crate::render::list::{Order, Show, Slot, list};

mod row_mut;

pub use self::row_mut::RowMut;

/// A list of rows in a view's state, each with a key of its own. See the [module](self) for an example.
///
/// A key is what the key function makes of the row *when it comes in*, as text. There is one row per key: a row that comes in
/// with the key of another takes its place. A row whose key fields are changed later keeps its key; take it out and put
/// it back to change that.
///
/// Handlers change rows, renders show them: nothing else has to be told that a row changed. Looking up a row by
/// its key takes the same time however many there are; taking one out takes time in proportion to their number.
pub struct Rows<T> {
    order: Order<T>,
    by_key: HashMap<Rc<str>, Rc<Slot<T>>>,
    key_of: Box<dyn Fn(&T) -> String>,
}

impl<T: 'static> Rows<T> {
    /// No rows; `key_of` names those to come.
    pub fn new<K: fmt::Display>(key_of: impl Fn(&T) -> K + 'static) -> Self {
        Self { order: Rc::default(), by_key: HashMap::new(), key_of: Box::new(move |row| key_of(row).to_string()) }
    }

    /// These rows, in this order.
    pub fn from_iter_with_key<K: fmt::Display>(
        rows: impl IntoIterator<Item = T>,
        key_of: impl Fn(&T) -> K + 'static,
    ) -> Self {
        let mut list = Self::new(key_of);
        list.extend(rows);
        list
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The rows, in order. Each comes in a guard that derefs to it.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Ref<'_, T>> + ExactSizeIterator {
        self.order.iter().map(|slot| slot.value.borrow())
    }

    /// The rows, in order, to be changed. Only those render that are in fact borrowed mutably.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = RowMut<'_, T>> + ExactSizeIterator {
        self.order.iter().map(|slot| RowMut::new(slot))
    }

    /// The row with this key.
    pub fn get(&self, key: impl fmt::Display) -> Option<Ref<'_, T>> {
        self.slot(key).map(|slot| slot.value.borrow())
    }

    /// The row with this key, to be changed; it renders if it is in fact borrowed mutably.
    pub fn get_mut(&mut self, key: impl fmt::Display) -> Option<RowMut<'_, T>> {
        self.slot(key).map(|slot| RowMut::new(slot))
    }

    /// Whether there is a row with this key.
    pub fn contains_key(&self, key: impl fmt::Display) -> bool {
        self.slot(key).is_some()
    }

    /// Changes the row with this key. `None` if there is none.
    pub fn update<R>(&mut self, key: impl fmt::Display, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.get_mut(key).map(|mut row| change(&mut row))
    }

    /// Puts a row behind the others, or in place of the row with its key, which is returned.
    pub fn push(&mut self, row: T) -> Option<T> {
        self.insert(self.len(), row)
    }

    /// Puts a row at `index` (at the end, if there are fewer rows), or in place of the row with its key, wherever
    /// that is, which is returned.
    pub fn insert(&mut self, index: usize, row: T) -> Option<T> {
        let key: Rc<str> = (self.key_of)(&row).into();
        if let Some(slot) = self.by_key.get(&key) {
            return Some(std::mem::replace(&mut *RowMut::new(slot), row));
        }
        let slot = Rc::new(Slot::new(Rc::clone(&key), row));
        self.by_key.insert(key, Rc::clone(&slot));
        let index = index.min(self.len());
        Rc::make_mut(&mut self.order).insert(index, slot);
        None
    }

    /// Takes out the row with this key; whether there was one.
    pub fn remove(&mut self, key: impl fmt::Display) -> bool {
        let Some(slot) = self.by_key.remove(&*key.to_string()) else {
            return false;
        };
        Rc::make_mut(&mut self.order).retain(|other| !Rc::ptr_eq(other, &slot));
        true
    }

    /// Takes out every row for which `keep` says no.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        let kept: Vec<_> = self.order.iter().filter(|slot| keep(&slot.value.borrow())).cloned().collect();
        if kept.len() < self.len() {
            self.by_key = kept.iter().map(|slot| (Rc::clone(&slot.key), Rc::clone(slot))).collect();
            self.order = Rc::new(kept);
        }
    }

    /// Takes out every row.
    pub fn clear(&mut self) {
        self.retain(|_| false);
    }

    /// Swaps the rows with these keys. `None`, and nothing done, if one is missing.
    pub fn swap(&mut self, a: impl fmt::Display, b: impl fmt::Display) -> Option<()> {
        let (a, b) = (self.slot(a)?, self.slot(b)?);
        let place = |slot| self.order.iter().position(|other| Rc::ptr_eq(other, slot));
        let (a, b) = (place(a)?, place(b)?);
        Rc::make_mut(&mut self.order).swap(a, b);
        Some(())
    }

    /// Sorts the rows; equal ones keep their order. Nothing renders if they were in order.
    pub fn sort_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let mut compare = |a: &Rc<Slot<T>>, b: &Rc<Slot<T>>| compare(&a.value.borrow(), &b.value.borrow());
        if !self.order.is_sorted_by(|a, b| compare(a, b).is_le()) {
            Rc::make_mut(&mut self.order).sort_by(compare);
        }
    }

    /// Makes these the rows. Rows whose key was there and which are equal stay as they are and do not render.
    pub fn replace_all(&mut self, rows: impl IntoIterator<Item = T>)
    where
        T: PartialEq,
    {
        let mut old = std::mem::take(&mut self.by_key);
        let mut order = Vec::with_capacity(self.order.len());
        for row in rows {
            let key: Rc<str> = (self.key_of)(&row).into();
            let again = self.by_key.get(&key).cloned();
            let slot = again.clone().or_else(|| old.remove(&key));
            let slot = match slot {
                Some(slot) => {
                    assign(&slot, row);
                    slot
                }
                None => Rc::new(Slot::new(Rc::clone(&key), row)),
            };
            if again.is_none() {
                self.by_key.insert(key, Rc::clone(&slot));
                order.push(slot);
            }
        }
        let is_same = |(a, b)| Rc::ptr_eq(a, b);
        if order.len() != self.len() || !order.iter().zip(self.order.iter()).all(is_same) {
            self.order = Rc::new(order);
        }
    }

    /// The rows, shown by `row`, for `rsx!`. A row is shown anew only when it changed; so `row` may capture nothing
    /// (the compiler sees to it) and should depend on nothing but the row.
    pub fn render(&self, row: fn(&T) -> Element) -> Element {
        Ok(list(&self.order, Show::<T, ()>::Row(row)))
    }

    /// The rows, shown by `row`, which depends on `shared` too: all of them are shown anew when that changes.
    pub fn render_with<D: PartialEq + 'static>(&self, shared: D, row: fn(&T, &D) -> Element) -> Element {
        Ok(list(&self.order, Show::With(row, Rc::new(shared))))
    }

    fn slot(&self, key: impl fmt::Display) -> Option<&Rc<Slot<T>>> {
        self.by_key.get(&*key.to_string())
    }
}

fn assign<T: PartialEq>(slot: &Slot<T>, row: T) {
    let mut current = RowMut::new(slot);
    if *current != row {
        *current = row;
    }
}

impl<T: 'static> Extend<T> for Rows<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, rows: I) {
        for row in rows {
            self.push(row);
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.order.iter().map(|slot| (&slot.key, &slot.value))).finish()
    }
}

#[cfg(test)]
mod tests;
