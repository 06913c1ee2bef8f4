//! Attachments (附件): taken by content and kept by hash, handed out to whoever may see the filing, taken off open claims.

use axum::body::Body;
use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use qunlian_domain::audit::clean;
use qunlian_domain::procedure::{AttachmentKind, MOST_FILE_MIB};
use qunlian_registry::{Attachment, Claim, NewAttachment};
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::Shared;
use crate::access::see;
use crate::fault::Fault;
use crate::guard::protect;
use crate::reader::attachment as disposition;
use crate::shell::clock_time;
use crate::visit::Visit;
use crate::words::Words;

use super::books::{doer, refused, require_own, seen_filing, with_books};
use super::claim::{Shown, look, render};
use super::sniff;

/// Largest body of an upload that is read to its end, though no more than the file's limit is kept: a browser whose body
/// is not read shows a broken connection instead of the answer.
pub(crate) const BODY_LIMIT: usize = (3 * MOST_FILE_MIB as usize + 1) << 20;
/// Uploads in memory at once.
static PLACES: Semaphore = Semaphore::const_new(4);
/// Characters of a name that are kept.
const NAME: usize = 80;

/// Whatever a browser makes of a file that somebody sent, it runs nothing and loads nothing.
const ALONE: &str = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The attachments of an open claim, with the form for another.
#[derive(Debug, Serialize)]
pub(super) struct FilesView {
    pub action: String,
    pub files: Vec<FileView>,
    /// What files the browser offers.
    pub accept: String,
    pub limits: String,
    /// The file that was not taken, and why.
    pub problem: String,
    pub hint: String,
}

/// One attachment.
#[derive(Debug, Serialize)]
pub(super) struct FileView {
    href: String,
    name: String,
    size: String,
    by: String,
    at: String,
    /// Where it is taken off; empty when it stays.
    pub remove: String,
}

/// The section of a claim's page.
pub(super) fn view(desk: &Shared, visit: &Visit, claim: &Claim, all: &[Attachment], problem: Option<(String, String)>) -> FilesView {
    let (words, limits) = (visit.words(), &desk.app.rules.city.procedure.attachments);
    let own = all.iter().filter(|file| file.claim == claim.id);
    let one = |file: &Attachment| FileView { remove: format!("/files/{}/remove", file.id), ..file_view(words, file, &file.by) };
    let kinds: Vec<&str> = limits.kinds.iter().map(|kind| kind.id()).collect();
    let fills = [
        ("kinds", kinds.join(words.t("word.list"))),
        ("mib", limits.file_mib.to_string()),
        ("files", limits.filing_files.to_string()),
        ("all", limits.filing_mib.to_string()),
    ];
    let fills: Vec<(&str, &str)> = fills.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let (problem, hint) = problem.unwrap_or_default();
    FilesView {
        action: format!("/claims/{}/files", claim.id),
        files: own.map(one).collect(),
        accept: kinds.iter().map(|kind| format!(".{kind}")).collect::<Vec<_>>().join(","),
        limits: words.fill("file.limits", &fills),
        problem,
        hint,
    }
}

/// An attachment as pages list it.
pub(super) fn file_view(words: Words, file: &Attachment, person: &str) -> FileView {
    FileView {
        href: format!("/files/{}", file.id),
        name: file.file_name.clone(),
        size: size_words(file.bytes),
        by: person.to_owned(),
        at: clock_time(&file.at.to_rfc3339(), words),
        remove: String::new(),
    }
}

fn size_words(bytes: u64) -> String {
    match bytes {
        0..1_048_576 => format!("{} KiB", bytes.div_ceil(1_024)),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}

/// `POST /claims/{id}/files`
pub(crate) async fn upload(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>, form: Multipart) -> Result<Response, Fault> {
    let opened = look(&desk, &visit, id).await?;
    require_own(&desk, &visit.who, &opened.claim.carrier_id)?;
    if !opened.claim.standing.state.is_open_to_filer() {
        return Err(Fault::bad("bad.filing_state", ""));
    }
    let _place = PLACES.try_acquire().map_err(|_| Fault::Busy)?;
    let words = visit.words();
    let problem = match take(&desk, &visit, &opened.claim, &opened.attachments, form).await? {
        None => return Ok(see(&format!("/claims/{id}?done=attached#files"))),
        Some(key) => (words.t(key).to_owned(), words.t(&format!("{key}.hint")).to_owned()),
    };
    let shown = Shown {
        typed: &opened.claim.typed,
        stage: opened.claim.stage,
        faults: &[],
        notice: "",
        conflict: false,
        status: StatusCode::UNPROCESSABLE_ENTITY,
        file_problem: Some(problem),
    };
    render(&desk, &visit, &opened, shown).await
}

/// Takes one file; the key of the words that say why not.
async fn take(desk: &Shared, visit: &Visit, claim: &Claim, all: &[Attachment], form: Multipart) -> Result<Option<&'static str>, Fault> {
    let limits = desk.app.rules.city.procedure.attachments.clone();
    if all.len() >= limits.filing_files as usize {
        return Ok(Some("file.too_many"));
    }
    let Some((name, bytes)) = read(form, limits.file_bytes()).await? else { return Ok(Some("file.none")) };
    let size = bytes.len() as u64;
    if size > limits.file_bytes() {
        return Ok(Some("file.too_large"));
    }
    if all.iter().map(|file| file.bytes).sum::<u64>() + size > limits.filing_bytes() {
        return Ok(Some("file.filing_full"));
    }
    let (own, by) = (Shared::clone(desk), doer(desk, &visit.who));
    let (filing, claim) = (claim.filing, claim.id);
    with_books(desk, move |books| {
        let kind = match sniff::kind_of(&bytes) {
            Ok(kind) if limits.takes(kind) => kind,
            Ok(_) => return Ok(Some("file.unknown")),
            Err(why) => return Ok(Some(why.key())),
        };
        let blake3 = own.app.attachments.keep(&bytes).map_err(|error| Fault::Internal(error.to_string()))?;
        let new = NewAttachment { filing, claim, file_name: file_name(&name, kind), kind: kind.id().to_owned(), bytes: size, blake3, by };
        books.add_attachment(&new).map_err(refused)?;
        Ok(None)
    })
    .await
}

/// The first file of a form: its name and its bytes, of which hardly more than the limit are kept.
async fn read(mut form: Multipart, most: u64) -> Result<Option<(String, Vec<u8>)>, Fault> {
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            if bytes.len() as u64 <= most {
                bytes.extend_from_slice(&chunk);
            }
        }
        let nothing = name.is_empty() && bytes.is_empty();
        return Ok((!nothing).then_some((name, bytes)));
    }
    Ok(None)
}

pub(in crate::pages) fn broken(error: MultipartError) -> Fault {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Fault::TooLarge } else { Fault::bad("bad.upload", "") }
}

/// The name as the filer's machine gave it, without folders, without what no file system or header takes, and with
/// the ending of what it is.
fn file_name(raw: &str, kind: AttachmentKind) -> String {
    let last = raw.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = clean(last, NAME).chars().filter(|c| !r#"\/:*?"<>|"#.contains(*c)).collect();
    let stem = match kept.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= 5 => stem,
        _ => &kept,
    };
    let stem = stem.trim_matches(['.', ' ']);
    format!("{}.{}", if stem.is_empty() { "附件" } else { stem }, kind.id())
}

/// `GET /files/{id}`
pub(crate) async fn download(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Fault> {
    let (who, own) = (visit.who.clone(), Shared::clone(&desk));
    let (file, bytes) = with_books(&desk, move |books| {
        let file = books.attachment(id).map_err(refused)?.filter(|file| file.removed_at.is_none()).ok_or(Fault::NotFound)?;
        let filing = books.filing(file.filing).map_err(refused)?.ok_or(Fault::NotFound)?;
        seen_filing(books, &who, &filing.number)?;
        let bytes = own.app.attachments.open(&file.blake3).map_err(|error| Fault::Internal(error.to_string()))?;
        Ok((file, bytes))
    })
    .await?;
    let media = AttachmentKind::from_id(&file.kind).map_or("application/octet-stream", AttachmentKind::media_type);
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    protect(headers);
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(ALONE));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(CONTENT_DISPOSITION, disposition(&file.file_name)?);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}

/// `POST /files/{id}/remove`
pub(crate) async fn remove(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Fault> {
    let (who, own, by) = (visit.who.clone(), Shared::clone(&desk), doer(&desk, &visit.who));
    let claim = with_books(&desk, move |books| {
        let file = books.attachment(id).map_err(refused)?.ok_or(Fault::NotFound)?;
        let claim = super::books::seen_claim(books, &who, file.claim)?;
        require_own(&own, &who, &claim.carrier_id)?;
        books.remove_attachment(id, &by).map_err(refused)?;
        Ok(claim.id)
    })
    .await?;
    Ok(see(&format!("/claims/{claim}?done=removed#files")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_what_is_harmless() {
        let check = |raw: &str, expect: &str| assert_eq!(file_name(raw, AttachmentKind::Pdf), expect, "{raw:?}");
        check("合同 2022.pdf", "合同 2022.pdf");
        check("C:\\fakepath\\合同.PDF", "合同.pdf");
        check("../../etc/passwd", "passwd.pdf");
        check("a\r\nSet-Cookie: b.pdf", "a Set-Cookie b.pdf");
        check("fdp.\u{202e}exe.pdf", "fdp.exe.pdf");
        check("<script>.html", "script.pdf");
        check("", "附件.pdf");
        check("...", "附件.pdf");
    }
}
