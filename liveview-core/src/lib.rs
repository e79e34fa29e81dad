//! The runtime of Bennu.
