//! One supervisor for each of several partitions, so that many callers do not wait for one.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::child::Child;
use super::supervisor::{Supervisor, SupervisorRef};

/// The partitions, by number or by key. Clones are the same ones.
///
/// ```
/// use liveview_core::supervision::{Child, Partitions, Supervisor};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> liveview_core::Result<()> {
/// let (connections, supervisor) =
///     Partitions::new("connections", 4, |index| Supervisor::dynamic(format!("connections/{index}")));
/// let tree = Supervisor::one_for_one("app").child(Child::supervisor(supervisor)).start().await?;
/// let child = Child::worker("robot 7", || async { std::future::pending::<()>().await });
/// connections.of(&7).start_child(child).await?;
/// tree.shut_down().await;
/// # Ok(())
/// # }
/// ```
///
/// After Elixir's `PartitionSupervisor`.
#[derive(Clone, Debug)]
pub struct Partitions(Arc<[SupervisorRef]>);

impl Partitions {
    /// So many partitions, at least one, made by `make` from their numbers; and the supervisor of them all, which is to be started.
    pub fn new(name: impl Into<Arc<str>>, count: usize, make: impl FnMut(usize) -> Supervisor) -> (Self, Supervisor) {
        let partitions: Vec<Supervisor> = (0..count.max(1)).map(make).collect();
        let handles = partitions.iter().map(Supervisor::handle).collect();
        let children = partitions.into_iter().map(Child::supervisor);
        (Self(handles), Supervisor::one_for_one(name).children(children))
    }

    /// The partition of a key: always the same one, in every process of this program.
    pub fn of<K: Hash + ?Sized>(&self, key: &K) -> &SupervisorRef {
        let mut hasher = Fnv::default();
        key.hash(&mut hasher);
        &self.0[hasher.finish() as usize % self.0.len()]
    }

    /// All of them, by their numbers.
    pub fn all(&self) -> &[SupervisorRef] {
        &self.0
    }
}

/// FNV-1a, 64 bits: unlike the standard library's, it is the same in every build.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        // The low bits of FNV are its weakest.
        self.0 ^ (self.0 >> 32)
    }
}
