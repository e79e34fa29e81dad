//! Every callback and every kind of handler, with and without `cx`, `async` and not.

use bennu::prelude::*;

#[derive(Clone)]
struct Telemetry;
struct Alarm;
struct GetBattery;

#[derive(serde::Deserialize)]
struct Search {
    _q: String,
}

#[derive(LiveView)]
struct Fleet {
    selected: Option<i64>,
}

#[live_view]
impl Fleet {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self { selected: None })
    }

    async fn handle_params(&mut self, _cx: &mut Cx, _params: &Params, _uri: &Uri) -> Result<()> {
        Ok(())
    }

    fn connected(&mut self, _connect: &Connect) {}

    async fn disconnected(&mut self, _cx: &mut Cx) {}

    #[event]
    fn select(&mut self, id: i64) {
        self.selected = Some(id);
    }

    #[event]
    async fn save(
        &mut self,
        _cx: &mut Cx,
        id: i64,
        mut name: String,
        _params: Params,
        Fields(_): Fields<Search>,
    ) -> Result<()> {
        name.push('!');
        self.selected = id.checked_add(1);
        Ok(())
    }

    #[event]
    fn r#move(&self, key: Key) -> Result<Reply> {
        let _ = key.key.parse::<i64>()?;
        unimplemented!()
    }

    #[info]
    fn telemetry(&mut self, _telemetry: Telemetry) {}

    #[info]
    async fn alarm(&mut self, _cx: &mut Cx, _alarm: &Alarm) -> Result<()> {
        Ok(())
    }

    #[call]
    fn battery(&self, _question: GetBattery) -> f64 {
        1.0
    }

    #[call]
    async fn name(&mut self, _cx: &mut Cx, number: &u32) -> String {
        number.to_string()
    }

    #[handle_async]
    fn load(&mut self, result: AsyncResult<Vec<i64>>) {
        self.selected = result.ok().and_then(|ids| ids.first().copied());
    }

    #[handle_async("other")]
    async fn otherwise(&mut self, _cx: &mut Cx, _result: AsyncResult<()>) -> Result<()> {
        Ok(())
    }

    fn render(&self) -> Element {
        let _: [Push; 3] = [Self::on_select(3), Self::on_save(3, "R2".into()), Self::on_move()];
        unimplemented!()
    }

    fn terminate(&mut self, _reason: &Terminate) {}
}

fn main() {
    let printed = [Fleet::on_select(3), Fleet::on_save(3, "R2".into()), Fleet::on_move()].map(|push| push.to_string());
    assert_eq!(
        printed,
        [
            r#"[["push",{"event":"select","args":[3]}]]"#,
            r#"[["push",{"event":"save","args":[3,"R2"]}]]"#,
            r#"[["push",{"event":"move","meta":true}]]"#,
        ]
    );
    assert_eq!(<Fleet as bennu::LiveView>::EVENTS, ["select", "save", "move"]);
}
