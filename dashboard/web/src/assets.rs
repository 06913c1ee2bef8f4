//! Style sheet, script and icon (静态资源): in the binary, addressed by the hash of their content.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::Shared;
use crate::fault::Fault;

#[derive(RustEmbed)]
#[folder = "assets"]
#[include = "*.css"]
#[include = "*.js"]
#[include = "*.svg"]
struct Embedded;

/// All assets by file name.
pub(crate) struct Assets {
    files: BTreeMap<String, Asset>,
}

struct Asset {
    /// `/assets/app.css?v=1a2b3c4d5e6f`
    address: String,
    media_type: &'static str,
    bytes: Bytes,
}

impl Assets {
    /// Reads what was compiled in. The charts' style sheet is joined to the page's.
    pub(crate) fn embedded() -> Self {
        let mut files = BTreeMap::new();
        for name in Embedded::iter() {
            let Some(file) = Embedded::get(&name) else { continue };
            let mut bytes = file.data.into_owned();
            if name == "app.css" {
                bytes.push(b'\n');
                bytes.extend_from_slice(qunlian_charts::CSS.as_bytes());
            }
            let address = format!("/assets/{name}?v={:016x}", fingerprint(&bytes));
            files.insert(name.to_string(), Asset { address, media_type: media_type(&name), bytes: Bytes::from(bytes) });
        }
        Self { files }
    }

    /// The address of an asset with the hash of its content; the bare address when there is none.
    pub(crate) fn address(&self, name: &str) -> String {
        self.files.get(name).map_or_else(|| format!("/assets/{name}"), |asset| asset.address.clone())
    }
}

/// Serves one asset. The address changes with the content, so browsers may keep it for a year.
pub(crate) async fn show(State(desk): State<Shared>, Path(name): Path<String>) -> Result<Response, Fault> {
    let asset = desk.assets.files.get(&name).ok_or(Fault::NotFound)?;
    let headers: [(HeaderName, HeaderValue); 2] = [
        (CONTENT_TYPE, HeaderValue::from_static(asset.media_type)),
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((headers, asset.bytes.clone()).into_response())
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, suffix)| suffix) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// FNV-1a: names content, protects nothing.
pub(crate) fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
