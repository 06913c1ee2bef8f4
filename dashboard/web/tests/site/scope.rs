//! Row scope: a clerk of one carrier finds no project of another on any page, in any file, by any question.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use qunlian_domain::access::Role;
use qunlian_queries::{Answers, Scope};
use qunlian_registry::secret::key_of;
use qunlian_registry::{Grant, NewAccount};
use qunlian_web::{Mode, addresses};

use super::{BOARDS, Got, get_with};
use crate::fixture::model::{CARRIERS, Model, Project};
use crate::fixture::{FakeAnswers, app, morning};

/// A site where the cookie `qunlian=<carrier>` is a clerk of that carrier, `qunlian=leader` a leader.
fn site() -> Router {
    let mut parts = app(Arc::new(FakeAnswers::new()));
    parts.mode = Mode::Serve;
    let open = |name: &str, role: Role, carrier: Option<&str>| {
        let new = NewAccount { name: format!("one-{name}"), person: "示例".into(), created_by: "test".into(), now: morning() };
        let account = parts.books.create_account(&new).unwrap();
        parts.books.set_password(account.id, "plain:Gq7-tulip-9rain", false, morning()).unwrap();
        let grant = Grant { role, carrier_id: carrier.map(str::to_owned) };
        parts.books.grant_roles(account.id, &[grant], "test", morning()).unwrap();
        parts.books.open_session(&key_of(name), account.id, morning()).unwrap();
    };
    for (id, ..) in CARRIERS {
        open(id, Role::Clerk, Some(id));
    }
    open("leader", Role::Leader, None);
    qunlian_web::router(parts).unwrap()
}

async fn get_as(site: &Router, who: &str, path: &str) -> Got {
    get_with(site, path, &[("cookie", &format!("qunlian={who}"))]).await
}

/// The carrier's own projects, and the numbers and names that only others' have.
struct Sides {
    own: Vec<Project>,
    secrets: BTreeSet<String>,
}

fn sides(carrier: &str) -> Sides {
    let at = CARRIERS.iter().position(|known| known.0 == carrier).unwrap();
    let (own, others): (Vec<Project>, Vec<Project>) = Model::new().projects.into_iter().partition(|project| project.carrier == at);
    let texts = |projects: &[Project]| -> BTreeSet<String> {
        projects.iter().flat_map(|project| [project.id.clone(), project.name.clone(), project.investor.clone()]).collect()
    };
    let secrets = &texts(&others) - &texts(&own);
    assert!(own.len() > 10 && secrets.len() > 300, "{carrier}");
    Sides { own, secrets }
}

/// Every page, file and question, as widely as they can be asked.
fn everywhere() -> Vec<String> {
    let mut all: Vec<String> = BOARDS.iter().map(|path| (*path).to_owned()).collect();
    for (_, path) in addresses(Mode::Serve).iter().filter(|(method, path)| method == "GET" && !path.contains('{')) {
        all.push(path.clone());
    }
    all.extend(CARRIERS.iter().flat_map(|carrier| [format!("/carriers/{}", carrier.0), format!("/projects?carrier={}", carrier.0)]));
    for wide in
        ["waiting=started_not_producing", "milestone=started", "milestone=fixed_assets&year=2022", "q=年产", "page=2", "sort=-agreed"]
    {
        all.push(format!("/projects?{}", wide.replace("年产", "%E5%B9%B4%E4%BA%A7")));
        all.push(format!("/projects.csv?{}", wide.replace("年产", "%E5%B9%B4%E4%BA%A7")));
    }
    for query in FakeAnswers::new().library().iter() {
        let of_one = query.about.params.iter().any(|spec| spec.name == "project_id");
        let projects = if of_one { &["p00300", "p00301", "p00302", "p00303", "p00304"][..] } else { &[""] };
        for project in projects {
            let ask = format!("project_id={project}&limit=1000&year=2022&chain=");
            all.push(format!("/queries/{}?{ask}", query.about.name));
            all.push(format!("/api/queries/{}.csv?{ask}", query.about.name));
        }
    }
    all
}

#[tokio::test]
async fn the_reserve_list_reads_workbooks_too_and_only_the_readers_own() {
    let site = site();
    let city = get_as(&site, "leader", "/reserve").await.text();
    let own = get_as(&site, "suixi", "/reserve").await.text();
    let count = |page: &str| page.matches("href=\"/projects/").count();
    assert!(count(&city) > count(&own) && count(&own) > 0, "{} {}", count(&city), count(&own));
}

#[tokio::test]
async fn no_page_file_or_question_tells_a_clerk_of_others_projects() {
    let site = site();
    for carrier in ["suixi", "duji"] {
        let sides = sides(carrier);
        let mut shown = 0;
        for path in everywhere() {
            let got = get_as(&site, carrier, &path).await;
            assert!(!got.status.is_server_error(), "{path}: {}", got.text());
            let text = got.text();
            // The number that was asked for may be said back.
            let leak = sides.secrets.iter().find(|secret| text.contains(secret.as_str()) && !path.contains(secret.as_str()));
            assert!(leak.is_none(), "{carrier} finds {leak:?} at {path}");
            shown += usize::from(sides.own.iter().any(|project| text.contains(&project.name)));
        }
        assert!(shown > 25, "{carrier} found own projects at {shown} addresses only");
    }
}

#[tokio::test]
async fn a_project_of_another_carrier_is_not_found() {
    let site = site();
    let (own, other) = (&sides("suixi").own[0], &sides("duji").own[0]);
    let check = async |who: &str, project: &Project, expect: StatusCode| {
        let got = get_as(&site, who, &format!("/projects/{}", project.id)).await;
        assert_eq!(got.status, expect, "{} as {who}", project.id);
        (got.text().replace(&project.id, ""), got.text().contains(&project.name))
    };
    assert!(check("suixi", own, StatusCode::OK).await.1);
    assert!(check("leader", other, StatusCode::OK).await.1);
    let hidden = check("suixi", other, StatusCode::NOT_FOUND).await;
    let nothing = get_as(&site, "suixi", "/projects/p99999").await;
    assert!(!hidden.1);
    assert_eq!(hidden.0, nothing.text().replace("p99999", ""), "nothing tells a hidden project from none");
    // The order in which readers come does not matter.
    check("suixi", other, StatusCode::NOT_FOUND).await;
    check("duji", other, StatusCode::OK).await;
}

#[tokio::test]
async fn figures_are_the_citys_and_lists_say_that_they_are_not() {
    let site = site();
    let page = get_as(&site, "suixi", "/").await.text();
    assert!(page.contains("全市新签约工业项目188个") && page.contains("仅列出本载体单位的"), "the sums are whole, the lists are cut");
    let ranks = get_as(&site, "suixi", "/carriers").await.text();
    assert!(CARRIERS.iter().all(|carrier| ranks.contains(carrier.1)), "everybody is ranked");
    let list = get_as(&site, "suixi", "/projects?milestone=signed&year=2022").await.text();
    assert!(list.contains("看板上的数是全市的"));
    let foreign = get_as(&site, "suixi", "/carriers/duji").await;
    assert_eq!(foreign.status, StatusCode::OK);
    assert!(foreign.text().contains("没有可供查看的记录") && !foreign.text().contains("没有等待中的项目"));
    for path in ["/", "/projects?milestone=signed&year=2022", "/carriers/duji", "/quality", "/queries/projects_list"] {
        let whole = get_as(&site, "leader", path).await.text();
        assert!(!whole.contains("本载体单位的"), "{path}");
    }
}

/// A failed check names the rows that failed it, whosever they are.
#[tokio::test]
async fn what_jobs_say_is_for_those_who_see_the_whole_city() {
    let site = site();
    for path in ["/jobs", "/jobs/live"] {
        let (clerk, leader) = (get_as(&site, "suixi", path).await.text(), get_as(&site, "leader", path).await.text());
        for words in ["读入 6 个文件", "磁盘空间不足", "· 归类"] {
            assert!(leader.contains(words) && !clerk.contains(words), "{path}: {words}");
        }
        assert!(clerk.contains("build_lake"), "{path}");
    }
}

#[tokio::test]
async fn questions_open_to_the_roles_that_they_name() {
    let site = site();
    for query in FakeAnswers::new().library().iter() {
        let name = &query.about.name;
        for (who, role) in [("suixi", Role::Clerk), ("leader", Role::Leader)] {
            let open = query.about.public || query.about.roles.contains(&role);
            for path in
                [format!("/queries/{name}?project_id=p00300&chain=lvji"), format!("/api/queries/{name}.json?project_id=p00300&chain=lvji")]
            {
                let status = get_as(&site, who, &path).await.status;
                assert_eq!(status, if open { StatusCode::OK } else { StatusCode::FORBIDDEN }, "{path} as {who}");
            }
            let listed = get_as(&site, who, "/api").await.text().contains(&format!(">{name}</code>"));
            assert_eq!(listed, open, "{name} as {who}");
        }
        assert!(query.folder != "checks" || query.about.roles == [Role::Analyst], "{name}");
        assert!(query.about.scope == Scope::City || !query.about.public, "{name}: single rows are not for the public");
    }
}

/// The figures of a board are the city's; what changed is told of one's own rows, and says so.
#[tokio::test]
async fn changes_are_those_of_ones_own_rows() {
    let site = site();
    let whole = get_as(&site, "leader", "/changes?compare=2022-04-30").await.text();
    let mut sum = 0;
    let lines = |page: &str| page.matches("data-label=\"变化\"").count();
    for (id, name, _) in CARRIERS {
        let own = get_as(&site, id, "/changes?compare=2022-04-30").await.text();
        assert!(own.contains("仅列出本载体单位的"), "{id}");
        assert!(CARRIERS.iter().all(|other| other.1 == name || !own.contains(&format!(">{}</td>", other.1))), "{id}");
        sum += lines(&own);
        let board = get_as(&site, id, "/?compare=2022-04-30").await.text();
        assert!(board.contains("全市新签约工业项目188个") && !board.contains("新签约净增45个"), "{id}");
    }
    assert!(sum > 0 && sum == lines(&whole), "the parts add up");
}
