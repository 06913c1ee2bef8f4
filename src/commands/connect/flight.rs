//! Ready lines for tools that take Arrow batches: Python with ADBC, pandas, polars, JDBC.

use super::Place;

/// One line for each tool that takes Arrow batches.
pub fn lines(at: &Place<'_>) -> Vec<String> {
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

    fn check(place: &Place<'_>, expect: &[(&str, &str)]) {
        let lines = lines(place);
        for (tool, part) in expect {
            assert!(lines.iter().any(|line| line.starts_with(tool) && line.contains(part)), "{tool}: {lines:?}");
        }
    }

    #[test]
    fn every_tool_has_its_line() {
        let expect = [
            ("Python", "connect(\"grpc+tls://10.0.0.5:5434\""),
            ("pandas", "read_sql"),
            ("polars", "read_database"),
            ("JDBC", "jdbc:arrow-flight-sql://10.0.0.5:5434/?useEncryption=true&user=fenxi&password=TOKEN"),
        ];
        check(&Place { user: "fenxi", host: "10.0.0.5".to_owned(), port: 5434, is_encrypted: true }, &expect);
    }

    #[test]
    fn on_this_machine_nothing_is_encrypted() {
        let place = Place { user: "fenxi", host: "::1".to_owned(), port: 5434, is_encrypted: false };
        check(&place, &[("Python", "connect(\"grpc://[::1]:5434\""), ("JDBC", "useEncryption=false")]);
    }
}
