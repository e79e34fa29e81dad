//! A database's structure as one SQL file (`mix ecto.dump`, `mix ecto.load`): to set up databases for tests without
//! running every migration there ever was, and to see in reviews what a migration did.

use std::process::{Command, Output};

use super::MigrationError;
use super::support::{self, Reading};
use crate::adapter::Dialect;
use crate::repo::Repo;

const PG_DUMP: &str = "pg_dump";

/// The statements that make the database's structure, and say which migrations it is the result of.
///
/// PostgreSQL's is written by `pg_dump`, which has to be installed, in the server's version or a newer one.
///
/// # Errors
///
/// [`MigrationError::Program`] with what `pg_dump` said.
pub async fn dump(repo: &Repo) -> Result<String, MigrationError> {
    let structure = match repo.dialect() {
        Dialect::Sqlite => sqlite(repo).await?,
        Dialect::Postgres => postgres(repo).await?,
    };
    Ok(structure + &versions(repo).await?)
}

/// Runs what [`dump`] wrote, in an empty database: wholly or not at all.
pub async fn load(repo: &Repo, structure: &str) -> Result<(), MigrationError> {
    // `pg_dump` writes lines for `psql`, which is not there to read them.
    let statements: Vec<&str> = structure.lines().filter(|line| !line.starts_with('\\')).collect();
    let statements = statements.join("\n");
    repo.checkout(|connection| async move {
        let inside = connection.clone();
        inside.transaction(|tx| async move { support::run(&tx, vec![statements]).await }).await?;
        if connection.dialect() == Dialect::Postgres && !connection.in_transaction() {
            // A dump empties the connection's `search_path`.
            support::run(&connection, vec!["reset all".into()]).await?;
        }
        Ok(())
    })
    .await
}

async fn sqlite(repo: &Repo) -> Result<String, MigrationError> {
    // The tables that a virtual table keeps are made with it.
    let sql = "select sql from sqlite_master where sql is not null and name not like 'sqlite\\_%' escape '\\' \
               and name not in (select name from pragma_table_list where type = 'shadow') \
               order by type <> 'table', rowid";
    let statements = support::rows(repo, sql, Vec::new(), |row| row.text(0)).await?;
    Ok(statements.into_iter().map(|sql| sql + ";\n").collect())
}

async fn postgres(repo: &Repo) -> Result<String, MigrationError> {
    let address = Address::of(repo.url());
    let dump = move || {
        let mut command = Command::new(PG_DUMP);
        command.args(["--schema-only", "--no-acl", "--no-owner", "--dbname", &address.url]);
        // Not an argument: every user of the machine sees those.
        command.envs(address.password.map(|password| ("PGPASSWORD", password)));
        command.output()
    };
    let failed = |reason: String| MigrationError::Program { program: PG_DUMP, reason };
    let ended = tokio::task::spawn_blocking(dump).await.map_err(|error| failed(error.to_string()))?;
    let Output { status, stdout, stderr } = ended.map_err(|error| {
        failed(format!("{error}; install PostgreSQL's client programs, in the server's version or a newer one"))
    })?;
    if !status.success() {
        return Err(failed(String::from_utf8_lossy(&stderr).trim().into()));
    }
    let text = String::from_utf8(stdout).map_err(|error| failed(error.to_string()))?;
    // Newer ones begin and end with a random word for `psql`, which would be a change each time.
    Ok(text.lines().filter(|line| !line.starts_with('\\')).fold(String::new(), |text, line| text + line + "\n"))
}

async fn versions(repo: &Repo) -> Result<String, MigrationError> {
    let exists = match repo.dialect() {
        Dialect::Sqlite => "select 1 from sqlite_master where name = 'schema_migrations'",
        Dialect::Postgres => "select 1 where to_regclass('schema_migrations') is not null",
    };
    if support::rows(repo, exists, Vec::new(), |row| row.int(0)).await?.is_empty() {
        return Ok(String::new());
    }
    let table = match repo.dialect() {
        Dialect::Sqlite => "schema_migrations".to_owned(),
        // A dump names everything in full, for it empties the `search_path`.
        Dialect::Postgres => {
            let sql = "select quote_ident(nspname) || '.schema_migrations' from pg_class c \
                       join pg_namespace n on n.oid = c.relnamespace where c.oid = 'schema_migrations'::regclass";
            support::rows(repo, sql, Vec::new(), |row| row.text(0)).await?.concat()
        }
    };
    let sql = "select version from schema_migrations order by version";
    let versions = support::rows(repo, sql, Vec::new(), |row| row.int(0)).await?;
    let insert = |version: i64| format!("insert into {table} (version) values ({version});\n");
    Ok(versions.into_iter().map(insert).collect())
}

/// A URL as `pg_dump` takes it.
#[derive(Debug, PartialEq)]
struct Address {
    url: String,
    password: Option<String>,
}

impl Address {
    /// Without the password, and without parameters that only our driver knows.
    fn of(url: &str) -> Self {
        const KNOWN: [&str; 9] =
            ["host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey", "application_name"];
        let (url, query) = url.split_once('?').unwrap_or((url, ""));
        let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
        let (user, password) = match user.map(|user| user.split_once(':').unwrap_or((user, ""))) {
            Some((user, password)) => (format!("{user}@"), Some(password).filter(|it| !it.is_empty())),
            None => (String::new(), None),
        };
        let parameters: Vec<&str> = query
            .split('&')
            .filter(|parameter| parameter.split_once('=').is_some_and(|(name, _)| KNOWN.contains(&name)))
            .collect();
        let in_query = query.split('&').find_map(|parameter| parameter.strip_prefix("password="));
        let question = if parameters.is_empty() { "" } else { "?" };
        Self {
            url: format!("{scheme}://{user}{host}/{path}{question}{}", parameters.join("&")),
            password: password.or(in_query).map(decoded),
        }
    }
}

/// Without percent signs.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| first == b'%');
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn the_password_is_no_argument_of_the_program() {
        let address = Address::of(
            "postgres://ann:p%40ss%2Fword@db.example:5433/robots?sslmode=require&statement-cache-capacity=3",
        );
        assert_eq!(address.url, "postgres://ann@db.example:5433/robots?sslmode=require");
        assert_eq!(address.password.as_deref(), Some("p@ss/word"));
    }

    #[test]
    fn a_socket_and_a_trusting_server_need_no_password() {
        let address = Address::of("postgres://postgres@localhost/test?host=/tmp/socket");
        assert_eq!(address.url, "postgres://postgres@localhost/test?host=/tmp/socket");
        assert_eq!(address.password, None);
        assert_eq!(Address::of("postgres:///test?password=a%25").password.as_deref(), Some("a%"));
    }
}
