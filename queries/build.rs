//! Lists the .sql files so that they are compiled into the binary.

use std::io::Write;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join("embedded.rs");
    let mut file = std::fs::File::create(out)?;
    writeln!(file, "const EMBEDDED: &[(&str, &str)] = &[")?;
    for folder in ["fragments", "boards", "checks", "explore"] {
        let path = root.join(folder);
        println_rerun(&path);
        let mut names = sql_files(&path)?;
        names.sort();
        for name in names {
            let absolute = path.join(&name);
            writeln!(file, "    ({:?}, include_str!({:?})),", format!("{folder}/{name}"), absolute.display().to_string())?;
        }
    }
    writeln!(file, "];")
}

fn sql_files(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".sql") {
            names.push(name);
        }
    }
    Ok(names)
}

#[allow(clippy::print_stdout, clippy::disallowed_macros, reason = "cargo reads a build script's directives from stdout")]
fn println_rerun(path: &Path) {
    println!("cargo:rerun-if-changed={}", path.display());
}
