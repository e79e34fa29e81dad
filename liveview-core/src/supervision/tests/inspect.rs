//! The tree as people see it.

use super::{idle, next_life, seconds};
use crate::supervision::{Actor, ActorCx, Child, ProcessKind, ProcessState, Strategy, Supervisor};

struct Driver;

impl Actor for Driver {
    type Args = ();
    type Message = ();
    async fn init((): (), _: &mut ActorCx<Self>) -> crate::Result<Self> {
        Ok(Self)
    }
    async fn handle(&mut self, (): (), _: &mut ActorCx<Self>) -> crate::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn the_tree_tells_names_kinds_states_restarts_and_times() {
    let fleet = Supervisor::dynamic("fleet").child(Child::actor::<Driver>("robot-1", ()));
    let tree = Supervisor::rest_for_one("app").child(idle("writer")).child(Child::supervisor(fleet));
    let tree = tree.child(idle("done").temporary()).start().await.unwrap();
    let writer = tree.child("done").unwrap();
    writer.exit(crate::supervision::ExitReason::Normal);
    let writer = tree.child("writer").unwrap();
    writer.kill();
    next_life(&tree, "writer", &writer).await;
    tokio::time::sleep(seconds(75)).await;

    let info = tree.inspect();
    let fleet = info.find("fleet").unwrap();
    assert_eq!((fleet.kind, &fleet.state), (ProcessKind::Supervisor(Strategy::Dynamic), &ProcessState::Running));
    assert_eq!((fleet.restarts, info.find("writer").unwrap().restarts), (1, 1));
    let driver = std::any::type_name::<Driver>();
    let expected = format!(
        "app (supervisor, rest for one) running for 1 min 15 s\n\
         ├─ writer (worker) running for 1 min 15 s, 1 restarts, last exit killed\n\
         └─ fleet (supervisor, dynamic) running for 1 min 15 s, 1 restarts, last exit shutdown\n   \
            └─ robot-1 (actor {driver}) running for 1 min 15 s"
    );
    assert_eq!(info.to_string(), expected);
    tree.shut_down().await;
    assert_eq!(tree.inspect().state, ProcessState::Ended);
}
