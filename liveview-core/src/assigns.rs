//! Assigns: what plugs, hooks and views have found out for those that come after them, one value of each type.
//!
//! A type takes the place of `Plug`'s atom keys: `conn.assign(user)` in a plug, `conn.assigned::<User>()` in a handler, `cx.assigned::<User>()` in
//! the live view that the request mounts. Values are shared, never copied, and their types need no `Clone`.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A handle of the assigns of one request, and of the live views that it mounts: clones are the same assigns.
#[derive(Clone, Default)]
pub struct Assigns(Arc<Mutex<Vec<(TypeId, Value)>>>);

type Value = Arc<dyn Any + Send + Sync>;

impl Assigns {
    /// No values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the value of type `T`, in place of the one before.
    pub fn assign<T: Any + Send + Sync>(&self, value: T) -> Arc<T> {
        let value = Arc::new(value);
        self.share(value.clone());
        value
    }

    /// The value of type `T`.
    pub fn assigned<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let key = TypeId::of::<T>();
        let value = self.lock().iter().find(|(known, _)| *known == key).map(|(_, value)| value.clone());
        value?.downcast().ok()
    }

    /// Takes the value of type `T` out.
    pub fn unassign<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let mut values = self.lock();
        let place = values.iter().position(|(known, _)| *known == TypeId::of::<T>())?;
        let (_, value) = values.swap_remove(place);
        value.downcast().ok()
    }

    /// Takes everything out.
    pub fn clear(&self) {
        let values = std::mem::take(&mut *self.lock());
        // Outside of the lock: dropping a value may run code that asks for assigns.
        drop(values);
    }

    /// Other assigns, with the same values.
    pub(crate) fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.lock().clone())))
    }

    /// Takes in all values of `others`, in place of those of their types.
    pub(crate) fn extend(&self, others: &Self) {
        let others = others.lock().clone();
        let mut values = self.lock();
        let (added, before): (Vec<_>, Vec<_>) =
            values.drain(..).partition(|(key, _)| others.iter().all(|(other, _)| key != other));
        *values = added;
        values.extend(others);
        drop(values);
        // Outside of the lock, as in `clear`.
        drop(before);
    }

    /// Takes everything out but the value of type `T`.
    pub(crate) fn clear_but<T: Any + Send + Sync>(&self) {
        let kept = self.unassign::<T>();
        self.clear();
        if let Some(kept) = kept {
            self.share(kept);
        }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    pub(crate) fn share<T: Any + Send + Sync>(&self, value: Arc<T>) {
        let (key, value): (_, Value) = (TypeId::of::<T>(), value);
        let mut values = self.lock();
        let before = if let Some((_, place)) = values.iter_mut().find(|(known, _)| *known == key) {
            Some(std::mem::replace(place, value))
        } else {
            values.push((key, value));
            None
        };
        // Outside of the lock, as in `clear`.
        drop(values);
        drop(before);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(TypeId, Value)>> {
        // Every section leaves the list whole, so a panic elsewhere does no harm.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Assigns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assigns").field("len", &self.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Assigns;

    #[derive(Debug, PartialEq)]
    struct User(&'static str);

    #[test]
    fn there_is_one_value_of_each_type_and_the_last_one_stays() {
        let assigns = Assigns::new();
        assigns.assign(User("Ada"));
        assigns.assign(7_i64);
        assigns.assign(User("Grace"));
        assert_eq!(assigns.assigned::<User>().as_deref(), Some(&User("Grace")));
        assert_eq!(assigns.assigned::<i64>().as_deref(), Some(&7));
        assert_eq!(assigns.assigned::<i32>(), None);
        assert_eq!(assigns.len(), 2);
    }

    #[test]
    fn clones_are_the_same_assigns() {
        let assigns = Assigns::new();
        let other = assigns.clone();
        other.assign(User("Ada"));
        assert!(assigns.assigned::<User>().is_some());
        assert_eq!(assigns.unassign::<User>().as_deref(), Some(&User("Ada")));
        assert!(other.is_empty());
    }
}
