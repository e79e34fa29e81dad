//! Where an endpoint listens: an address, or the file of a Unix socket; and the files of its certificate.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

#[cfg(unix)]
pub(super) use self::unix::{SocketFile, bind_unix};

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::endpoint) enum Address {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

/// A certificate chain and its private key, both as PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::endpoint) struct TlsFiles {
    pub(in crate::endpoint) cert: PathBuf,
    pub(in crate::endpoint) key: PathBuf,
}

impl Address {
    /// The port; 0 for a Unix socket.
    pub(in crate::endpoint) fn port(&self) -> u16 {
        match self {
            Self::Tcp(addr) => addr.port(),
            Self::Unix(_) => 0,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(addr) => addr.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::io;
    use std::os::unix::fs::FileTypeExt as _;
    use std::path::{Path, PathBuf};

    use tokio::net::{UnixListener, UnixStream};

    /// The file of a bound Unix socket, removed when dropped.
    pub(in crate::endpoint::listener) struct SocketFile(PathBuf);

    impl SocketFile {
        pub(in crate::endpoint::listener) fn path(&self) -> &Path {
            &self.0
        }
    }

    impl Drop for SocketFile {
        fn drop(&mut self) {
            // One that somebody has removed already is gone.
            std::fs::remove_file(&self.0).ok();
        }
    }

    /// Binds a Unix socket. The file that a server which was killed has left is taken over; one that is served is not.
    pub(in crate::endpoint::listener) async fn bind_unix(path: &Path) -> io::Result<(UnixListener, SocketFile)> {
        if is_left_over(path).await {
            std::fs::remove_file(path)?;
        }
        let listener = UnixListener::bind(path)?;
        Ok((listener, SocketFile(path.to_owned())))
    }

    async fn is_left_over(path: &Path) -> bool {
        let is_socket = std::fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
        is_socket
            && UnixStream::connect(path).await.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    }
}
