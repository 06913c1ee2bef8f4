//! `qunlian connect`: ready lines for analysts' own tools (外部工具连接). Secrets are never printed: the token is the analyst's.

mod flight;
mod postgres;

use std::net::SocketAddr;

use crate::cli::Connect;
use crate::config::Config;
use crate::exit::Unusable;
use crate::terminal::print;

const TOKEN: &str = "# TOKEN 是范围含“自助查询”的接口令牌：登录网页，在“账号 › 接口令牌”申请，只显示一次；请勿写进命令行或共享文件";

/// Where a door is and who comes.
pub struct Place<'a> {
    /// Login name.
    pub user: &'a str,
    pub host: String,
    pub port: u16,
    pub is_encrypted: bool,
}

pub fn run(args: &Connect) -> anyhow::Result<()> {
    let doors = Config::of(&args.folder.data)?.doors;
    let at = |listen: SocketAddr| Place::of(args, listen);
    let mut lines = doors.postgres.map(|listen| postgres::lines(&at(listen))).unwrap_or_default();
    lines.extend(doors.flight.map(|listen| flight::lines(&at(listen))).unwrap_or_default());
    if lines.is_empty() {
        return Err(Unusable::new(
            "no door for analysts' own tools is open",
            "add [doors] postgres = \"127.0.0.1:5433\" or flight = \"127.0.0.1:5434\" to qunlian.toml and start the server again",
        ));
    }
    print(TOKEN)?;
    lines.iter().try_for_each(|line| Ok(print(line)?))
}

impl<'a> Place<'a> {
    fn of(args: &'a Connect, listen: SocketAddr) -> Self {
        let host = args.host.clone().unwrap_or_else(|| {
            let ip = listen.ip();
            if ip.is_unspecified() { "HOST".to_owned() } else { ip.to_string() }
        });
        Self { user: &args.user, host, port: listen.port(), is_encrypted: !listen.ip().to_canonical().is_loopback() }
    }

    /// As it stands in an address: IPv6 in brackets.
    pub fn authority(&self) -> String {
        let is_bare = self.host.contains(':') && !self.host.starts_with('[');
        if is_bare { format!("[{}]:{}", self.host, self.port) } else { format!("{}:{}", self.host, self.port) }
    }
}
