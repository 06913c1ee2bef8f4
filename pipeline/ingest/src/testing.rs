//! The demonstration city for tests, read from the repository's own data folder.

use std::path::Path;

use qunlian_domain::catalogue::City;

pub fn city() -> City {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    City::load(&|path| std::fs::read_to_string(data.join(path)), "cities/huaibei").unwrap()
}
