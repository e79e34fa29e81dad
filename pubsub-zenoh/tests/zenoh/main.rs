//! Nodes over Zenoh: in one process, in several, and in several networks.

mod conformance;
mod mesh;
mod namespaces;
mod partitions;
mod processes;
mod support;
