//! Where sessions are: in the cookie itself, or in a store that the cookie holds an id for.
//!
//! Ids are made here and nowhere else, for one session each: one that the store does not know is never taken over from a cookie (session fixation).

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;

use super::cookie::SessionError;
use super::options::SessionOptions;
use super::seal::Seal;
use super::store::SessionStore;
use super::{Session, random_bytes};

/// Of an id: 192 bits.
const ID_BYTES: usize = 24;

#[derive(Clone, Debug)]
pub(super) struct Keep {
    seal: Seal,
    max_age: Duration,
    store: Option<Arc<dyn SessionStore>>,
}

impl Keep {
    pub(super) fn new(seal: Seal, options: &SessionOptions) -> Self {
        Self { seal, max_age: options.max_age.unwrap_or(Duration::MAX), store: options.store.clone() }
    }

    /// The session of a cookie's token.
    pub(super) fn read(&self, token: &str) -> Option<Session> {
        // Before the store is asked: what ends a session from now on is not in its answer.
        let read_at = Some(Instant::now());
        let session = match self.store.as_deref() {
            None => self.open(token),
            Some(store) => read_from(store, self.open(token)?),
        }?;
        Some(Session { read_at, ..session })
    }

    /// The token for the cookie; none when nothing is left to keep.
    pub(super) fn write(&self, session: &Session) -> Result<Option<String>, SessionError> {
        let token = match self.store.as_deref() {
            None if session.is_empty() => return Ok(None),
            None => self.seal.close(session),
            Some(store) => match write_to(store, session)? {
                Some(id) => self.seal.close(&id),
                None => return Ok(None),
            },
        };
        token.map(Some).map_err(SessionError::Sign)
    }

    fn open<T: DeserializeOwned>(&self, token: &str) -> Option<T> {
        let opened = self.seal.open(token, self.max_age);
        opened.inspect_err(|error| tracing::debug!(%error, "a session cookie is ignored")).ok()
    }
}

fn read_from(store: &dyn SessionStore, id: Box<str>) -> Option<Session> {
    match store.get(&id) {
        Ok(values) => Some(Session { values: values?, id: Some(id), ..Session::default() }),
        Err(error) => {
            tracing::error!(%error, "a session cannot be read from its store, and is empty");
            // Of this id all the same, so that a log-out ends it; nothing is put over what could not be seen.
            Some(Session { id: Some(id), leaves_id: true, ..Session::default() })
        }
    }
}

/// The id under which the store has the session now; none when it has it no more.
fn write_to(store: &dyn SessionStore, session: &Session) -> Result<Option<Box<str>>, SessionError> {
    let Session { values, id, leaves_id, .. } = session;
    let is_kept = !values.is_empty();
    if let Some(id) = id.as_deref().filter(|_| is_kept && !leaves_id) {
        let is_known = store.update(id, values).map_err(SessionError::Store)?;
        return if is_known { Ok(Some(id.into())) } else { Err(SessionError::Ended) };
    }
    let new = is_kept.then(new_id);
    if let Some(new) = &new {
        store.insert(new, values).map_err(SessionError::Store)?;
    }
    // After the new one is there: if either fails, the browser goes on with what it had.
    if let Some(old) = id {
        store.delete(old).map_err(SessionError::Store)?;
    }
    Ok(new)
}

fn new_id() -> Box<str> {
    crate::base64_url(&random_bytes::<ID_BYTES>()).into()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::{Duration, SystemTime};

    use axum::http::header::COOKIE;
    use axum::http::{HeaderMap, HeaderValue};

    use crate::session::{
        MemoryStore, SecretKey, Session, SessionCookie, SessionError, SessionOptions, SessionStore, SessionValues,
        StoreError, csrf,
    };

    fn kept_in(store: &MemoryStore, secret: &SecretKey) -> SessionCookie {
        SessionCookie::with(secret, SessionOptions::default().store(store.clone())).expect("usable")
    }

    /// What a browser sends after this `Set-Cookie`.
    fn request(set_cookie: &str) -> HeaderMap {
        let pair = set_cookie.split(';').next().expect("a first part");
        HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(pair).expect("a header"))])
    }

    fn user(user: i64) -> Session {
        let mut session = Session::default();
        session.insert("user", user).expect("a number");
        session
    }

    fn user_of(cookies: &SessionCookie, request: &HeaderMap) -> Option<i64> {
        cookies.read(request).read("user")
    }

    #[test]
    fn a_session_of_any_size_is_in_the_store_and_only_its_id_in_the_cookie() {
        let store = MemoryStore::new();
        for options in [SessionOptions::default(), SessionOptions::default().encrypted()] {
            let cookies = SessionCookie::with(&SecretKey::generate(), options.store(store.clone())).expect("usable");
            let mut session = user(7);
            session.insert("text", "x".repeat(100_000)).expect("a text");
            let written = cookies.write(&session).expect("a store");
            assert!(written.len() < 250, "{written}");
            let read = cookies.read(&request(&written));
            assert_eq!(read, session);
            assert!(!read.is_changed() && read.read_at().is_some());
        }
        assert_eq!(store.len(), 2);
    }

    #[test]
    fn a_change_stays_under_the_id_and_the_last_of_two_requests_at_a_time_wins() {
        let store = MemoryStore::new();
        let cookies = kept_in(&store, &SecretKey::generate());
        let browser = request(&cookies.write(&user(1)).expect("a store"));
        let (mut first, mut second) = (cookies.read(&browser), cookies.read(&browser));
        first.insert("user", 2).expect("a number");
        second.insert("user", 3).expect("a number");
        cookies.write(&second).expect("a store");
        let written = cookies.write(&first).expect("a store");
        assert_eq!((user_of(&cookies, &browser), user_of(&cookies, &request(&written))), (Some(2), Some(2)));
        assert_eq!(store.len(), 1);
    }

    #[test]
    fn every_new_session_has_an_id_of_its_own() {
        let cookies = kept_in(&MemoryStore::new(), &SecretKey::generate());
        let written: HashSet<_> = (0..100).map(|_| cookies.write(&user(1)).expect("a store")).collect();
        assert_eq!(written.len(), 100);
    }

    #[test]
    fn a_renewed_session_has_another_id_and_the_old_one_is_worth_nothing() {
        let store = MemoryStore::new();
        let cookies = kept_in(&store, &SecretKey::generate());
        let before = request(&cookies.write(&user(7)).expect("a store"));
        let mut session = cookies.read(&before);
        session.renew();
        let after = request(&cookies.write(&session).expect("a store"));
        assert_ne!(before, after);
        assert_eq!((user_of(&cookies, &before), user_of(&cookies, &after)), (None, Some(7)));
        assert_eq!(store.len(), 1);
    }

    #[test]
    fn a_session_with_nothing_left_in_it_is_gone_and_so_is_its_cookie() {
        let store = MemoryStore::new();
        let cookies = kept_in(&store, &SecretKey::generate());
        for end in [Session::clear, |session: &mut Session| drop(session.remove("user"))] {
            let browser = request(&cookies.write(&user(7)).expect("a store"));
            let mut session = cookies.read(&browser);
            end(&mut session);
            assert!(session.is_changed());
            let written = cookies.write(&session).expect("a store");
            assert!(written.starts_with("_bennu_session=;") && written.contains("Max-Age=0"), "{written}");
            assert!(store.is_empty() && cookies.read(&browser).is_empty());
        }
    }

    #[test]
    fn what_is_put_into_a_cleared_session_is_another_session() {
        let store = MemoryStore::new();
        let cookies = kept_in(&store, &SecretKey::generate());
        let before = request(&cookies.write(&user(7)).expect("a store"));
        let mut session = cookies.read(&before);
        session.clear();
        session.insert("user", 8).expect("a number");
        let after = request(&cookies.write(&session).expect("a store"));
        assert_eq!((user_of(&cookies, &before), user_of(&cookies, &after)), (None, Some(8)));
        assert_eq!(store.len(), 1);
    }

    #[test]
    fn an_id_that_the_store_does_not_know_is_not_taken_over() {
        let (store, secret) = (MemoryStore::new(), SecretKey::generate());
        let cookies = kept_in(&store, &secret);
        let planted = "A".repeat(32);
        let token = secret.signer("bennu session cookie").sign(&planted).expect("a text");
        let browser = request(&format!("_bennu_session={token}"));
        let mut session = cookies.read(&browser);
        assert!(session.is_empty());
        session.insert("user", 7).expect("a number");
        let written = request(&cookies.write(&session).expect("a store"));
        assert_eq!((user_of(&cookies, &browser), user_of(&cookies, &written)), (None, Some(7)));
        assert!(store.get(&planted).expect("memory").is_none());
    }

    #[test]
    fn a_cookie_that_we_did_not_write_opens_nothing() {
        let (store, secret) = (MemoryStore::new(), SecretKey::generate());
        let cookies = kept_in(&store, &secret);
        store.insert("known", &user(7).values).expect("memory");
        let foreign = SecretKey::generate().signer("bennu session cookie").sign("known").expect("a text");
        for text in ["known", &foreign, "", "a.1.b"] {
            assert!(cookies.read(&request(&format!("_bennu_session={text}"))).is_empty(), "{text}");
        }
        // Neither is a session in a cookie taken for an id, nor an id for a session.
        let (plain, whole) = (SessionCookie::new(&secret), user(7));
        assert!(cookies.read(&request(&plain.write(&whole).expect("small"))).is_empty());
        assert!(plain.read(&request(&cookies.write(&whole).expect("a store"))).is_empty());
    }

    #[test]
    fn a_session_is_as_old_as_its_cookie() {
        let (store, secret) = (MemoryStore::new(), SecretKey::generate());
        let options = SessionOptions::default().max_age(Duration::from_hours(1));
        let cookies = SessionCookie::with(&secret, options.store(store.clone())).expect("usable");
        let written = cookies.write(&user(7)).expect("a store");
        assert!(written.contains("Max-Age=3600"), "{written}");
        store.insert("known", &user(7).values).expect("memory");
        let signed = |minutes| {
            let issued = SystemTime::now() - Duration::from_mins(minutes);
            secret.signer("bennu session cookie").sign_at("known", issued).expect("a text")
        };
        assert_eq!(user_of(&cookies, &request(&format!("_bennu_session={}", signed(59)))), Some(7));
        assert_eq!(user_of(&cookies, &request(&format!("_bennu_session={}", signed(61)))), None);
    }

    #[test]
    fn a_request_that_was_on_its_way_does_not_bring_a_session_back() {
        let store = MemoryStore::new();
        let cookies = kept_in(&store, &SecretKey::generate());
        let browser = request(&cookies.write(&user(7)).expect("a store"));
        let (mut slow, mut ending) = (cookies.read(&browser), cookies.read(&browser));
        ending.clear();
        cookies.write(&ending).expect("a store");
        slow.insert("user", 8).expect("a number");
        assert!(matches!(cookies.write(&slow), Err(SessionError::Ended)));
        assert!(store.is_empty());
    }

    #[test]
    fn the_token_of_a_form_is_of_the_session_in_the_store() {
        let cookies = kept_in(&MemoryStore::new(), &SecretKey::generate());
        let mut session = Session::default();
        let token = csrf::token(&mut session);
        let browser = request(&cookies.write(&session).expect("a store"));
        assert_eq!(csrf::verify(&cookies.read(&browser), &*token), Ok(()));
        let mut ended = cookies.read(&browser);
        ended.clear();
        cookies.write(&ended).expect("a store");
        assert_eq!(csrf::verify(&cookies.read(&browser), &*token), Err(csrf::CsrfError::Invalid));
    }

    /// A memory store whose disk is full, or which is out of reach.
    #[derive(Debug)]
    struct Failing {
        memory: MemoryStore,
        only: &'static str,
    }

    impl Failing {
        fn fail(&self, function: &str) -> Result<(), StoreError> {
            if self.only == function { Err("out of reach".into()) } else { Ok(()) }
        }
    }

    impl SessionStore for Failing {
        fn get(&self, id: &str) -> Result<Option<SessionValues>, StoreError> {
            self.fail("get")?;
            self.memory.get(id)
        }

        fn insert(&self, id: &str, values: &SessionValues) -> Result<(), StoreError> {
            self.fail("insert")?;
            self.memory.insert(id, values)
        }

        fn update(&self, id: &str, values: &SessionValues) -> Result<bool, StoreError> {
            self.fail("update")?;
            self.memory.update(id, values)
        }

        fn delete(&self, id: &str) -> Result<(), StoreError> {
            self.fail("delete")?;
            self.memory.delete(id)
        }
    }

    #[test]
    fn where_the_store_fails_a_session_reads_as_empty_and_is_not_said_to_be_written() {
        let (memory, secret) = (MemoryStore::new(), SecretKey::generate());
        let browser = request(&kept_in(&memory, &secret).write(&user(7)).expect("a store"));
        let failing = |only| {
            let store = Failing { memory: memory.clone(), only };
            SessionCookie::with(&secret, SessionOptions::default().store(store)).expect("usable")
        };
        let unread = failing("get").read(&browser);
        assert!(unread.is_empty() && !unread.is_changed());
        for (function, change) in
            [("insert", Session::renew as fn(&mut Session)), ("delete", Session::renew), ("delete", Session::clear)]
        {
            let mut session = failing(function).read(&browser);
            change(&mut session);
            let error = failing(function).write(&session).expect_err(function);
            assert_eq!(error.to_string(), "the session's store failed: out of reach");
            assert_eq!(user_of(&failing(""), &browser), Some(7), "the browser goes on with what it had");
        }
        let mut session = failing("update").read(&browser);
        session.insert("user", 8).expect("a number");
        assert!(matches!(failing("update").write(&session), Err(SessionError::Store(_))));
    }

    #[test]
    fn a_session_that_cannot_be_read_is_ended_by_a_log_out_all_the_same() {
        let (memory, secret) = (MemoryStore::new(), SecretKey::generate());
        let browser = request(&kept_in(&memory, &secret).write(&user(7)).expect("a store"));
        let store = Failing { memory: memory.clone(), only: "get" };
        let cookies = SessionCookie::with(&secret, SessionOptions::default().store(store)).expect("usable");
        let mut session = cookies.read(&browser);
        session.clear();
        assert!(session.is_changed());
        assert!(cookies.write(&session).expect("it deletes").contains("Max-Age=0"));
        assert!(memory.is_empty());
    }
}
