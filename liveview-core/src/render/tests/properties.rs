//! Adoption, snapshots and frames agree on every page.

use dioxus::prelude::{dioxus_core, dioxus_elements, dioxus_signals, rsx};
use proptest::collection::vec;
use proptest::{prop_assert, prop_assert_eq, proptest};

use super::client::Client;
use super::pages::{Bench, State, state, text};
use crate::render::{Edits, KnownTemplates, Renderer};
use crate::testing::Page;

/// The page that a browser shows for our HTML.
fn parsed(renderer: &Renderer) -> String {
    Page::from_html(&renderer.html()).expect("our HTML is well formed").to_html()
}

fn render(bench: &mut Bench, state: &State) -> Option<Edits> {
    bench.set(state);
    bench.renderer.render().expect("the view renders")
}

proptest! {
    /// The user sees the first HTML, and after adoption every later state, as if it had been loaded anew.
    #[test]
    fn an_adopted_page_follows_every_state(states in vec(state(), 1..6)) {
        let mut bench = Bench::new(&states[0]);
        let mut client = Client::adopt(&bench.renderer);
        prop_assert_eq!(client.page.to_html(), parsed(&bench.renderer));
        for state in &states[1..] {
            if let Some(edits) = render(&mut bench, state) {
                client.apply(&edits);
            }
            prop_assert_eq!(client.page.to_html(), parsed(&bench.renderer));
        }
    }

    /// A client may join at any time, by HTML and program or by snapshot, and has the same nodes, ids and listeners
    /// as one that was there from the beginning; later frames fit all of them.
    #[test]
    fn clients_that_join_later_have_the_same_nodes(states in vec(state(), 2..6)) {
        let mut bench = Bench::new(&states[0]);
        let mut clients = vec![Client::adopt(&bench.renderer), Client::join(&bench.renderer)];
        for state in &states[1..] {
            if let Some(edits) = render(&mut bench, state) {
                for client in &mut clients {
                    client.apply(&edits);
                }
            }
            clients.push(Client::adopt(&bench.renderer));
            clients.push(Client::join(&bench.renderer));
            let expected = clients[0].page.to_html_with_ids();
            for client in &clients[1..] {
                prop_assert_eq!(client.page.to_html_with_ids(), &expected[..]);
            }
        }
        prop_assert_eq!(clients[0].page.to_html(), parsed(&bench.renderer));
    }

    /// A client that missed frames gets them later, on a socket that knows no template.
    #[test]
    fn missed_frames_replay_on_an_older_page(states in vec(state(), 3..7), missed in 1..3_usize) {
        let mut bench = Bench::new(&states[0]);
        let mut client = Client::adopt(&bench.renderer);
        let mut frames: Vec<_> = states[1..].iter().filter_map(|state| render(&mut bench, state)).collect();
        let later = frames.split_off(frames.len().saturating_sub(missed));
        for edits in &frames {
            client.apply(edits);
        }
        client.known = KnownTemplates::default();
        for edits in &later {
            client.apply(edits);
        }
        prop_assert_eq!(client.page.to_html(), parsed(&bench.renderer));
    }

    /// What did not change is not sent.
    #[test]
    fn a_render_of_the_same_state_sends_nothing(state in state()) {
        let mut bench = Bench::new(&state);
        prop_assert_eq!(render(&mut bench, &state), None);
    }

    /// A program for another page is refused, unless that page has the same shape.
    #[test]
    fn a_changed_page_is_not_adopted(state in state()) {
        let bench = Bench::new(&state);
        let adoption = bench.renderer.adoption();
        let html = format!("{}<span></span>", bench.renderer.html());
        let mut page = Page::from_html(&html).expect("well formed");
        prop_assert!(page.adopt(&adoption.program, adoption.check).is_err());
    }

    /// Whatever a script or style sheet says, it ends where it should, and its texts are found.
    #[test]
    fn raw_text_is_adopted(a in text(), b in text(), c in text()) {
        let texts = [a, b, c];
        let shown = texts.clone();
        let mut renderer = Renderer::new(move || {
            let [a, b, c] = &shown;
            rsx! { script { "{a}" "{b}" "x" "{c}" } style { "{c}" "y" "{b}" } "{a}" }
        });
        renderer.rebuild().expect("the view renders");
        let client = Client::adopt(&renderer);
        prop_assert!(client.page.to_html().starts_with("<script>"));
        prop_assert_eq!(client.page.to_html(), parsed(&renderer));
    }

    /// Foreign programs end in an error or bind something, never in a panic.
    #[test]
    fn random_programs_never_panic(state in state(), mut program in vec(proptest::prelude::any::<u8>(), 0..40)) {
        // A layout without opaque elements, so that the page's checksum is the one that the program below needs.
        let state = State { layout: state.layout % 3, ..state };
        let bench = Bench::new(&state);
        let mut page = Page::from_html(&bench.renderer.html()).expect("well formed");
        program.insert(0, 0);
        let shown = page.to_html();
        if page.adopt(&program, bench.renderer.adoption().check).is_ok() {
            prop_assert_eq!(page.to_html(), shown);
        }
    }
}
