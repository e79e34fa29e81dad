//! A row while it is being changed.

use std::cell::RefMut;
use std::ops::{Deref, DerefMut};

use crate::render::list::Slot;

/// A row of [`Rows`](super::Rows) that may be changed. If it was, the page shows it anew at the next render.
pub struct RowMut<'a, T> {
    slot: &'a Slot<T>,
    value: RefMut<'a, T>,
    is_changed: bool,
}

impl<'a, T> RowMut<'a, T> {
    pub(super) fn new(slot: &'a Slot<T>) -> Self {
        Self { slot, value: slot.value.borrow_mut(), is_changed: false }
    }

    /// The row's key.
    pub fn key(this: &Self) -> &'a str {
        &this.slot.key
    }
}

impl<T> Deref for RowMut<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for RowMut<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.is_changed = true;
        &mut self.value
    }
}

impl<T> Drop for RowMut<'_, T> {
    fn drop(&mut self) {
        if self.is_changed {
            self.slot.changed();
        }
    }
}
