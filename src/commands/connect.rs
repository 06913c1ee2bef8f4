//! `qunlian connect`: ready lines for analysts' own tools (外部工具连接). Secrets are never printed: the token is the analyst's.

mod postgres;

use crate::cli::Connect;
use crate::config::Config;
use crate::exit::Unusable;
use crate::terminal::print;

pub fn run(args: &Connect) -> anyhow::Result<()> {
    let config = Config::of(&args.folder.data)?;
    let listen = config.doors.postgres.ok_or_else(|| {
        Unusable::new(
            "no door for analysts' own tools is open",
            "add [doors] postgres = \"127.0.0.1:5433\" to qunlian.toml and start the server again",
        )
    })?;
    let host = args.host.clone().unwrap_or_else(|| {
        let ip = listen.ip();
        if ip.is_unspecified() { "HOST".to_owned() } else { ip.to_string() }
    });
    let is_encrypted = !listen.ip().to_canonical().is_loopback();
    let place = postgres::Place { user: &args.user, host: &host, port: listen.port(), is_encrypted };
    postgres::lines(&place).iter().try_for_each(|line| Ok(print(line)?))
}
