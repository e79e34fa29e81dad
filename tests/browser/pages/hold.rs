//! A button that acts while it is held and stops when it is let go.

use bennu::prelude::*;

#[derive(LiveView)]
pub(crate) struct HoldLive {
    driven: u32,
    stopped: u32,
    gone: bool,
}

#[live_view]
impl HoldLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self { driven: 0, stopped: 0, gone: false })
    }

    #[event]
    fn drive(&mut self, step: u32) {
        self.driven += step;
    }

    #[event]
    fn stop(&mut self) {
        self.stopped += 1;
    }

    #[event]
    fn vanish(&mut self) {
        self.gone = true;
    }

    fn render(&self) -> Element {
        rsx! {
            div { phx_window_keydown: Self::on_vanish(), phx_key: "v",
                if !self.gone {
                    button { id: "drive", phx_hold: Self::on_drive(1), phx_release: Self::on_stop(), phx_repeat: 20, "drive" }
                }
            }
            output { id: "driven", "{self.driven}" }
            output { id: "stopped", "{self.stopped}" }
        }
    }
}
