//! Ready lines for tools that speak PostgreSQL's protocol: psql, Python, DBeaver, Metabase, Superset, Grafana, Excel, Power BI.

use super::Place;

/// Lines for each tool; where a token belongs stands `TOKEN`, or the tool asks for it.
pub fn lines(place: &Place<'_>) -> Vec<String> {
    let Place { user, host, port, is_encrypted } = place;
    let mode = if *is_encrypted { "require" } else { "disable" };
    let (quoted, encoded) = (quoted(user), encoded(user));
    let address = place.authority();
    let uri = |driver: &str| format!("{driver}://{encoded}:TOKEN@{address}/qunlian?sslmode={mode}");
    let words = format!("host={host} port={port} dbname=qunlian user={quoted} sslmode={mode}");
    let ssl = if *is_encrypted { "开启 SSL（模式 require；有单位根证书时用 verify-full）" } else { "不用 SSL" };
    vec![
        format!("# PostgreSQL 协议（只读）：主机 {host}，端口 {port}，数据库 qunlian，用户名 {user}（登录名），{ssl}"),
        format!("psql        psql \"{words}\"   （提示输入密码时粘贴令牌，或存于 ~/.pgpass）"),
        format!("psycopg     psycopg.connect(\"{words}\", password=TOKEN, autocommit=True)"),
        format!("SQLAlchemy  create_engine(\"{}\")   （psycopg2 则写 postgresql+psycopg2）", uri("postgresql+psycopg")),
        format!("pandas      pandas.read_sql(\"select * from projects\", create_engine(\"{}\"))", uri("postgresql+psycopg")),
        format!(
            "DBeaver     新建连接 › PostgreSQL：主机 {host}，端口 {port}，数据库 qunlian，用户名 {user}，密码填令牌；{ssl}；或 URL jdbc:postgresql://{address}/qunlian?sslmode={mode}"
        ),
        format!(
            "Metabase    管理 › 数据库 › 添加 PostgreSQL：主机 {host}，端口 {port}，数据库名 qunlian，用户名 {user}，密码填令牌；{ssl}；关闭“数据库写入”类功能"
        ),
        format!("Superset    设置 › 数据库连接 › PostgreSQL › SQLAlchemy URI：{}", uri("postgresql+psycopg2")),
        format!(
            "Grafana     数据源 › PostgreSQL：Host {address}，Database qunlian，User {user}，Password 填令牌，TLS/SSL Mode {mode}，Version 15"
        ),
        format!(
            "Excel       数据 › 获取数据 › 自 ODBC（先装 psqlODBC），连接字符串：Driver={{PostgreSQL Unicode}};Server={host};Port={port};Database=qunlian;SSLmode={mode};ReadOnly=1;UseDeclareFetch=1   （用户名 {user}、密码在对话框填写）"
        ),
        format!(
            "Power BI    获取数据 › PostgreSQL 数据库：服务器 {address}，数据库 qunlian，凭据选“数据库”：用户名 {user}，密码填令牌；或同 Excel 用 ODBC"
        ),
    ]
}

/// As a value of a connection string of libpq.
fn quoted(value: &str) -> String {
    let is_plain = !value.is_empty() && value.chars().all(|sign| sign.is_alphanumeric() || "-_.@".contains(sign));
    if is_plain { value.to_owned() } else { format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'")) }
}

/// As a part of an address.
fn encoded(value: &str) -> String {
    let mut encoded = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_has_its_line() {
        let lines = lines(&Place { user: "fenxi", host: "10.0.0.5".to_owned(), port: 5433, is_encrypted: true });
        for (tool, part) in [
            ("psql", "host=10.0.0.5 port=5433 dbname=qunlian user=fenxi sslmode=require"),
            ("psycopg", "host=10.0.0.5 port=5433 dbname=qunlian user=fenxi sslmode=require"),
            ("SQLAlchemy", "postgresql+psycopg://fenxi:TOKEN@10.0.0.5:5433/qunlian?sslmode=require"),
            ("Superset", "postgresql+psycopg2://fenxi:TOKEN@10.0.0.5:5433/qunlian?sslmode=require"),
            ("DBeaver", "jdbc:postgresql://10.0.0.5:5433/qunlian?sslmode=require"),
            ("Metabase", "主机 10.0.0.5，端口 5433"),
            ("Grafana", "Host 10.0.0.5:5433"),
            ("Excel", "Server=10.0.0.5;Port=5433;Database=qunlian;SSLmode=require"),
            ("Power BI", "10.0.0.5:5433"),
        ] {
            assert!(lines.iter().any(|line| line.starts_with(tool) && line.contains(part)), "{tool}: {lines:?}");
        }
    }

    #[test]
    fn odd_names_stay_one_value() {
        let lines = lines(&Place { user: "李 o'n", host: "::1".to_owned(), port: 5433, is_encrypted: false });
        let line = |tool: &str| lines.iter().find(|line| line.starts_with(tool)).unwrap().clone();
        assert!(line("psql").contains("user='李 o\\'n' sslmode=disable"), "{}", line("psql"));
        assert!(line("SQLAlchemy").contains("://%E6%9D%8E%20o%27n:TOKEN@[::1]:5433/"), "{}", line("SQLAlchemy"));
    }
}
