//! A client of a renderer, as a socket would have it.

use crate::render::{Edits, KnownTemplates, Renderer, write_definitions};
use crate::testing::Page;

/// A client: its page, and the templates that its socket knows.
pub(super) struct Client {
    pub(super) page: Page,
    pub(super) known: KnownTemplates,
}

impl Client {
    pub(super) fn adopt(renderer: &Renderer) -> Self {
        let adoption = renderer.adoption();
        let mut page = Page::from_html(&renderer.html()).expect("our HTML is well formed");
        page.adopt(&adoption.program, adoption.check).expect("our program fits our HTML");
        Self { page, known: KnownTemplates::default() }
    }

    pub(super) fn join(renderer: &Renderer) -> Self {
        let mut client = Self { page: Page::default(), known: KnownTemplates::default() };
        client.apply(&renderer.snapshot());
        client
    }

    pub(super) fn apply(&mut self, edits: &Edits) {
        let mut body = Vec::new();
        write_definitions(&edits.templates, &mut self.known, &mut body);
        body.extend_from_slice(&edits.ops);
        self.page.apply(&body).expect("our ops fit the page");
    }
}
