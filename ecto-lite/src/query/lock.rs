//! Row locks.

/// How rows are locked until the transaction ends. PostgreSQL; SQLite locks the whole file.
///
/// Two workers that take jobs by `.lock(Lock::update().skip_locked()).limit(1)` take different ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Lock {
    pub(crate) strength: Strength,
    pub(crate) wait: Wait,
    pub(crate) first_only: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strength {
    Update,
    NoKeyUpdate,
    Share,
    KeyShare,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    Yes,
    Not,
    Skip,
}

impl Lock {
    const fn new(strength: Strength) -> Self {
        Self { strength, wait: Wait::Yes, first_only: false }
    }

    /// `FOR UPDATE`: nobody else changes, deletes or locks them.
    pub const fn update() -> Self {
        Self::new(Strength::Update)
    }

    /// `FOR NO KEY UPDATE`: as [`Self::update`], but rows may be inserted that refer to them.
    pub const fn no_key_update() -> Self {
        Self::new(Strength::NoKeyUpdate)
    }

    /// `FOR SHARE`: nobody changes or deletes them.
    pub const fn share() -> Self {
        Self::new(Strength::Share)
    }

    /// `FOR KEY SHARE`: nobody changes their key or deletes them.
    pub const fn key_share() -> Self {
        Self::new(Strength::KeyShare)
    }

    /// Rows that somebody else has locked are left out.
    pub const fn skip_locked(self) -> Self {
        Self { wait: Wait::Skip, ..self }
    }

    /// A row that somebody else has locked fails the query at once.
    pub const fn no_wait(self) -> Self {
        Self { wait: Wait::Not, ..self }
    }

    /// Rows of the query's first source only: those of a left join cannot be locked.
    pub const fn first_only(self) -> Self {
        Self { first_only: true, ..self }
    }
}
