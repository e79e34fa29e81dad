use bennu::prelude::*;

#[derive(LiveView)]
enum Page<T: Clone + 'static, const N: usize = 2> {
    Shown([T; N]),
    Hidden,
}

#[live_view]
impl<T: Clone + 'static> Page<T> {
    fn mount() -> Result<Self> {
        Ok(Self::Hidden)
    }

    #[event]
    fn show(&mut self) {
        if let Self::Shown(rows) = self {
            *self = Self::Shown(rows.clone());
        }
    }

    fn render(&self) -> Element {
        unimplemented!()
    }
}

fn main() {
    let _ = Page::<String>::on_show();
}
