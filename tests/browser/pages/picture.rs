//! SVG whose shapes come, go and move.

use bennu::prelude::*;

#[derive(LiveView)]
pub(crate) struct PictureLive {
    turns: u32,
}

#[live_view]
impl PictureLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self { turns: 1 })
    }

    #[event]
    fn turn(&mut self) {
        self.turns += 1;
    }

    fn render(&self) -> Element {
        let turns = self.turns;
        rsx! {
            svg { id: "picture", view_box: "0 0 100 100", width: "200", height: "200",
                defs { linearGradient { id: "shade", stop { offset: "0%", stop_color: "red" } } }
                rect { id: "back", width: "100", height: "100", fill: "url(#shade)", phx_click: Self::on_turn() }
                for n in 0..turns {
                    circle { key: "{n}", class: "dot", cx: "{10 + n * 10}", cy: "50", r: "4" }
                }
                if turns.is_multiple_of(2) {
                    g { id: "even", transform: "rotate({turns * 10} 50 50)", path { d: "M 0 0 L 10 10" } }
                }
                text { id: "label", x: "5", y: "95", "turn {turns} & <counting>" }
            }
        }
    }
}
