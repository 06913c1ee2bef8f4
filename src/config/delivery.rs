//! `[delivery]`: whether anything is sent at all, by which mail server, and to whom at most (推送配置).

use std::path::{Path, PathBuf};

use anyhow::Context;
use qunlian_delivery::{Courier, MailSettings, MailTls, read_secret};
use qunlian_domain::subscription::Reach;
use serde::Deserialize;

use crate::exit::Unusable;

/// Off until it is switched on; then as far as the lists reach.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Delivery {
    pub enabled: bool,
    pub mail: Option<Mail>,
    pub webhooks: Option<Webhooks>,
}

/// The mail server and whom it may write to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub host: String,
    pub port: u16,
    #[serde(default)]
    pub tls: Protection,
    /// `群链 <no-reply@huaibei.example>`
    pub from: String,
    pub user: Option<String>,
    /// A file that holds the password and that only its owner may read, relative to the data folder.
    pub password_file: Option<PathBuf>,
    /// PEM of an authority trusted beside the public ones, relative to the data folder.
    pub certificate_authority: Option<PathBuf>,
    /// Domains of mail addresses that may subscribe.
    pub recipients: Vec<String>,
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protection {
    #[default]
    StartTls,
    Tls,
    /// To a server on this machine only.
    None,
}

/// Hosts of robots that may be written to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    /// `qyapi.weixin.qq.com`; `127.0.0.1:8099` for tests.
    pub hosts: Vec<String>,
}

impl Delivery {
    /// Whom may be written to; `None` while delivery is off.
    ///
    /// # Errors
    /// When an entry of a list cannot be used.
    pub fn reach(&self) -> anyhow::Result<Option<Reach>> {
        if !self.enabled {
            return Ok(None);
        }
        let domains = self.mail.iter().flat_map(|mail| &mail.recipients).map(String::as_str);
        let hosts = self.webhooks.iter().flat_map(|webhooks| &webhooks.hosts).map(String::as_str);
        let reach = Reach::new(domains, hosts);
        reach.map(Some).map_err(|error| Unusable::new(format!("[delivery] in qunlian.toml: {error}"), error.hint()))
    }

    /// What sends; `None` while delivery is off. Secrets are read from their files now.
    ///
    /// # Errors
    /// When a list, a file or the mail server's settings cannot be used.
    pub fn courier(&self, root: &Path) -> anyhow::Result<Option<Courier>> {
        let Some(reach) = self.reach()? else { return Ok(None) };
        let mail = self.mail.as_ref().map(|mail| mail.settings(root)).transpose()?;
        let courier = Courier::new(reach, mail);
        courier.map(Some).map_err(|error| Unusable::new(format!("[delivery.mail] in qunlian.toml: {error}"), error.hint()))
    }
}

impl Mail {
    fn settings(&self, root: &Path) -> anyhow::Result<MailSettings> {
        let login = match (&self.user, &self.password_file) {
            (Some(user), Some(file)) => {
                let secret = read_secret(&root.join(file));
                Some((user.clone(), secret.map_err(|error| Unusable::new(format!("password_file {error}"), error.hint()))?))
            }
            (None, None) => None,
            _ => {
                return Err(Unusable::new(
                    "[delivery.mail] in qunlian.toml: only one of user and password_file is configured",
                    "name both, or none for a server that asks for no login",
                ));
            }
        };
        let authority = self.certificate_authority.as_ref().map(|file| root.join(file));
        let authority = authority.map(|path| std::fs::read(&path).with_context(|| path.display().to_string())).transpose()?;
        let tls = match self.tls {
            Protection::StartTls => MailTls::StartTls,
            Protection::Tls => MailTls::Tls,
            Protection::None => MailTls::NoneOnLoopback,
        };
        Ok(MailSettings { host: self.host.clone(), port: self.port, tls, from: self.from.clone(), login, authority })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use qunlian_domain::subscription::Channel;

    use super::*;

    const WHOLE: &str = r#"
        enabled = true
        [mail]
        host = "127.0.0.1"
        port = 1025
        tls = "none"
        from = "群链 <no-reply@huaibei.example>"
        user = "no-reply"
        password_file = "smtp.password"
        recipients = ["huaibei.example"]
        [webhooks]
        hosts = ["qyapi.weixin.qq.com"]
    "#;

    fn read(text: &str) -> Delivery {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn it_is_off_until_it_is_switched_on() {
        assert_eq!(read("").reach().unwrap(), None);
        let off = read(&WHOLE.replace("enabled = true", "enabled = false"));
        assert!(off.courier(Path::new("/nonexistent")).unwrap().is_none(), "no secret is even looked for");
        let on = read(WHOLE).reach().unwrap().unwrap();
        assert_eq!(on.channels(), Channel::ALL);
        assert_eq!(read("enabled = true").reach().unwrap().unwrap().channels(), [], "switched on, it reaches nobody by itself");
        for bad in ["enabled = true\npassword = \"x\"", "[mail]\npassword = \"x\"", "[mail]\ntls = \"ssl\"", "[webhooks]\nhost = 1"] {
            assert!(toml::from_str::<Delivery>(bad).is_err(), "{bad}");
        }
        let wild = read("enabled = true\n[webhooks]\nhosts = [\"*.qq.com\"]").reach().unwrap_err();
        assert!(format!("{wild:#}").contains("*.qq.com"), "{wild:#}");
    }

    #[test]
    fn the_password_lies_in_a_file_of_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("smtp.password");
        std::fs::write(&file, "correct horse\n").unwrap();
        let with = |mode: u32| {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            read(WHOLE).courier(folder.path())
        };
        assert!(with(0o600).unwrap().is_some());
        let error = format!("{:#}", with(0o644).unwrap_err());
        assert!(error.contains("smtp.password") && !error.contains("horse"), "{error}");
        let half = read(&WHOLE.replace("user = \"no-reply\"", "")).courier(folder.path()).unwrap_err();
        assert!(format!("{half:#}").contains("only one of"), "{half:#}");
        let plain = read(&WHOLE.replace("127.0.0.1", "mail.huaibei.example")).courier(folder.path());
        with(0o600).unwrap();
        assert!(plain.is_err() && read(&WHOLE.replace("127.0.0.1", "mail.huaibei.example")).courier(folder.path()).is_err());
    }
}
