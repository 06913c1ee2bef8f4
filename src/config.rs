//! The configuration of a data folder: `qunlian.toml` in it. Unknown keys are refused.

mod delivery;

use std::path::{Path, PathBuf};

use anyhow::Context;
use qunlian_documents::FontFiles;
use qunlian_domain::access::password::Profile;
use serde::Deserialize;

pub use delivery::Delivery;

/// Everything an administrator can set. Every key has a default: an empty folder works.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The city's folder under `data/cities`.
    pub city: String,
    /// A folder laid over the built-in `data/`: a file found there wins.
    pub data: Option<PathBuf>,
    pub retention: Retention,
    pub limits: Limits,
    pub server: Server,
    pub security: SecurityRules,
    pub fonts: FontPaths,
    pub delivery: Delivery,
    pub doors: Doors,
}

/// Where analysts' own tools come in (外部工具接口); what is left out is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Doors {
    /// Address of the PostgreSQL protocol: `127.0.0.1:5433`. Off loopback it needs `[server]`'s certificate.
    pub postgres: Option<std::net::SocketAddr>,
    /// Address of Arrow Flight SQL: `127.0.0.1:5434`, by the same rule.
    pub flight: Option<std::net::SocketAddr>,
}

/// Font files of documents, relative to the data folder (字体路径); what is left out is set in the built-in open fonts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FontPaths {
    /// 仿宋
    pub fang_song: Option<PathBuf>,
    /// 小标宋
    pub xiao_biao_song: Option<PathBuf>,
    /// 楷体
    pub kai_ti: Option<PathBuf>,
    /// 黑体
    pub hei_ti: Option<PathBuf>,
    /// 宋体
    pub song_ti: Option<PathBuf>,
}

impl FontPaths {
    /// As documents ask for them.
    pub fn files(&self) -> FontFiles {
        FontFiles {
            fang_song: self.fang_song.clone(),
            xiao_biao_song: self.xiao_biao_song.clone(),
            kai_ti: self.kai_ti.clone(),
            hei_ti: self.hei_ti.clone(),
            song_ti: self.song_ti.clone(),
        }
    }

    fn all_mut(&mut self) -> [&mut Option<PathBuf>; 5] {
        [&mut self.fang_song, &mut self.xiao_biao_song, &mut self.kai_ti, &mut self.hei_ti, &mut self.song_ti]
    }
}

/// How people prove who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SecurityRules {
    /// Rules of passwords: `mlps2` (等保二级) or `asvs`.
    pub profile: PasswordRules,
}

/// Names of the rules of passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PasswordRules {
    #[default]
    Mlps2,
    Asvs,
}

impl SecurityRules {
    /// The rules as the domain knows them.
    pub fn profile(self) -> Profile {
        match self.profile {
            PasswordRules::Mlps2 => Profile::Mlps2,
            PasswordRules::Asvs => Profile::Asvs,
        }
    }
}

/// How long generations are kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Newest generations that are always kept.
    pub keep_last: usize,
    /// Days for which the first generation of the day is kept.
    pub daily_days: u32,
}

/// How the server is reached by other machines.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// PEM files of the certificate's chain and its key, relative to the data folder: https without a proxy.
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
    /// Addresses of proxies that end https before us; nobody else may connect then.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Names under which browsers reach the server, without port.
    pub hosts: std::collections::BTreeSet<String>,
}

/// Bounds of child processes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Memory of one parse, MiB.
    pub parse_mib: u64,
    /// Time of one parse of an uploaded file, seconds.
    pub parse_seconds: u64,
    /// Memory of one statement's process, MiB.
    pub sql_mib: u64,
    /// Time until a statement's first rows, seconds.
    pub sql_seconds: u64,
    /// Time until an answer that is taken away as a file is whole, seconds.
    pub sql_file_seconds: u64,
    /// Statements that run at once; one for each core when 0.
    pub sql_at_once: usize,
    /// Threads of one statement.
    pub sql_threads: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            city: "huaibei".to_owned(),
            data: None,
            retention: Retention::default(),
            limits: Limits::default(),
            server: Server::default(),
            security: SecurityRules::default(),
            fonts: FontPaths::default(),
            delivery: Delivery::default(),
            doors: Doors::default(),
        }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self { keep_last: 10, daily_days: 30 }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { parse_mib: 1024, parse_seconds: 30, sql_mib: 1536, sql_seconds: 30, sql_file_seconds: 300, sql_at_once: 0, sql_threads: 2 }
    }
}

impl Config {
    /// Reads `<data>/qunlian.toml`; defaults when there is none.
    pub fn of(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("qunlian.toml");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        let mut config: Self = toml::from_str(&text).with_context(|| path.display().to_string())?;
        if let Some(data) = &config.data {
            config.data = Some(folder.join(data));
        }
        for path in config.fonts.all_mut().into_iter().flatten() {
            *path = folder.join(&*path);
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> anyhow::Result<Config> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("qunlian.toml"), text)?;
        Config::of(folder.path())
    }

    #[test]
    fn an_empty_file_is_the_default() {
        assert_eq!(read("").unwrap(), Config::default());
        assert_eq!(Config::of(Path::new("/nonexistent")).unwrap(), Config::default());
    }

    #[test]
    fn unknown_keys_are_refused_by_name() {
        let error = format!("{:#}", read("citty = \"huaibei\"").unwrap_err());
        assert!(error.contains("citty") && error.contains("qunlian.toml"), "{error}");
        assert!(read("[limits]\nparse_gib = 1").is_err());
        assert!(read("[doors]\npostgresql = \"127.0.0.1:5433\"").is_err());
    }

    #[test]
    fn values_are_read() {
        let config = read("city = \"demo\"\n[retention]\nkeep_last = 3\n[limits]\nsql_seconds = 5").unwrap();
        assert_eq!((config.city.as_str(), config.retention.keep_last, config.limits.sql_seconds), ("demo", 3, 5));
        let config = read("[doors]\npostgres = \"127.0.0.1:5433\"").unwrap();
        assert_eq!(config.doors.postgres, Some(([127, 0, 0, 1], 5433).into()));
        let config = read("[doors]\nflight = \"[::1]:5434\"").unwrap();
        assert_eq!((config.doors.flight, config.doors.postgres), (Some("[::1]:5434".parse().unwrap()), None));
        assert_eq!(Config::default().doors, Doors::default(), "off until it is switched on");
        let config = read("[fonts]\nhei_ti = \"fonts/simhei.ttf\"").unwrap();
        let path = config.fonts.hei_ti.unwrap();
        assert!(path.is_absolute() && path.ends_with("fonts/simhei.ttf"), "relative to the data folder");
    }
}
