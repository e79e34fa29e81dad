use bennu::prelude::*;

struct Room;

#[channel]
impl Room {
    #[handle_in]
    fn say(&mut self) {}
}

fn main() {}
