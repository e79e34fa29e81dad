//! What the program is told: which server, and which robots with which tokens.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::ValueExt as _;

use crate::robots::RobotId;

/// What `--help` prints.
pub const HELP: &str = "\
Runs simulated robots as devices of a robot control elsewhere.

    robot-sim [--url URL] [--robot NUMBER=TOKEN]... [--robots FILE]

    --url URL             the device socket; default ws://127.0.0.1:4000/devices
    --robot NUMBER=TOKEN  a robot that is registered there, and its token; may be repeated
    --robots FILE         a file with one NUMBER=TOKEN a line; # begins a comment

An administrator registers robots on the page /devices, which shows their tokens. Others on this machine can read the
arguments of a program, so tokens are better given by --robots, or by ROBOT_SIM_TOKENS=\"21=TOKEN 22=TOKEN\".
RUST_LOG=debug tells of every command.";

const DEFAULT_URL: &str = "ws://127.0.0.1:4000/devices";
/// The variable that robots are looked for in, besides the arguments.
const TOKENS: &str = "ROBOT_SIM_TOKENS";

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The server's socket: `ws://127.0.0.1:4000/devices`.
    pub url: String,
    /// The robots and their tokens.
    pub robots: BTreeMap<RobotId, String>,
}

/// Why the program does not start. `Display` says what to write instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OptionsError {
    /// An argument that is not known, or lacks its value.
    #[error("{0}; see robot-sim --help")]
    Argument(#[from] lexopt::Error),
    /// Something that is no robot.
    #[error("{place}: a robot is written NUMBER=TOKEN, such as 21=rd_…")]
    Robot {
        /// Where it stands. What stands there may be a secret.
        place: String,
    },
    /// A robot that is there twice.
    #[error("{place}: robot {robot} was given already")]
    Twice {
        /// Where it stands.
        place: String,
        /// Which one.
        robot: RobotId,
    },
    /// There is none.
    #[error("no robot is given: robot-sim --robot 21=TOKEN; the page /devices of the server makes tokens")]
    None,
    /// An address of another kind.
    #[error("--url {0}: a device socket begins with ws://, such as {DEFAULT_URL}; for TLS put a proxy in between")]
    Url(String),
    /// A file that cannot be read.
    #[error("--robots {}: {error}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

impl Options {
    /// From the arguments and the environment of the program; none when help is asked for.
    ///
    /// # Errors
    /// [`OptionsError`].
    pub fn from_env() -> Result<Option<Self>, OptionsError> {
        let tokens = std::env::var(TOKENS).unwrap_or_default();
        Self::read(std::env::args_os().skip(1), &tokens)
    }

    fn read(arguments: impl IntoIterator<Item = OsString>, tokens: &str) -> Result<Option<Self>, OptionsError> {
        use lexopt::Arg::{Long, Short};

        let mut options = Self { url: DEFAULT_URL.to_owned(), robots: BTreeMap::new() };
        options.add_all(tokens.split_whitespace(), TOKENS)?;
        let mut arguments = lexopt::Parser::from_args(arguments);
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("help") | Short('h') => return Ok(None),
                Long("url") => options.url = arguments.value()?.string()?,
                Long("robot") => options.add(&arguments.value()?.string()?, "--robot")?,
                Long("robots") => options.add_file(arguments.value()?.into())?,
                other => return Err(other.unexpected().into()),
            }
        }
        if !options.url.starts_with("ws://") {
            return Err(OptionsError::Url(options.url));
        }
        if options.robots.is_empty() {
            return Err(OptionsError::None);
        }
        Ok(Some(options))
    }

    fn add_file(&mut self, path: PathBuf) -> Result<(), OptionsError> {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => return Err(OptionsError::File { path, error }),
        };
        let lines = text.lines().map(|line| line.split_once('#').map_or(line, |(before, _)| before).trim());
        self.add_all(lines.filter(|line| !line.is_empty()), &format!("--robots {}", path.display()))
    }

    fn add_all<'a>(&mut self, robots: impl Iterator<Item = &'a str>, place: &str) -> Result<(), OptionsError> {
        robots.into_iter().try_for_each(|robot| self.add(robot, place))
    }

    fn add(&mut self, robot: &str, place: &str) -> Result<(), OptionsError> {
        let place = || place.to_owned();
        let parts = robot.split_once('=').filter(|(_, token)| !token.is_empty());
        let (number, token) = parts.ok_or_else(|| OptionsError::Robot { place: place() })?;
        let robot: RobotId = number.parse().map_err(|_| OptionsError::Robot { place: place() })?;
        match self.robots.insert(robot, token.to_owned()) {
            None => Ok(()),
            Some(_) => Err(OptionsError::Twice { place: place(), robot }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str], tokens: &str) -> Result<Option<Options>, String> {
        Options::read(arguments.iter().map(OsString::from), tokens).map_err(|error| error.to_string())
    }

    #[test]
    fn robots_come_from_arguments_the_environment_and_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("robots");
        std::fs::write(&file, "# mine\n23=c # the third\n\n 24=d\n").unwrap();
        let file = file.to_str().unwrap();
        let options = read(&["--url", "ws://fleet/devices", "--robot", "21=a", "--robots", file], "22=b").unwrap();
        let robots: Vec<_> = options.as_ref().unwrap().robots.iter().map(|(id, token)| (id.0, &**token)).collect();
        assert_eq!(robots, [(21, "a"), (22, "b"), (23, "c"), (24, "d")]);
        assert_eq!(options.unwrap().url, "ws://fleet/devices");
        assert_eq!(read(&["--help"], ""), Ok(None));
    }

    #[test]
    fn what_cannot_be_says_what_to_write_and_tells_no_token() {
        let error = |arguments: &[&str], tokens| read(arguments, tokens).unwrap_err();
        assert!(error(&[], "").starts_with("no robot is given: robot-sim --robot 21=TOKEN"));
        let wrong = error(&["--robot", "rd_secret"], "");
        assert_eq!(wrong, "--robot: a robot is written NUMBER=TOKEN, such as 21=rd_…");
        assert_eq!(error(&["--robot", "21=a"], "21=b"), "--robot: robot 21 was given already");
        assert!(error(&["--robots", "/nowhere"], "").starts_with("--robots /nowhere: No such file"));
        assert!(error(&["--url", "https://fleet/devices", "--robot", "21=a"], "").contains("begins with ws://"));
        assert!(error(&["--speed", "9"], "").contains("see robot-sim --help"));
    }
}
