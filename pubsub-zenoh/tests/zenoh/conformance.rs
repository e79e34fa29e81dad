//! The promises of every pubsub.

mod one_node {
    use crate::support::{free_port, listening, pubsub};

    liveview_core::pubsub::conformance!(pubsub(&listening(free_port()).await));
}

mod among_nodes {
    use crate::support::two_pubsubs;

    liveview_core::pubsub::conformance!(nodes: two_pubsubs().await);
}
