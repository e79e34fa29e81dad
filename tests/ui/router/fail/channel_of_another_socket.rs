use bennu::prelude::*;

struct DeviceSocket;

impl Socket for DeviceSocket {
    async fn connect(_: &mut SocketConnect) -> Result<Self, Refused> {
        Ok(Self)
    }
}

struct Room;

#[channel]
impl Room {
    async fn join() -> Result<Self, Refused> {
        Ok(Self)
    }
}

struct NoChannel;

router! {
    socket "/devices" => DeviceSocket {
        channel "room:*" => Room;
    }
    channel "other:*" => NoChannel;
}

fn main() {}
