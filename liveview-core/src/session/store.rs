//! Sessions on the server, by id (`Plug.Session.Store`).

mod memory;

use std::fmt;
use std::sync::Arc;

use super::SessionValues;

pub use self::memory::MemoryStore;

/// Why a store failed: any error.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// Keeps sessions on the server; given to [`SessionOptions::store`](super::SessionOptions::store).
///
/// Ids are 32 letters, digits, `-` and `_`, of 192 random bits. The cookie holds an id with a signature, so what is in a store opens nobody's session without
/// the secret.
///
/// The functions are not async, as Plug's are not: a session is read where a handler asks for it. They must be as quick as a map, for nothing else goes
/// on in the thread meanwhile. A store in a database therefore has the sessions in use in memory too and writes behind, or it asks from within
/// [`tokio::task::block_in_place`], which takes a runtime of several threads.
///
/// A [`get`](Self::get) that fails is logged, and the session is empty; a log-out still deletes what is here. Where another function fails, the request is
/// answered with 500. To forget what was not used for long is up to the store.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::{Mutex, PoisonError};
/// use liveview_core::session::{SessionOptions, SessionStore, SessionValues, StoreError};
///
/// /// Keeps sessions as JSON, and forever: see `MemoryStore` for one that forgets.
/// #[derive(Debug, Default)]
/// struct Texts(Mutex<HashMap<String, String>>);
///
/// impl SessionStore for Texts {
///     fn get(&self, id: &str) -> Result<Option<SessionValues>, StoreError> {
///         let texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
///         Ok(texts.get(id).map(|text| serde_json::from_str(text)).transpose()?)
///     }
///
///     fn insert(&self, id: &str, values: &SessionValues) -> Result<(), StoreError> {
///         let text = serde_json::to_string(values)?;
///         self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), text);
///         Ok(())
///     }
///
///     fn update(&self, id: &str, values: &SessionValues) -> Result<bool, StoreError> {
///         let text = serde_json::to_string(values)?;
///         let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
///         Ok(texts.get_mut(id).map(|known| *known = text).is_some())
///     }
///
///     fn delete(&self, id: &str) -> Result<(), StoreError> {
///         self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
///         Ok(())
///     }
/// }
///
/// let options = SessionOptions::default().store(Texts::default());
/// ```
pub trait SessionStore: Send + Sync + fmt::Debug + 'static {
    /// The values of a session; `None` when there is none of this id.
    ///
    /// # Errors
    ///
    /// When the store cannot say.
    fn get(&self, id: &str) -> Result<Option<SessionValues>, StoreError>;

    /// Keeps a new session, whose id was never in use.
    ///
    /// # Errors
    ///
    /// When it is not kept.
    fn insert(&self, id: &str, values: &SessionValues) -> Result<(), StoreError>;

    /// Keeps these values in place of those of a session; `false`, and nothing done, when there is none of this id: a request that was on its way during
    /// a log-out must not bring the session back. So it is one step (`UPDATE`, or `SET` with `XX`), not a look and a write.
    ///
    /// # Errors
    ///
    /// When they are not kept.
    fn update(&self, id: &str, values: &SessionValues) -> Result<bool, StoreError>;

    /// Forgets a session, if there is one of this id.
    ///
    /// # Errors
    ///
    /// When it may still be there.
    fn delete(&self, id: &str) -> Result<(), StoreError>;
}

impl<S: SessionStore + ?Sized> SessionStore for Arc<S> {
    fn get(&self, id: &str) -> Result<Option<SessionValues>, StoreError> {
        (**self).get(id)
    }

    fn insert(&self, id: &str, values: &SessionValues) -> Result<(), StoreError> {
        (**self).insert(id, values)
    }

    fn update(&self, id: &str, values: &SessionValues) -> Result<bool, StoreError> {
        (**self).update(id, values)
    }

    fn delete(&self, id: &str) -> Result<(), StoreError> {
        (**self).delete(id)
    }
}
