mod conformance;
#[path = "../it/faults.rs"]
mod faults;
#[path = "../it/repo_options.rs"]
mod repo_options;
#[path = "../it/support.rs"]
mod support;
