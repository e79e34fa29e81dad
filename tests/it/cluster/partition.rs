//! A network that is gone for ten seconds: nobody is shown who cannot be known of, and afterwards all agree.

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep_until};

use super::proxy::{Network, Proxy};
use super::{ROOM, both_have, guest, lounge, present, process};

#[tokio::test]
async fn a_network_that_closes_everything_for_ten_seconds_leaves_no_ghosts() {
    heals(Network::Closes).await;
}

#[tokio::test]
async fn a_network_that_swallows_everything_for_ten_seconds_leaves_no_ghosts() {
    heals(Network::Swallows).await;
}

async fn heals(from: Network) {
    let site = process::Site::new();
    let proxy = Proxy::start(&site.database).await;
    let behind = proxy.url();
    let (a, b) = tokio::join!(site.start_by("a", &behind), site.start("b"));
    let (mut ada, mut bob) = (lounge(&a, "ada").await, lounge(&b, "bob").await);
    let (mut cleo, mut emil) = (guest(&a, "cleo").await, guest(&b, "emil").await);
    both_have([&a, &b], "ada bob cleo emil").await;
    ada.sees("here: ada bob cleo emil.").await;
    bob.sees("here: ada bob cleo emil.").await;

    proxy.set(from);
    let cut = Instant::now();
    // Meanwhile on each side one goes and one comes.
    cleo.send(json!(["1", "9", ROOM, "phx_leave", {}])).await;
    emil.send(json!(["1", "9", ROOM, "phx_leave", {}])).await;
    let (_dora, _fred) = (guest(&a, "dora").await, guest(&b, "fred").await);
    ada.sees("here: ada dora.").await;
    bob.sees("here: bob fred.").await;
    assert_eq!((present(&a).await, present(&b).await), ("ada dora".to_owned(), "bob fred".to_owned()));
    // How long the network is gone is what this is about, and no wait for anything.
    sleep_until(cut + Duration::from_secs(10)).await;
    proxy.set(Network::Works);

    both_have([&a, &b], "ada bob dora fred").await;
    ada.sees("here: ada bob dora fred.").await;
    bob.sees("here: ada bob dora fred.").await;
    ada.click("say", json!(["back"])).await.expect("it is said");
    bob.sees("note: back.").await;
    bob.click("say", json!(["welcome"])).await.expect("it is said");
    ada.sees("note: welcome.").await;
    for (line, count) in [
        ("is not heard: the connection", 1),
        ("is heard again", 1),
        ("do not go to the other nodes", 1),
        ("go to the other nodes again", 1),
    ] {
        assert_eq!(a.logged(line), count, "{line}:\n{}", a.log());
        assert_eq!(b.logged(line), 0, "{line}:\n{}", b.log());
    }
}
