//! The editor of the SQL desk is the one that its manifest names, and its licences are there.

#[test]
fn the_editor_is_the_one_that_its_manifest_names() {
    let manifest = include_str!("../../vendor/codemirror/manifest.toml");
    let editor = include_bytes!("../../assets/codemirror.js");
    let sum = ring::digest::digest(&ring::digest::SHA256, editor);
    let hex: String = sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(manifest.contains(&format!("sha256 = \"{hex}\"")), "assets/codemirror.js has {hex}");
    let licences = include_str!("../../vendor/codemirror/LICENSE");
    let packages: Vec<&str> = manifest.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).collect();
    assert_eq!(packages.len(), 15);
    assert!(packages.iter().all(|package| licences.contains(package)), "a licence text is missing");
}
