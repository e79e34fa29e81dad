//! Programs of this package as processes, and a small client for the JSON API.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use robot_control::accounts::{self, Role};
use robot_control::{devices, store};
use serde_json::{Value, json};

/// How long something may take on a machine that is busy.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A program that is killed at the end of the test.
pub struct Program(pub Child);

impl Program {
    /// Ends it at once, as a crash of its machine would.
    pub fn kill(&mut self) {
        self.0.kill().expect("it runs");
        self.0.wait().expect("it has ended");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended already, when all is well.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A robot control with an administrator's API token and registered devices.
pub struct Server {
    pub program: Program,
    pub addr: SocketAddr,
    /// The tokens of the robots from 21 on.
    pub devices: Vec<String>,
    api_token: String,
    folder: tempfile::TempDir,
}

impl Server {
    /// One with so many devices.
    pub fn start(devices: u16) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let (api_token, devices) = runtime.block_on(prepare(&url(&folder), devices));
        let (program, addr) = spawn(&folder, 0);
        Self { program, addr, devices, api_token, folder }
    }

    /// Kills it and starts it again, on the same port and database.
    pub fn restart(&mut self) {
        self.program.kill();
        (self.program, _) = spawn(&self.folder, self.addr.port());
    }

    pub fn get(&self, path: &str) -> Value {
        self.ask("GET", path, &Value::Null).1
    }

    /// The status and the answer.
    pub fn command(&self, robot: u16, command: &Value) -> (u16, Value) {
        self.ask("POST", &format!("/api/robots/{robot}/commands"), command)
    }

    /// The robot as soon as `wanted` is true of it, and how long that took.
    pub fn robot_when(&self, robot: u16, wanted: impl Fn(&Value) -> bool) -> (Value, Duration) {
        let began = Instant::now();
        loop {
            let now = self.get(&format!("/api/robots/{robot}"));
            if wanted(&now) {
                return (now, began.elapsed());
            }
            assert!(began.elapsed() < PATIENCE, "robot {robot} is {now}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let mut stream = TcpStream::connect(self.addr).expect("it listens");
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\naccept: application/json\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            self.api_token,
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {answer}")))
    }
}

/// Makes an administrator with an API token, and devices with theirs.
async fn prepare(url: &str, count: u16) -> (String, Vec<String>) {
    let repo = store::open(url).await.expect("a database");
    let password = "correct horse battery";
    let kim = json!({ "name": "kim", "password": password, "password_confirmation": password });
    let kim = accounts::register_user(&repo, &kim).await.expect("an account");
    let kim = accounts::change_role(&repo, kim.id, Role::Admin).await.expect("a role").user;
    let (api, _) = accounts::create_api_token(&repo, &kim, &json!({ "label": "test" })).await.expect("a token");
    let mut tokens = Vec::new();
    for id in 21..21 + count {
        let device = json!({ "robot_id": id, "name": format!("Device {id}") });
        let (_, token) = devices::register_device(&repo, "kim", &device).await.expect("a device");
        tokens.push(token.as_str().to_owned());
    }
    repo.close().await;
    (api.as_str().to_owned(), tokens)
}

fn url(folder: &tempfile::TempDir) -> String {
    format!("sqlite://{}?mode=rwc", folder.path().join("robots.db").display())
}

/// The program, and where it listens.
fn spawn(folder: &tempfile::TempDir, port: u16) -> (Program, SocketAddr) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_robot-control"));
    command.env_clear().env("PORT", port.to_string()).env("NO_COLOR", "1").env("DATABASE_URL", url(folder));
    let mut program = Program(command.stdout(Stdio::piped()).spawn().expect("it starts"));
    let mut log = BufReader::new(program.0.stdout.take().expect("a pipe")).lines();
    let lines = log.by_ref().map(|line| line.expect("the log is text"));
    let found =
        lines.into_iter().find_map(|line| line.split_once("listening on http://").map(|(_, addr)| addr.to_owned()));
    let addr = found.and_then(|addr| addr.trim().parse().ok()).expect("it listens");
    // Read on, so that it can write on.
    std::thread::spawn(move || log.for_each(drop));
    (program, addr)
}
