//! All nodes know who is there.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{ROOM, both_have, guest, lounge, pair};

#[tokio::test]
async fn who_is_at_one_node_is_known_at_the_other_as_a_list_and_as_diffs() {
    let (a, b) = pair().await;
    let mut ada = lounge(&a, "ada").await;
    both_have([&a, &b], "ada").await;

    let mut bob = guest(&b, "bob").await;
    let state = bob.event("presence_state").await[4].clone();
    assert_eq!(state["ada"]["metas"][0]["node"], "a", "who comes later is told who is there: {state}");
    ada.sees("here: ada bob.").await;

    // Two tabs of one person at two nodes are one key with two metas.
    let mut again = guest(&a, "bob").await;
    ada.sees("here: ada bob bob.").await;
    both_have([&a, &b], "ada bob bob").await;
    let diff = loop {
        let diff = bob.event("presence_diff").await[4].clone();
        if diff["joins"]["bob"]["metas"][0]["node"] == "a" {
            break diff;
        }
    };
    assert_eq!(diff["leaves"], json!({}));

    bob.send(json!(["1", "9", ROOM, "phx_leave", {}])).await;
    ada.sees("here: ada bob.").await;
    let diff = loop {
        let diff = again.event("presence_diff").await[4].clone();
        if diff["leaves"] != json!({}) {
            break diff;
        }
    };
    assert_eq!(diff["leaves"]["bob"]["metas"][0]["node"], "b");
    both_have([&a, &b], "ada bob").await;
}

#[tokio::test]
async fn a_node_that_is_told_to_stop_takes_its_presences_with_it_at_once_and_one_that_comes_learns_all() {
    let site = super::process::Site::new();
    let (mut a, b) = tokio::join!(site.start("a"), site.start("b"));
    let (mut ada, mut bob) = (lounge(&a, "ada").await, lounge(&b, "bob").await);
    let _guest = guest(&a, "cleo").await;
    bob.sees("here: ada bob cleo.").await;
    let began = Instant::now();
    a.terminate();
    bob.sees("here: bob.").await;
    // Whom nobody hears of is gone after 6 s; who says goodbye need not be waited for.
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}\n{}", began.elapsed(), a.log());
    assert!(a.stopped().await.success(), "{}", a.log());
    ada.drop_socket();

    let c = site.start("c").await;
    let _dora = guest(&c, "dora").await;
    bob.sees("here: bob dora.").await;
    both_have([&b, &c], "bob dora").await;
}
