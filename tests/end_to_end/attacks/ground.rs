//! Where the attacks happen: a lake of two carriers with marked rows, secrets all around the server, and traps.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use qunlian_domain::access::Role;
use qunlian_registry::secret::new_secret;
use qunlian_registry::{Cause, Claimed, End, Ending, JobBooks, Origin, SlotClaim};

use super::client::{Asker, Ended};
use super::list::Places;
use crate::support::Folder;
use crate::support::guest::Guest;
use crate::support::psql::{postgres_port, token_of};
use crate::support::server::Server;

/// The carrier of the one analyst, and another.
const OWN: (&str, &str) = ("suixi", "濉溪县");
const OTHER: (&str, &str) = ("xiangshan", "相山区");
/// An amount of a row of the other carrier that nothing of one's own has, 亿元.
const OTHER_AMOUNT: &str = "7.7654321";
/// Rows of each report.
const ROWS: usize = 60;
/// The variable of the environment that holds a secret.
const VARIABLE: &str = "QUNLIAN_TEST_SECRET";

/// A running server with everything around it that must not be reached.
pub struct Ground {
    pub server: Server,
    pub city: Asker,
    pub carrier: Asker,
    pub places: Places,
    /// The port of the PostgreSQL door.
    pub postgres: String,
    folder: Folder,
    traps: Traps,
}

/// What would show that a statement reached further than its tables.
struct Traps {
    /// Files with secrets, and their content.
    files: BTreeMap<PathBuf, String>,
    /// A folder in which nothing may appear.
    out: tempfile::TempDir,
    /// Connections to the test's own listener.
    connections: Arc<AtomicUsize>,
    _temporary: tempfile::TempDir,
}

impl Ground {
    /// Builds two generations and starts a server whose statements may take `seconds`.
    pub fn new(seconds: u64) -> Self {
        let secret = || format!("geheim{}", &new_secret().unwrap()[..16]);
        let mark = |kind: &str| format!("{kind}标记{}", &new_secret().unwrap()[..10].replace(['-', '_'], "x"));
        let (own, other, hidden) = (mark("甲"), mark("乙"), mark("密"));
        let folder = Folder::new();
        report(&folder, OWN.1, &own, &hidden);
        folder.run(&["run", "build_lake"]);
        report(&folder, OTHER.1, &other, &other);
        failed_job(&folder, &other);
        folder.run(&["run", "build_lake"]);
        let temporary = tempfile::tempdir().unwrap();
        let mut files = BTreeMap::new();
        for path in [
            folder.data().join("secret.csv"),
            folder.data().join("secret.json"),
            folder.data().join("lake/secret.csv"),
            temporary.path().join("secret.csv"),
            folder.dir.path().join("secret.csv"),
        ] {
            files.insert(path, format!("a,b\n\"{0}\",\"{0}\"\n", secret()));
        }
        let configuration =
            format!("# {}\n[limits]\nsql_seconds = {seconds}\nsql_at_once = 4\n[doors]\npostgres = \"127.0.0.1:0\"\n", secret());
        files.insert(folder.data().join("qunlian.toml"), configuration);
        for (path, content) in &files {
            std::fs::write(path, content).unwrap();
        }
        let in_environment = secret();
        let server = Server::start_in(&folder, "2022-05-31", &[(VARIABLE, &in_environment)]);
        let postgres = postgres_port(&server);
        let (port, connections) = listener();
        let out = tempfile::tempdir().unwrap();
        let mut forbidden: Vec<String> = files.values().map(|content| secret_in(content)).collect();
        forbidden.extend([
            in_environment,
            hidden.clone(),
            format!("{}/", folder.data().display()),
            "/proc/".to_owned(),
            ".cargo/".to_owned(),
        ]);
        let asker = |name: &'static str, of: Option<&str>, others: &[&str]| {
            let cookie = folder.let_in(name, &[Role::Analyst], of);
            let forbidden = forbidden.iter().cloned().chain(others.iter().map(|word| (*word).to_owned())).collect();
            Asker { name, guest: Guest::new(&server, &cookie), forbidden }
        };
        let city = asker("city-analyst", None, &[]);
        let carrier = asker("carrier-analyst", Some(OWN.0), &[&other]);
        let shown = |path: &Path| path.display().to_string();
        let places = vec![
            ("data", shown(&folder.data())),
            ("temp", shown(temporary.path())),
            ("beside", shown(folder.dir.path())),
            ("out", shown(out.path())),
            ("port", port.to_string()),
            ("own", OWN.0.to_owned()),
            ("other", OTHER.0.to_owned()),
        ];
        let ground =
            Self { server, city, carrier, places, postgres, folder, traps: Traps { files, out, connections, _temporary: temporary } };
        ground.is_worth_attacking();
        ground
    }

    /// The markers are where they should be: a trap that cannot spring proves nothing.
    fn is_worth_attacking(&self) {
        let count = |asker: &Asker, sql: &str| asker.cells(sql)[0].clone();
        for table in ["projects", "generation_2.projects", "asof_20220531.projects"] {
            let seen = |mark: &str| {
                let sql = format!("select count(*) from {table} where name like '%{mark}%'");
                (count(&self.city, &sql), count(&self.carrier, &sql))
            };
            let all = ROWS.to_string();
            assert_eq!(seen("乙标记"), (all, "0".to_owned()), "{table}");
            let but_one = (ROWS - 1).to_string();
            assert_eq!(seen("甲标记"), (but_one.clone(), but_one), "{table}");
        }
        let hidden = "select count(*) from projects where confidential";
        assert_eq!((count(&self.city, hidden), count(&self.carrier, hidden)), ("1".to_owned(), "1".to_owned()));
        assert_eq!(count(&self.city, "select count(*) from projects where agreed_yuan = 776543210"), "1");
        assert_eq!(count(&self.city, "select count(*) from generation_1.projects where name like '%乙标记%'"), "0");
    }

    /// What is wrong now that a family of attacks has passed.
    pub fn harm(&self) -> Vec<String> {
        let mut harm = Vec::new();
        for (path, content) in &self.traps.files {
            if std::fs::read_to_string(path).ok().as_ref() != Some(content) {
                harm.push(format!("{} is no longer what it was", path.display()));
            }
        }
        let made = std::fs::read_dir(self.traps.out.path()).unwrap().count();
        if made > 0 {
            harm.push(format!("{made} files were made"));
        }
        let connections = self.traps.connections.load(Ordering::SeqCst);
        if connections > 0 {
            harm.push(format!("{connections} connections were made"));
        }
        if !Path::new("/proc").join(self.server.id().to_string()).exists() || self.server.look("/healthz").0 != 200 {
            harm.push("the server is gone".to_owned());
        }
        for asker in [&self.city, &self.carrier] {
            // Workers may have been killed a moment ago, and the machine be busy: some more tries.
            let mut ended = asker.ask("select 40 + 2 as n").ended;
            for _ in 0..4 {
                if ended != Ended::Answered {
                    ended = asker.ask("select 40 + 2 as n").ended;
                }
            }
            if ended != Ended::Answered {
                harm.push(format!("{} gets no answers any more: {ended:?}", asker.name));
            }
        }
        harm
    }

    /// A token by which an asker comes to the doors of other tools.
    pub fn token(&self, name: &str) -> String {
        token_of(&self.folder, name)
    }

    /// The processes of statements that run now.
    pub fn workers(&self) -> Vec<u32> {
        let server = self.server.id().to_string();
        let mut workers = Vec::new();
        for entry in std::fs::read_dir("/proc").unwrap() {
            let Ok(id) = entry.unwrap().file_name().to_string_lossy().parse::<u32>() else { continue };
            let read = |file: &str| std::fs::read_to_string(format!("/proc/{id}/{file}")).unwrap_or_default();
            let parent = read("status").lines().find_map(|line| line.strip_prefix("PPid:").map(|parent| parent.trim().to_owned()));
            if parent.as_ref() == Some(&server) && read("cmdline").contains("sql-worker") {
                workers.push(id);
            }
        }
        workers
    }
}

/// A carrier's report, every row marked, the file's name too; the first row is confidential when its mark is another one.
fn report(folder: &Folder, carrier: &str, mark: &str, first: &str) {
    let file = folder.dir.path().join(format!("{mark}_2022年5月新签约.csv"));
    let mut text = "项目名称,建设内容,投资方,投资方地址,协议投资额（亿元）,签约日期,是否涉密\n".to_owned();
    for row in 1..=ROWS {
        let name = if row == 1 { first } else { mark };
        let confidential = if name == mark { "否" } else { "是" };
        let (amount, day) = (if row == 1 && confidential == "否" { OTHER_AMOUNT } else { "1.5" }, 1 + row % 28);
        text += &format!(
            "年产{row}万吨{name}铸件项目,建设{name}铸造生产线,合肥{name}{row}铸造有限公司,合肥市蜀山区示例路{row}号,{amount},2022-05-{day:02},{confidential}\n"
        );
    }
    std::fs::write(&file, text).unwrap();
    folder.run(&["import", "--today", "2022-05-31", "--carrier", carrier, &file.display().to_string()]);
}

/// A run of a job that failed, whose words name a row.
fn failed_job(folder: &Folder, mark: &str) {
    let (books, now) = (folder.books(), chrono::Utc::now());
    let claim = SlotClaim {
        job: "retain_lake".to_owned(),
        slot: now,
        origin: Origin::Manual,
        holder: "test".to_owned(),
        now,
        lease_until: now + chrono::TimeDelta::minutes(1),
    };
    let Claimed::Won(lease) = books.claim(&claim).unwrap() else { panic!("nobody else runs it") };
    let message = format!("项目 {mark} 的金额为负");
    let end = End { now, ending: Ending::Failed, cause: Some(Cause::Error), message, progress: None, result: None };
    assert!(books.finish(&lease, &end).unwrap());
}

fn secret_in(content: &str) -> String {
    let start = content.find("geheim").unwrap();
    content[start..].chars().take_while(|character| !matches!(character, '"' | '\n')).collect()
}

/// Counts whoever connects.
fn listener() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        for _ in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (port, count)
}
