//! The layers, as absences: what each crate must not know (ARCHITECTURE.md, invariant 1).

use std::process::Command;

/// All packages that `package` depends on, directly or not, tests aside.
fn dependencies_of(package: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "normal,build", "--prefix", "none", "--format", "{p}", "--package", package])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let names: Vec<String> = text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    assert!(names.len() > 1, "{package} seems to depend on nothing");
    names
}

#[test]
fn what_each_crate_must_not_know() {
    let engines = ["polars", "datafusion", "arrow", "parquet"];
    let pipeline = ["qunlian-ingest", "qunlian-transform", "qunlian-jobs", "qunlian-sample"];
    let dashboard = ["qunlian-engine", "qunlian-web", "qunlian-charts", "qunlian-documents", "qunlian-bulletins"];
    let rules: Vec<(&str, Vec<&str>)> = vec![
        (
            "qunlian-domain",
            [&engines[..], &pipeline, &dashboard, &["tokio", "rusqlite", "qunlian-lake", "qunlian-registry", "qunlian-queries"]].concat(),
        ),
        ("qunlian-web", [&engines[..], &pipeline, &["qunlian-engine", "qunlian-lake"]].concat()),
        ("qunlian-charts", [&engines[..], &pipeline, &["qunlian-engine", "qunlian-web", "qunlian-domain", "tokio"]].concat()),
        (
            "qunlian-bulletins",
            [&engines[..], &pipeline, &["qunlian-engine", "qunlian-web", "qunlian-registry", "qunlian-lake", "tokio", "axum"]].concat(),
        ),
        ("qunlian-documents", [&engines[..], &pipeline, &["qunlian-engine", "qunlian-web", "qunlian-charts", "tokio"]].concat()),
        ("qunlian-queries", [&engines[..], &pipeline, &dashboard].concat()),
        ("qunlian-engine", [&["polars"][..], &pipeline, &["qunlian-web", "qunlian-charts", "qunlian-registry"]].concat()),
        // Flight's messages hold Arrow's; whoever runs statements is known by the port only, and no file is read.
        ("qunlian-flight", [&engines[..], &pipeline, &dashboard, &["qunlian-statements", "qunlian-lake"]].concat()),
        ("qunlian-postgres", [&engines[..], &pipeline, &dashboard, &["qunlian-statements", "qunlian-lake", "arrow-array"]].concat()),
        ("qunlian-doors", [&engines[..], &pipeline, &dashboard, &["qunlian-statements", "qunlian-lake", "tokio"]].concat()),
        ("qunlian-transform", [&["datafusion", "arrow", "parquet"][..], &dashboard].concat()),
        ("qunlian-lake", [&engines[..], &pipeline, &dashboard].concat()),
        ("qunlian-registry", [&engines[..], &pipeline, &dashboard].concat()),
        ("qunlian-ingest", [&engines[..], &dashboard].concat()),
        ("qunlian-jobs", [&engines[..], &dashboard].concat()),
        ("qunlian-sample", [&engines[..], &dashboard, &["qunlian-ingest", "qunlian-transform"]].concat()),
        ("qunlian", vec!["aws-lc-rs", "openssl", "openssl-sys", "substrait"]),
    ];
    for (package, forbidden) in rules {
        let known = dependencies_of(package);
        for name in forbidden {
            assert!(!known.iter().any(|dependency| dependency == name), "{package} must not know {name}");
        }
    }
}

/// Whoever sends anything to other machines does it through `pipeline/delivery` and its allow-list.
#[test]
fn only_one_crate_sends() {
    let clients = ["lettre", "ureq"];
    assert!(clients.iter().all(|name| dependencies_of("qunlian-delivery").iter().any(|dependency| dependency == name)));
    for package in
        ["domain", "registry", "ingest", "lake", "transform", "jobs", "sample", "queries", "engine", "charts", "documents", "web"]
    {
        let known = dependencies_of(&format!("qunlian-{package}"));
        for name in clients.into_iter().chain(["qunlian-delivery"]) {
            assert!(!known.iter().any(|dependency| dependency == name), "qunlian-{package} must not know {name}");
        }
    }
    let root = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap();
    let root: toml::Value = toml::from_str(&root).unwrap();
    assert!(clients.iter().all(|name| root["dependencies"].get(name).is_none()), "the composition names no client either");
}

/// The list that `cargo deny` reads, held here too, since that tool is not part of the toolchain.
#[test]
fn every_dependency_has_a_permissive_licence() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let rules: toml::Value = toml::from_str(&std::fs::read_to_string(root.join("deny.toml")).unwrap()).unwrap();
    let allowed: Vec<&str> = rules["licenses"]["allow"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "normal,build", "--prefix", "none", "--format", "{p}|{l}", "--package", "qunlian"])
        .current_dir(root)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().count() > 200, "{text}");
    for line in text.lines() {
        let (package, licence) = line.split_once('|').unwrap();
        // `(MIT OR Apache-2.0) AND ISC`, or `MIT/Apache-2.0` in older manifests.
        let words = licence.trim_end_matches(" (*)").replace(" / ", "/").replace('/', " OR ");
        let fits = words.split(" AND ").all(|all| all.trim_matches(['(', ')']).split(" OR ").any(|any| allowed.contains(&any)));
        assert!(fits, "{package}: {licence:?}");
    }
}

#[test]
fn only_one_crate_each_names_an_engine() {
    let check = |engine: &str, owner: &str| {
        for manifest in manifests() {
            let text = std::fs::read_to_string(&manifest).unwrap();
            let names =
                text.lines().any(|line| line.starts_with(&format!("{engine}.workspace")) || line.starts_with(&format!("{engine} =")));
            let is_root = manifest.parent() == Some(std::path::Path::new(env!("CARGO_MANIFEST_DIR")));
            assert_eq!(names && !is_root, manifest.to_string_lossy().contains(owner), "{} and {engine}", manifest.display());
        }
    };
    check("polars", "pipeline/transform");
    check("datafusion", "dashboard/engine");
    check("plotters", "dashboard/charts");
    check("rusqlite", "pipeline/registry");
    check("krilla", "dashboard/documents");
}

fn manifests() -> Vec<std::path::PathBuf> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![root.join("Cargo.toml"), root.join("queries/Cargo.toml")];
    for folder in ["pipeline", "dashboard"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            found.push(entry.unwrap().path().join("Cargo.toml"));
        }
    }
    found.retain(|path| path.exists());
    assert!(found.len() >= 12);
    found
}

#[test]
fn every_file_opens_by_saying_what_it_is_for() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut looked_at = 0;
    for folder in ["src", "pipeline", "queries", "dashboard", "tests"] {
        visit(&root.join(folder), &mut |path| {
            if path.extension().is_some_and(|kind| kind == "rs") {
                looked_at += 1;
                let text = std::fs::read_to_string(path).unwrap();
                assert!(text.starts_with("//! "), "{} does not open with a //! sentence", path.display());
            }
        });
    }
    assert!(looked_at > 100);
}

fn visit(folder: &std::path::Path, each: &mut dyn FnMut(&std::path::Path)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { visit(&path, each) } else { each(&path) }
    }
}
