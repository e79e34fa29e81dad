//! One page on one server: sessions, clicks, broadcasts, and what each of them cost.

use std::time::Duration;

use anyhow::Result;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::args::Plan;
use crate::child::{Child, Cpu};
use crate::client::{Bennu, Client, Dioxus, Loaded, Traffic};
use crate::pages::Page;
use crate::server::Kind;

/// Sessions and clicks before anything is measured.
const WARM_UP: (usize, usize) = (20, 50);
/// Every so many sessions, one is a witness.
const WITNESS: usize = 50;
/// Sessions that click at the same time, where not one alone does.
const MANY: usize = 100;
/// Sessions that follow telemetry, and its rate.
const FOLLOWERS: usize = 200;
const HZ: u32 = 20;

/// What was measured.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Figures {
    pub(crate) loaded: Loaded,
    /// Server CPU per page load and join.
    pub(crate) join_cpu: Duration,
    /// From the request to the joined page, one session at a time.
    pub(crate) join_time: Duration,
    /// Server memory per session that does nothing.
    pub(crate) memory: u64,
    pub(crate) one: Option<Operation>,
    pub(crate) many: Option<Operation>,
    pub(crate) updates: Option<Operation>,
}

/// What one click or one update cost, on average.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Operation {
    pub(crate) cpu: Duration,
    /// The part of it that the kernel took: TCP, waking threads.
    pub(crate) kernel: Duration,
    pub(crate) per_second: f64,
    pub(crate) down: f64,
    pub(crate) up: f64,
    pub(crate) acks: f64,
}

impl Operation {
    fn average(count: u64, cpu: Cpu, took: Duration, traffic: Traffic) -> Self {
        let count = count.max(1) as f64;
        let each = |bytes: u64| bytes as f64 / count;
        Self {
            cpu: cpu.total.div_f64(count),
            kernel: cpu.kernel.div_f64(count),
            per_second: count / took.as_secs_f64(),
            down: each(traffic.down),
            up: each(traffic.up),
            acks: each(traffic.acks),
        }
    }
}

/// Measures a page on servers of its own.
pub(crate) async fn measure(kind: Kind, page: Page, plan: &Plan) -> Result<Figures> {
    match kind {
        Kind::Bennu => measure_as::<Bennu>(kind, page, plan).await,
        Kind::Dioxus => measure_as::<Dioxus>(kind, page, plan).await,
    }
}

async fn measure_as<C: Client>(kind: Kind, page: Page, plan: &Plan) -> Result<Figures> {
    let mut bench = Bench::<C>::begin(kind, page, plan).await?;
    let mut figures = bench.connect(plan.sessions).await?;
    if page.event().is_some() {
        figures.one = Some(bench.operation(1, Work::Click).await?);
        figures.many = Some(bench.operation(MANY, Work::Click).await?);
    } else {
        // Afresh: sessions that nobody reads would have their share of every broadcast.
        bench.end().await?;
        bench = Bench::<C>::begin(kind, page, plan).await?;
        let followers = plan.sessions.min(FOLLOWERS);
        bench.connect(followers.saturating_sub(WARM_UP.0)).await?;
        figures.updates = Some(bench.broadcasts(followers).await?);
    }
    bench.end().await?;
    Ok(figures)
}

/// What sessions do while they are measured.
#[derive(Clone, Copy)]
enum Work {
    /// Click, and click again as soon as that is answered.
    Click,
    /// Follow broadcasts.
    Follow,
}

impl Work {
    /// How many clicks or updates there were until then.
    async fn run<C: Client>(self, session: &mut C, until: Instant) -> Result<u64> {
        match self {
            Self::Follow => session.follow(until).await,
            Self::Click => {
                let mut clicks = 0;
                while Instant::now() < until {
                    session.click().await?;
                    clicks += 1;
                }
                Ok(clicks)
            }
        }
    }
}

/// A server and the sessions on it.
struct Bench<'a, C> {
    child: Child,
    page: Page,
    plan: &'a Plan,
    sessions: Vec<C>,
}

impl<'a, C: Client> Bench<'a, C> {
    /// Starts a server and warms it up.
    async fn begin(kind: Kind, page: Page, plan: &'a Plan) -> Result<Self> {
        let child = Child::start(kind.name()).await?;
        let mut sessions = Vec::with_capacity(plan.sessions + WARM_UP.0);
        for _ in 0..WARM_UP.0 {
            let (mut session, _) = C::connect(child.port, page, true).await?;
            if page.event().is_some() {
                for _ in 0..WARM_UP.1 {
                    session.click().await?;
                }
            }
            session.verify()?;
            sessions.push(session);
        }
        Ok(Self { child, page, plan, sessions })
    }

    /// Checks what the witnesses saw and stops the server.
    async fn end(self) -> Result<()> {
        self.sessions.iter().try_for_each(Client::verify)?;
        drop(self.sessions);
        self.child.stop().await
    }

    /// Connects so many sessions, one after the other.
    async fn connect(&mut self, count: usize) -> Result<Figures> {
        let (memory, cpu, began) = (self.child.settled_memory().await?, self.child.cpu()?, Instant::now());
        let mut least: Option<Loaded> = None;
        for number in 0..count {
            let (session, this) = C::connect(self.child.port, self.page, number % WITNESS == 0).await?;
            self.sessions.push(session);
            // Of the session with the fewest bytes: dioxus-liveview sends frames without edits as well, now more, now fewer.
            least = least.filter(|least| least.join.down <= this.join.down).or(Some(this));
        }
        let each = count.max(1) as u32;
        let (join_cpu, join_time) = ((self.child.cpu()? - cpu).total / each, began.elapsed() / each);
        let memory = self.child.settled_memory().await?.saturating_sub(memory) / u64::from(each);
        for session in &mut self.sessions {
            session.keep_alive().await?;
        }
        Ok(Figures { loaded: least.unwrap_or_default(), join_cpu, join_time, memory, ..Figures::default() })
    }

    async fn broadcasts(&mut self, followers: usize) -> Result<Operation> {
        self.child.broadcast(HZ).await?;
        let operation = self.operation(followers, Work::Follow).await?;
        self.child.broadcast(0).await?;
        Ok(operation)
    }

    /// So many sessions do so at the same time, for the time of the plan.
    async fn operation(&mut self, sessions: usize, work: Work) -> Result<Operation> {
        let (cpu, began) = (self.child.cpu()?, Instant::now());
        let until = began + self.plan.time;
        let mut tasks = JoinSet::new();
        for mut session in self.take(sessions) {
            tasks.spawn(async move {
                let before = session.traffic();
                let count = work.run(&mut session, until).await?;
                let traffic = session.traffic() - before;
                anyhow::Ok((session, count, traffic))
            });
        }
        let (mut count, mut sum) = (0, Traffic::default());
        while let Some(ended) = tasks.join_next().await {
            let (session, done, traffic) = ended??;
            self.sessions.push(session);
            count += done;
            sum = sum + traffic;
        }
        Ok(Operation::average(count, self.child.cpu()? - cpu, began.elapsed(), sum))
    }

    fn take(&mut self, sessions: usize) -> Vec<C> {
        let rest = self.sessions.len().saturating_sub(sessions);
        self.sessions.split_off(rest)
    }
}
