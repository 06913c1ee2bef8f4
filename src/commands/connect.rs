//! `qunlian connect`: ready lines for analysts' own tools (外部工具连接). Secrets are never printed: the token is the analyst's.

use std::net::SocketAddr;

use crate::cli::Connect;
use crate::config::Config;
use crate::exit::Unusable;
use crate::terminal::print;

pub fn run(args: &Connect) -> anyhow::Result<()> {
    let doors = Config::of(&args.folder.data)?.doors;
    let at = |listen: SocketAddr| At::of(args, listen);
    let mut lines = doors.postgres.map(|listen| postgres(&at(listen))).unwrap_or_default();
    lines.extend(doors.flight.map(|listen| flight(&at(listen))).unwrap_or_default());
    if lines.is_empty() {
        return Err(Unusable::new(
            "no door for analysts' own tools is open",
            "add [doors] postgres = \"127.0.0.1:5433\" or flight = \"127.0.0.1:5434\" to qunlian.toml and start the server again",
        ));
    }
    print(TOKEN)?;
    lines.iter().try_for_each(|line| Ok(print(line)?))
}

const TOKEN: &str = "# TOKEN 是范围含“自助查询”的接口令牌：登录网页，在“账号 › 接口令牌”申请，只显示一次";

/// Where a tool finds a door, and for whom.
struct At<'a> {
    user: &'a str,
    host: String,
    port: u16,
    is_encrypted: bool,
}

impl<'a> At<'a> {
    fn of(args: &'a Connect, listen: SocketAddr) -> Self {
        let host = args.host.clone().unwrap_or_else(|| {
            let ip = listen.ip();
            if ip.is_unspecified() { "HOST".to_owned() } else { ip.to_string() }
        });
        Self { user: &args.user, host, port: listen.port(), is_encrypted: !listen.ip().to_canonical().is_loopback() }
    }

    /// As it stands in an address: IPv6 in brackets.
    fn authority(&self) -> String {
        if self.host.contains(':') { format!("[{}]:{}", self.host, self.port) } else { format!("{}:{}", self.host, self.port) }
    }
}

/// One line for each tool that speaks PostgreSQL's protocol.
fn postgres(at: &At) -> Vec<String> {
    let At { user, host, port, is_encrypted } = at;
    let mode = if *is_encrypted { "require" } else { "disable" };
    vec![
        format!("# PostgreSQL 协议：主机 {host}，端口 {port}，数据库 qunlian，用户名 {user}（登录名），密码 TOKEN"),
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

/// One line for each tool that takes Arrow batches.
fn flight(at: &At) -> Vec<String> {
    let (address, user) = (at.authority(), at.user);
    let scheme = if at.is_encrypted { "grpc+tls" } else { "grpc" };
    let mut lines = vec![
        format!("# Arrow Flight SQL：{scheme}://{address}，令牌随每次请求发送；pip install adbc-driver-flightsql pyarrow"),
        format!(
            "Python      connection = adbc_driver_flightsql.dbapi.connect(\"{scheme}://{address}\", db_kwargs={{\"adbc.flight.sql.authorization_header\": \"Bearer TOKEN\"}}, autocommit=True)"
        ),
        "pandas      pandas.read_sql(\"select * from projects\", connection)".to_owned(),
        "polars      polars.read_database(\"select * from projects\", connection)".to_owned(),
        format!(
            "JDBC        jdbc:arrow-flight-sql://{address}/?useEncryption={}&user={user}&password=TOKEN   （DBeaver 选 Apache Arrow Flight SQL）",
            at.is_encrypted
        ),
    ];
    if at.is_encrypted {
        lines.push(
            "# 自签名证书：在 db_kwargs 加 \"adbc.flight.sql.client_option.tls_root_certs\": open(\"chain.pem\").read()，并以证书中的主机名连接"
                .to_owned(),
        );
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[String], expect: &[(&str, &str)]) {
        for (tool, part) in expect {
            assert!(lines.iter().any(|line| line.starts_with(tool) && line.contains(part)), "{tool}: {lines:?}");
        }
    }

    #[test]
    fn every_tool_has_its_line() {
        let at = At { user: "fenxi", host: "10.0.0.5".to_owned(), port: 5433, is_encrypted: true };
        let expect = [
            ("psql", "host=10.0.0.5 port=5433 dbname=qunlian user=fenxi sslmode=require"),
            ("SQLAlchemy", "postgresql+psycopg://fenxi:TOKEN@10.0.0.5:5433/qunlian?sslmode=require"),
            ("JDBC", "jdbc:postgresql://10.0.0.5:5433/qunlian"),
            ("ODBC", "Server=10.0.0.5;Port=5433;"),
        ];
        check(&postgres(&at), &expect);
        let expect = [
            ("Python", "connect(\"grpc+tls://10.0.0.5:5433\""),
            ("pandas", "read_sql"),
            ("polars", "read_database"),
            ("JDBC", "jdbc:arrow-flight-sql://10.0.0.5:5433/?useEncryption=true&user=fenxi&password=TOKEN"),
        ];
        check(&flight(&at), &expect);
    }

    #[test]
    fn on_this_machine_nothing_is_encrypted() {
        let at = At { user: "fenxi", host: "::1".to_owned(), port: 5434, is_encrypted: false };
        check(&flight(&at), &[("Python", "connect(\"grpc://[::1]:5434\""), ("JDBC", "useEncryption=false")]);
    }
}
