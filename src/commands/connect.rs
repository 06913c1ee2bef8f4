//! `qunlian connect`: ready lines for analysts' own tools (外部工具连接). Secrets are never printed: the token is the analyst's.

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
    lines(&args.user, &host, listen.port(), is_encrypted).iter().try_for_each(|line| Ok(print(line)?))
}

/// One line for each tool.
fn lines(user: &str, host: &str, port: u16, is_encrypted: bool) -> Vec<String> {
    let mode = if is_encrypted { "require" } else { "disable" };
    vec![
        format!("# PostgreSQL 协议：主机 {host}，端口 {port}，数据库 qunlian，用户名 {user}（登录名）"),
        "# 密码是范围含“自助查询”的接口令牌：登录网页，在“账号 › 接口令牌”申请，只显示一次；下文以 TOKEN 代替".to_owned(),
        format!("psql        PGPASSWORD=TOKEN psql \"host={host} port={port} dbname=qunlian user={user} sslmode={mode}\""),
        format!(
            "psycopg     psycopg.connect(\"host={host} port={port} dbname=qunlian user={user} sslmode={mode}\", password=\"TOKEN\", autocommit=True)"
        ),
        format!("SQLAlchemy  create_engine(\"postgresql+psycopg://{user}:TOKEN@{host}:{port}/qunlian?sslmode={mode}\")"),
        format!(
            "JDBC        jdbc:postgresql://{host}:{port}/qunlian?user={user}&password=TOKEN&sslmode={mode}   （DBeaver、Metabase 选 PostgreSQL）"
        ),
        format!(
            "ODBC        Driver={{PostgreSQL Unicode}};Server={host};Port={port};Database=qunlian;Uid={user};Pwd=TOKEN;SSLmode={mode};ReadOnly=1   （Excel、Power BI）"
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_has_its_line() {
        let lines = lines("fenxi", "10.0.0.5", 5433, true);
        for (tool, part) in [
            ("psql", "host=10.0.0.5 port=5433 dbname=qunlian user=fenxi sslmode=require"),
            ("SQLAlchemy", "postgresql+psycopg://fenxi:TOKEN@10.0.0.5:5433/qunlian?sslmode=require"),
            ("JDBC", "jdbc:postgresql://10.0.0.5:5433/qunlian"),
            ("ODBC", "Server=10.0.0.5;Port=5433;"),
        ] {
            assert!(lines.iter().any(|line| line.starts_with(tool) && line.contains(part)), "{tool}: {lines:?}");
        }
    }
}
