//! What is measured, and the table of it.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

use super::Kind;
use super::client::Client;
use crate::child::{Child, Cpu};

/// Sessions that push at the same time.
const PUSHERS: usize = 100;
/// Sessions that follow broadcasts, of which there are so many a second.
const FOLLOWERS: usize = 1_000;
const HZ: u32 = 20;
const WARM_UP: usize = 200;

/// How much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) sockets: usize,
    pub(crate) time: Duration,
}

/// What one of something cost, on average.
#[derive(Debug, Clone, Copy)]
struct Cost {
    cpu: Duration,
    kernel: Duration,
    per_second: f64,
}

impl Cost {
    fn average(count: u64, cpu: Cpu, took: Duration) -> Self {
        let count = count.max(1) as f64;
        let each = |time: Duration| time.div_f64(count);
        Self { cpu: each(cpu.total), kernel: each(cpu.kernel), per_second: count / took.as_secs_f64() }
    }
}

struct Figures {
    memory: u64,
    join: Cost,
    answer: Cost,
    delivery: Cost,
}

type Read = fn(&Figures) -> Cost;

/// Measures both servers; a table in Markdown.
pub(crate) async fn table(plan: Plan) -> Result<String> {
    let mut measured = Vec::new();
    for kind in Kind::ALL {
        measured.push(measure(kind, plan).await?);
    }
    let [ours, theirs] = &measured[..] else { unreachable!("there are two servers") };
    let mut text = format!("### rooms: {} sockets, {:?} each\n\n| | ", plan.sockets, plan.time);
    for kind in Kind::ALL {
        write!(text, "{} | ", kind.name())?;
    }
    text.push_str("ratio |\n|---|---:|---:|---:|\n");
    let mut line = |name: &str, digits: usize, ours: f64, theirs: f64| {
        writeln!(text, "| {name} | {ours:.digits$} | {theirs:.digits$} | {:.2} |", ours / theirs)
    };
    line("server memory per idle socket that has joined, KiB", 2, kib(ours.memory), kib(theirs.memory))?;
    let rows: [(&str, Read); 3] = [
        ("connect and join", |figures| figures.join),
        ("push and answer", |figures| figures.answer),
        ("broadcast, each delivery", |figures| figures.delivery),
    ];
    for (name, read) in rows {
        let (ours, theirs) = (read(ours), read(theirs));
        line(&format!("{name}: server CPU, us"), 2, micros(ours.cpu), micros(theirs.cpu))?;
        line(&format!("{name}: in the kernel, us"), 2, micros(ours.kernel), micros(theirs.kernel))?;
        line(&format!("{name}: 1/s"), 0, ours.per_second, theirs.per_second)?;
    }
    Ok(text)
}

fn kib(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

async fn measure(kind: Kind, plan: Plan) -> Result<Figures> {
    let (memory, join) = idle(kind, plan).await?;
    // Servers of their own: sockets that nobody reads would have their share of every broadcast.
    let answer = answers(kind, plan).await?;
    let delivery = deliveries(kind, plan).await?;
    Ok(Figures { memory, join, answer, delivery })
}

async fn idle(kind: Kind, plan: Plan) -> Result<(u64, Cost)> {
    let child = Child::start(kind.name()).await?;
    let mut clients = clients(&child, WARM_UP).await?;
    let (memory, cpu, began) = (child.settled_memory().await?, child.cpu()?, Instant::now());
    clients.extend(self::clients(&child, plan.sockets).await?);
    let join = Cost::average(plan.sockets as u64, child.cpu()? - cpu, began.elapsed());
    let memory = child.settled_memory().await?.saturating_sub(memory) / plan.sockets as u64;
    drop(clients);
    child.stop().await?;
    Ok((memory, join))
}

async fn answers(kind: Kind, plan: Plan) -> Result<Cost> {
    let child = Child::start(kind.name()).await?;
    let mut tasks = JoinSet::new();
    let clients = clients(&child, PUSHERS).await?;
    let (cpu, began) = (child.cpu()?, Instant::now());
    let until = began + plan.time;
    for mut client in clients {
        tasks.spawn(async move {
            let mut count = 0_u64;
            while Instant::now() < until {
                client.echo(&json!({ "speed": 1.5, "text": "a command of a usual length", "n": count })).await?;
                count += 1;
            }
            anyhow::Ok((client, count))
        });
    }
    let (mut count, mut kept) = (0, Vec::new());
    while let Some(ended) = tasks.join_next().await {
        let (client, done) = ended??;
        count += done;
        kept.push(client);
    }
    let cost = Cost::average(count, child.cpu()? - cpu, began.elapsed());
    drop(kept);
    child.stop().await?;
    Ok(cost)
}

async fn deliveries(kind: Kind, plan: Plan) -> Result<Cost> {
    let child = Child::start(kind.name()).await?;
    let mut clients = clients(&child, FOLLOWERS + 1).await?;
    let mut speaker = clients.swap_remove(0);
    let (cpu, began) = (child.cpu()?, Instant::now());
    let until = began + plan.time;
    let mut tasks = JoinSet::new();
    for mut client in clients {
        tasks.spawn(async move {
            let mut count = 0_u64;
            while let Ok(heard) = timeout_at(until, client.heard()).await {
                count += u64::from(heard?);
            }
            anyhow::Ok((client, count))
        });
    }
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / HZ);
    while Instant::now() < until {
        ticks.tick().await;
        speaker.say(&json!({ "x": 12.5, "y": 3.25, "text": "telemetry of a usual length, so to say" })).await?;
        // Its own copy, and its answer.
        speaker.heard().await?;
        speaker.heard().await?;
    }
    let (mut count, mut kept) = (0, Vec::new());
    while let Some(ended) = tasks.join_next().await {
        let (client, heard) = ended??;
        count += heard;
        kept.push(client);
    }
    let cost = Cost::average(count, child.cpu()? - cpu, began.elapsed());
    drop(kept);
    child.stop().await?;
    // Let the system close what is left, before the next server is measured.
    sleep(Duration::from_millis(500)).await;
    Ok(cost)
}

/// So many clients that have joined, fifty at a time.
async fn clients(child: &Child, count: usize) -> Result<Vec<Client>> {
    let mut clients = Vec::with_capacity(count);
    while clients.len() < count {
        let joins = (0..50.min(count - clients.len())).map(|_| Client::join(child.port));
        clients.extend(futures_util::future::try_join_all(joins).await?);
    }
    Ok(clients)
}
