//! psql as an analyst uses it: an account, a token from the token page, and a server with its PostgreSQL door open.

use std::process::{Command, Output, Stdio};

use chrono::{TimeDelta, Utc};
use qunlian_domain::access::Role;
use qunlian_domain::access::token::TokenScope;
use qunlian_registry::scram::keep_keys_of;
use qunlian_registry::secret::{key_of, new_secret};
use qunlian_registry::{AccountBooks, NewToken};

use super::Folder;
use super::guest::Guest;
use super::server::Server;

/// A server whose PostgreSQL door, or another of its doors, is open.
pub struct Door {
    pub folder: Folder,
    pub server: Server,
    pub port: String,
}

/// Whoever may log in there.
#[derive(Clone)]
pub struct Analyst {
    pub name: String,
    pub token: String,
}

impl Door {
    /// Opens the door over the sample of a seed.
    pub fn open(seed: u64) -> Self {
        let (folder, _) = Folder::with_sample(seed, Vec::new());
        Self::of(folder, "[doors]\npostgres = \"127.0.0.1:0\"\n[limits]\nsql_seconds = 20\n")
    }

    /// Opens the door over a folder that is configured so.
    pub fn of(folder: Folder, configuration: &str) -> Self {
        Self::named("postgres", folder, configuration)
    }

    /// Opens a door of that name over a folder that is configured so.
    pub fn named(name: &str, folder: Folder, configuration: &str) -> Self {
        std::fs::write(folder.data().join("qunlian.toml"), configuration).unwrap();
        let server = Server::start(&folder);
        let port = port_of(&server, name);
        Self { folder, server, port }
    }

    /// Opens an account whose token is put into the books.
    pub fn known(&self, name: &str) -> Analyst {
        self.folder.let_in(name, &[Role::Analyst], None);
        Analyst { name: name.to_owned(), token: token_of(&self.folder, name) }
    }

    /// Opens an account and has it make a token on the token page.
    pub fn analyst(&self, name: &str, carrier: Option<&str>) -> Analyst {
        let cookie = self.folder.let_in(name, &[Role::Analyst], carrier);
        let page = Guest::new(&self.server, &cookie).post("/account/tokens", &[("title", "psql"), ("days", "30"), ("scope", "sql")]);
        let text = page.text();
        let start = text.find("<code class=\"address\">").unwrap_or_else(|| panic!("{text}")) + "<code class=\"address\">".len();
        Analyst { name: name.to_owned(), token: text[start..start + 64].to_owned() }
    }

    /// psql, not yet started, without its own start-up file.
    pub fn psql(&self, analyst: &Analyst) -> Command {
        let mut command = Command::new("psql");
        command.args(["-X", "-h", "127.0.0.1", "-p", &self.port, "-U", &analyst.name, "-d", "qunlian", "-w", "-v", "VERBOSITY=verbose"]);
        command.env("PGPASSWORD", &analyst.token).env("PGCONNECT_TIMEOUT", "20").env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
        command
    }

    /// What psql says to a command that must succeed: cells with `|` between, no heads.
    pub fn ask(&self, analyst: &Analyst, sql: &str) -> String {
        let output = self.psql(analyst).args(["-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql]).output().unwrap();
        assert!(output.status.success(), "{sql}: {}", super::words(&output));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// What psql says to a command that must fail.
    pub fn refused(&self, analyst: &Analyst, sql: &str) -> String {
        let output: Output = self.psql(analyst).args(["-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql]).output().unwrap();
        assert!(!output.status.success(), "{sql}: {}", super::words(&output));
        String::from_utf8(output.stderr).unwrap()
    }
}

/// Puts a token for statements into an account's books.
pub fn token_of(folder: &Folder, name: &str) -> String {
    let (books, now, token) = (folder.books(), Utc::now(), new_secret().unwrap());
    let account = books.account_named(name).unwrap().unwrap();
    let new = NewToken {
        account: account.id,
        title: "psql".to_owned(),
        key: key_of(&token),
        scopes: vec![TokenScope::Sql],
        now,
        expires_at: now + TimeDelta::days(1),
    };
    let made = books.create_token(&new).unwrap();
    keep_keys_of(&books, &made, name, &token, now).unwrap();
    token
}

/// The port that a server names when its PostgreSQL door is open.
pub fn postgres_port(server: &Server) -> String {
    port_of(server, "postgres")
}

fn port_of(server: &Server, door: &str) -> String {
    let line = server.next_line();
    let port = line.strip_prefix(&format!("{door} listening on ")).and_then(|address| address.rsplit_once(':'));
    port.unwrap_or_else(|| panic!("{line}")).1.to_owned()
}
