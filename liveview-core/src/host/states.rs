//! The application's own state, which the endpoint hands to views and request handlers.

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::sync::Arc;

/// One value of each type.
#[derive(Default)]
pub(crate) struct States(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl States {
    pub(crate) fn insert<T: Any + Send + Sync>(&mut self, state: T) {
        self.0.insert(TypeId::of::<T>(), Arc::new(state));
    }

    pub(crate) fn get<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.0.get(&TypeId::of::<T>())?.downcast_ref()
    }

    /// # Panics
    /// When there is none, and says how to give it one.
    #[track_caller]
    pub(crate) fn expect<T: Any + Send + Sync>(&self) -> &T {
        let missing = type_name::<T>();
        self.get().unwrap_or_else(|| {
            panic!("the endpoint has no state of type `{missing}`: give it one with `Endpoint::state`")
        })
    }

    pub(crate) fn share<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.0.get(&TypeId::of::<T>())?.clone().downcast().ok()
    }
}
