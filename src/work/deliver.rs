//! Sending what is due (deliver): the courier by the configuration, with attachments from the data folder.

use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_delivery::{Attached, Courier as Carrier, Parcel};
use qunlian_domain::subscription::{Blame, Channel, Letter, Reach, Undelivered};
use qunlian_jobs::DAY_SETTING;
use qunlian_jobs::desk::deliver::{self, Courier};
use qunlian_registry::{Message, Settings, SigningSecret};
use serde_json::{Value, json};

use crate::workspace::Workspace;

/// Bytes of all attachments of one message.
const MOST_BYTES: u64 = 15 << 20;
/// Folders of the data folder from which nothing is ever attached.
const NEVER_ATTACHED: [&str; 7] = ["inbox", "archive", "landing", "attachments", "staging", "lake", "backups"];

/// Sends what is due, unless delivery is off.
pub fn run(workspace: &Workspace, today: NaiveDate) -> anyhow::Result<Value> {
    let Some(carrier) = carrier(workspace)? else {
        return Ok(json!({"message": "未启用推送", "quiet": true}));
    };
    let courier = Posting { root: workspace.layout.root(), carrier };
    let outcome = deliver::run(workspace.store.as_ref(), &workspace.loaded.rules, &courier, today, &Utc::now)?;
    Ok(deliver::report(&outcome))
}

/// Whom may be written to; `None` while delivery is off. In a demonstration it always is.
pub fn reach(workspace: &Workspace) -> anyhow::Result<Option<Reach>> {
    if is_demonstration(workspace)? { Ok(None) } else { workspace.config.delivery.reach() }
}

/// What sends; `None` while delivery is off.
pub fn carrier(workspace: &Workspace) -> anyhow::Result<Option<Carrier>> {
    if is_demonstration(workspace)? { Ok(None) } else { workspace.config.delivery.courier(workspace.layout.root()) }
}

/// The day of a demonstration stands in its books.
fn is_demonstration(workspace: &Workspace) -> anyhow::Result<bool> {
    Ok(workspace.store.setting(DAY_SETTING)?.is_some())
}

struct Posting<'a> {
    root: &'a Path,
    carrier: Carrier,
}

impl Courier for Posting<'_> {
    fn carry(&self, message: &Message, now: DateTime<Utc>) -> Result<(), Undelivered> {
        let of = &message.subscription;
        let by_mail = of.channel() == Channel::Mail;
        let attachments = if by_mail { attached(self.root, &message.attachments)? } else { Vec::new() };
        let letter = if by_mail { message.letter.clone() } else { naming_files(message) };
        let key = format!("{}.s{}", message.key, of.id);
        self.carrier.deliver(&Parcel {
            address: &of.address,
            signing_secret: of.secret.as_ref().map(SigningSecret::exposed),
            letter: &letter,
            key: &key,
            attachments: &attachments,
            now,
        })
    }
}

/// Robots take no files: the text says where they are.
fn naming_files(message: &Message) -> Letter {
    let names: Vec<&str> = message.attachments.iter().filter_map(|path| path.rsplit('/').next()).collect();
    if names.is_empty() {
        return message.letter.clone();
    }
    let text = format!("{}\n附件：{}，请登录系统下载。", message.letter.text(), names.join("、"));
    Letter::new(message.letter.subject(), &text).unwrap_or_else(|_| message.letter.clone())
}

/// The files of a message. One that is missing, too large or outside the folders of documents is never sent without.
fn attached(root: &Path, paths: &[String]) -> Result<Vec<Attached>, Undelivered> {
    let mut files = Vec::with_capacity(paths.len());
    let mut bytes = 0;
    for path in paths {
        let refused = |why: &str| Undelivered::new(Blame::ForGood, format!("附件 {path} {why}"));
        let place = root.join(path).canonicalize().map_err(|_| refused("不存在"))?;
        let below = root.canonicalize().ok().and_then(|root| place.strip_prefix(root).map(Path::to_path_buf).ok());
        if !below.is_some_and(|below| is_document(&below)) {
            return Err(refused("不在可外发的目录内"));
        }
        bytes += std::fs::metadata(&place).map_err(|_| refused("不存在"))?.len();
        if bytes > MOST_BYTES {
            return Err(refused("过大：一封邮件的附件合计不超过 15 MB"));
        }
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        files.push(Attached { name, bytes: std::fs::read(&place).map_err(|_| refused("无法读取"))? });
    }
    Ok(files)
}

/// True for a file in a folder of documents, told by where it really lies.
fn is_document(below: &Path) -> bool {
    let mut parts = below.components();
    let folder = parts.next().and_then(|folder| folder.as_os_str().to_str());
    parts.next().is_some() && folder.is_some_and(|folder| !NEVER_ATTACHED.contains(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_documents_below_the_folder_are_attached() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for path in ["bulletins/2022-05", "attachments", "lake"] {
            std::fs::create_dir_all(root.join(path)).unwrap();
        }
        std::fs::write(root.join("bulletins/2022-05/通报.docx"), b"PK").unwrap();
        std::fs::write(root.join("attachments/a"), b"x").unwrap();
        std::fs::write(root.join("smtp.password"), b"correct horse").unwrap();
        std::os::unix::fs::symlink("/etc/hostname", root.join("bulletins/away")).unwrap();
        std::os::unix::fs::symlink(root.join("attachments/a"), root.join("bulletins/in")).unwrap();
        std::fs::File::create(root.join("bulletins/large")).unwrap().set_len(MOST_BYTES).unwrap();
        let read = |paths: &[&str]| attached(root, &paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>());
        let file = Attached { name: "通报.docx".into(), bytes: b"PK".to_vec() };
        assert_eq!(read(&["bulletins/2022-05/通报.docx"]).unwrap(), [file]);
        assert_eq!(read(&[]).unwrap(), []);
        let odd = [
            "smtp.password",
            "attachments/a",
            "bulletins/away",
            "bulletins/none",
            "bulletins/../smtp.password",
            "/etc/hostname",
            "bulletins/in",
        ];
        for path in odd {
            assert!(read(&[path]).is_err_and(|failed| failed.blame == Blame::ForGood), "{path}");
        }
        assert!(read(&["bulletins/large"]).is_ok());
        assert!(read(&["bulletins/large", "bulletins/2022-05/通报.docx"]).is_err_and(|failed| failed.words.contains("过大")));
    }
}
