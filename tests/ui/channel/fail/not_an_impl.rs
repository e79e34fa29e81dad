use bennu::prelude::*;

#[channel]
struct Room;

fn main() {}
