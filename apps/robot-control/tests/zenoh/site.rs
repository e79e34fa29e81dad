//! Robot control in a mesh, with an operator at a live page.

use std::time::Duration;

use bennu::prelude::Endpoint;
use bennu::session::{LIVE_SOCKET_ID, SecretKey, Session, SessionCookie};
use pubsub_zenoh::ZenohOptions;
use robot_control::accounts::{self, Role};
use robot_control::bridges::{Bridges, zenoh};
use robot_control::robots::{Fleet, RobotId, Telemetry};
use robot_control::system::System;
use robot_control::web;
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::IBIS;
use crate::support::http::get;
use crate::support::tab::Tab;

pub struct Site {
    endpoint: String,
    bridges: Bridges,
    system: System,
    server: bennu::Server,
    secret: SecretKey,
}

impl Site {
    /// Listens there, with a registered robot.
    pub async fn start(listen: &[String]) -> Self {
        let options = ZenohOptions { listen: listen.to_vec(), ..ZenohOptions::default() };
        let node = zenoh::open(options).await.expect("the mesh");
        let bridges = Bridges { zenoh: Some(node), ..Bridges::default() };
        let secret = SecretKey::generate();
        let pubsub = bridges.pubsub().expect("that of the mesh");
        let unbound = Endpoint::new().addr(([127, 0, 0, 1], 0)).secret(secret.clone()).with_pubsub(pubsub.clone());
        let system = System::start_with("sqlite::memory:", pubsub, &bridges).await.expect("it starts");
        system.fleet.add_device(IBIS, "Ibis").expect("a new number");
        let server = web::endpoint(unbound, &system).start().await.expect("it listens");
        Self { endpoint: listen[0].clone(), bridges, system, server, secret }
    }

    pub fn endpoint(&self) -> String {
        self.endpoint.clone()
    }

    pub fn fleet(&self) -> &Fleet {
        &self.system.fleet
    }

    /// The live page of a robot, joined, in the browser of an operator.
    pub async fn page_of(&self, robot: RobotId) -> Tab {
        let (path, cookie) = (format!("/robots/{robot}"), self.log_in().await);
        let addr = self.server.addr();
        let mut tab = Tab::from_response(addr, &path, &get(addr, &path, &[("cookie", &cookie)]).await);
        // The page has put something into the session, or it has not.
        if tab.cookie.is_empty() {
            tab.cookie = cookie;
        }
        tab.join().await;
        tab
    }

    async fn log_in(&self) -> String {
        let repo = &self.system.repo;
        let password = "correct horse battery";
        let params = json!({ "name": "kim", "password": password, "password_confirmation": password });
        let user = accounts::register_user(repo, &params).await.expect("an account");
        let user = accounts::change_role(repo, user.id, Role::Operator).await.expect("a role").user;
        let token = accounts::create_session(repo, &user).await.expect("a session");
        let mut session = Session::default();
        session.insert("user_token", token.as_str()).expect("a text");
        session.insert(LIVE_SOCKET_ID, accounts::live_socket_id(&token)).expect("a text");
        let set = SessionCookie::new(&self.secret).write(&session).expect("small");
        set.split(';').next().expect("name and value").to_owned()
    }

    /// Waits until the fleet says so of the robot.
    pub async fn until(&self, condition: impl Fn(&Telemetry) -> bool) {
        let so = async {
            while !self.fleet().telemetry(IBIS).is_some_and(|robot| condition(&robot)) {
                sleep(Duration::from_millis(5)).await;
            }
        };
        let now = || self.fleet().telemetry(IBIS);
        assert!(timeout(Duration::from_secs(20), so).await.is_ok(), "the robot is {:?}", now());
    }

    /// As the program ends.
    pub async fn stop(self) {
        self.server.stop().await.expect("in order");
        self.system.shut_down().await;
        self.bridges.close().await;
    }
}
