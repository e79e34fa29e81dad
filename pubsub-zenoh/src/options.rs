//! What a node is told, and how Zenoh is told.

use std::time::Duration;

use zenoh::Config;
use zenoh::config::EndPoint;

use crate::ZenohError;

/// How a node finds the others and how much it puts up with.
#[derive(Clone, Debug)]
pub struct ZenohOptions {
    /// Endpoints of other nodes, or of Zenoh routers, such as `tcp/10.0.0.7:7447`. Those that do not answer are tried again for as long as the node is there. Default: none.
    pub connect: Vec<String>,
    /// Endpoints on which others reach this node, such as `tcp/0.0.0.0:7447`. Default: none; such a node is heard by those it connects to.
    pub listen: Vec<String>,
    /// Whether to look for others in the local network by multicast, and to be found. Default: no.
    pub scouting: bool,
    /// After how much silence others take this node to be gone, and how long a connection takes at most to be made; it says that it is there four times as often. Default: 5 s. A connection
    /// that is closed, as by a process that dies, is noticed at once.
    pub lease: Duration,
    /// How much may wait to be sent, in bytes. Default: 8 MiB.
    pub queue: usize,
    /// All else that Zenoh can be told: certificates, users, access, a `namespace`, the mode `client` that goes by a router and waits for it when it is opened. The fields above take the place of what it says of the same.
    pub config: Config,
}

impl Default for ZenohOptions {
    fn default() -> Self {
        Self {
            connect: Vec::new(),
            listen: Vec::new(),
            scouting: false,
            lease: Duration::from_secs(5),
            queue: 8 << 20,
            config: Config::default(),
        }
    }
}

/// How long the sending thread waits for a node that is congested before it drops what is for it, in microseconds; and in all for the parts of a large message.
const WAIT_BEFORE_DROP: u32 = 1_000_000;

impl ZenohOptions {
    pub(crate) fn into_config(self) -> Result<Config, ZenohError> {
        let Self { connect, listen, scouting, lease, mut config, .. } = self;
        if connect.is_empty() && listen.is_empty() && !scouting {
            return Err(ZenohError::NoEndpoint);
        }
        let settings = [
            ("connect/endpoints", endpoints(&connect)?),
            ("listen/endpoints", endpoints(&listen)?),
            ("scouting/multicast/enabled", scouting.to_string()),
            // Failing to connect is no reason to give up, and trying is done in the background.
            ("connect/timeout_ms", "-1".to_owned()),
            ("connect/exit_on_failure", "false".to_owned()),
            ("connect/retry", "{period_init_ms: 250, period_max_ms: 2000, period_increase_factor: 2}".to_owned()),
            ("listen/timeout_ms", "0".to_owned()),
            ("listen/exit_on_failure", "true".to_owned()),
            ("transport/link/tx/lease", lease.as_millis().to_string()),
            ("transport/unicast/open_timeout", lease.as_millis().to_string()),
            ("transport/unicast/accept_timeout", lease.as_millis().to_string()),
            (
                "transport/link/tx/queue/congestion_control/drop",
                format!("{{wait_before_drop: {WAIT_BEFORE_DROP}, max_wait_before_drop_fragments: {WAIT_BEFORE_DROP}}}"),
            ),
        ];
        for (setting, value) in settings {
            let set = config.insert_json5(setting, &value);
            set.map_err(|cause| ZenohError::Setting { setting: setting.to_owned(), cause })?;
        }
        Ok(config)
    }
}

/// A list in JSON, which Zenoh's JSON5 includes, of what has been looked at.
fn endpoints(endpoints: &[String]) -> Result<String, ZenohError> {
    for endpoint in endpoints {
        check(endpoint).map_err(|why| ZenohError::Endpoint { endpoint: endpoint.clone(), why })?;
    }
    Ok(format!("[{}]", endpoints.iter().map(|endpoint| format!("{endpoint:?}")).collect::<Vec<_>>().join(",")))
}

/// Says what is wrong before Zenoh does, which says less and later. Names are not looked up: they may come to be known.
fn check(endpoint: &str) -> Result<(), String> {
    let Some((protocol, address)) = endpoint.split_once('/') else {
        return Err("it has no protocol".to_owned());
    };
    match protocol {
        "tcp" => {}
        "tls" if cfg!(feature = "tls") => {}
        "tls" => return Err("`tls` needs the feature `tls` of pubsub-zenoh".to_owned()),
        _ => return Err(format!("`{protocol}` is not among the protocols of this build, which are {PROTOCOLS}")),
    }
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let (host, port) = address.rsplit_once(':').ok_or("it has no port")?;
    if host.is_empty() {
        return Err("it has no host".to_owned());
    }
    port.parse::<u16>().map_err(|_| format!("`{port}` is no port"))?;
    endpoint.parse::<EndPoint>().map(drop).map_err(|error| error.to_string())
}

const PROTOCOLS: &str = if cfg!(feature = "tls") { "tcp and tls" } else { "tcp" };

#[cfg(test)]
mod tests {
    use super::{ZenohError, ZenohOptions, check};

    fn why(endpoint: &str) -> String {
        check(endpoint).expect_err("no endpoint")
    }

    #[test]
    fn what_is_wrong_with_an_endpoint_is_said() {
        assert_eq!(why("localhost:7447"), "it has no protocol");
        assert_eq!(why("tcp/localhost"), "it has no port");
        assert_eq!(why("tcp/:7447"), "it has no host");
        assert_eq!(why("tcp/localhost:seven"), "`seven` is no port");
        assert_eq!(why("tcp/localhost:70000"), "`70000` is no port");
        assert!(why("udp/localhost:7447").contains("`udp` is not among the protocols"));
        assert!(why("").contains("no protocol"));
    }

    #[test]
    fn endpoints_of_all_shapes_are_taken() {
        for endpoint in ["tcp/localhost:7447", "tcp/[::]:7447", "tcp/10.0.0.7:0", "tcp/node-a.internal:7447#iface=eth0"]
        {
            assert_eq!(check(endpoint), Ok(()), "{endpoint}");
        }
    }

    #[test]
    fn a_node_that_would_be_alone_is_refused() {
        let refused = ZenohOptions::default().into_config();
        assert!(matches!(refused, Err(ZenohError::NoEndpoint)));
    }

    #[test]
    fn multicast_is_off_unless_asked_for() {
        for scouting in [false, true] {
            let options = ZenohOptions { listen: vec!["tcp/127.0.0.1:0".into()], scouting, ..ZenohOptions::default() };
            let config = options.into_config().expect("settings");
            assert_eq!(config.get_json("scouting/multicast/enabled").expect("a setting"), scouting.to_string());
            assert_eq!(config.get_json("listen/endpoints").expect("a setting"), r#"["tcp/127.0.0.1:0"]"#);
        }
    }
}
