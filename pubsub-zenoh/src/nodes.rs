//! Who else is in the mesh: a liveliness token for each node, and a list of those of the others.

use std::collections::BTreeSet;

use tokio::sync::watch;
use zenoh::liveliness::LivelinessToken;
use zenoh::sample::{Sample, SampleKind};
use zenoh::{Session, Wait};

const PREFIX: &str = "bennu/nodes/";

/// This node's id, and the list of the others.
pub(crate) type Joined = (String, watch::Receiver<BTreeSet<String>>);

/// Enters this node, for as long as the token is kept, and begins the list of the others.
pub(crate) fn join(session: &Session) -> zenoh::Result<(Joined, LivelinessToken)> {
    let id = session.zid().to_string();
    let (list, listed) = watch::channel(BTreeSet::new());
    let me = id.clone();
    let see = move |sample: Sample| {
        let key = sample.key_expr().as_str();
        if let Some(node) = key.strip_prefix(PREFIX).filter(|node| *node != me) {
            note(&list, node, sample.kind());
        }
    };
    let others = session.liveliness().declare_subscriber(format!("{PREFIX}*")).history(true);
    others.callback(see).background().wait()?;
    let token = session.liveliness().declare_token(format!("{PREFIX}{id}")).wait()?;
    Ok(((id, listed), token))
}

fn note(list: &watch::Sender<BTreeSet<String>>, node: &str, kind: SampleKind) {
    list.send_if_modified(|nodes| match kind {
        SampleKind::Put => {
            let is_new = nodes.insert(node.to_owned());
            if is_new {
                tracing::info!(node, "a node has come");
            }
            is_new
        }
        SampleKind::Delete => {
            let was_there = nodes.remove(node);
            if was_there {
                tracing::info!(node, "a node is gone");
            }
            was_there
        }
    });
}
