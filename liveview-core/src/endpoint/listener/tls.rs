//! TLS 1.2 and 1.3 by rustls, with a certificate from files.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

use super::TlsFiles;
use super::stream::Plain;
use crate::endpoint::config::EndpointError;

/// Makes TLS of plain connections.
#[derive(Clone)]
pub(super) struct Acceptor(TlsAcceptor);

impl Acceptor {
    /// Reads the files.
    ///
    /// # Errors
    /// [`EndpointError::Tls`], with the file that cannot be used.
    pub(super) fn new(files: &TlsFiles) -> Result<Self, EndpointError> {
        let chain = CertificateDer::pem_file_iter(&files.cert).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let chain = chain.map_err(|error| unusable(&files.cert, pem_problem(&error, "certificate")))?;
        if chain.is_empty() {
            return Err(unusable(&files.cert, "it holds no certificate in PEM".to_owned()));
        }
        let key = PrivateKeyDer::from_pem_file(&files.key);
        let key = key.map_err(|error| unusable(&files.key, pem_problem(&error, "private key")))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key));
        let mut config = config.map_err(|error| unusable(&files.key, error.to_string()))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// The connection after its handshake; `None` when there is none in time.
    pub(super) async fn accept(&self, plain: Plain, limit: Duration) -> Option<Box<TlsStream<Plain>>> {
        match timeout(limit, self.0.accept(plain)).await {
            Ok(Ok(stream)) => Some(Box::new(stream)),
            Ok(Err(error)) => {
                tracing::debug!(%error, "a TLS handshake failed");
                None
            }
            Err(_) => None,
        }
    }
}

fn pem_problem(error: &PemError, what: &str) -> String {
    match error {
        PemError::NoItemsFound => format!("it holds no {what} in PEM"),
        error => error.to_string(),
    }
}

fn unusable(path: &Path, problem: String) -> EndpointError {
    EndpointError::Tls { path: path.to_owned(), problem }
}
