//! Fonts: what the embedded ones cover, and what is said about the rest.

use std::path::{Path, PathBuf};

use qunlian_documents::{Block, DocumentError, FontFiles, Fonts, docx, png};

use crate::samples::{chart, document, fonts, paragraph};

fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets")
}

fn visit(folder: &Path, each: &mut dyn FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { visit(&path, each) } else { each(&path) }
    }
}

#[test]
fn the_embedded_fonts_have_every_character_of_the_city_and_of_the_code_tables() {
    let mut looked_at = 0;
    visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data"), &mut |path| {
        let Ok(text) = std::fs::read_to_string(path) else { return };
        looked_at += 1;
        assert_eq!(fonts().missing(&document(vec![paragraph(&text)])), Vec::<char>::new(), "{}", path.display());
    });
    assert!(looked_at >= 20, "{looked_at} files");
}

#[test]
fn the_embedded_fonts_have_rare_characters_of_names() {
    // From the third level of 通用规范汉字表 (6501 to 8105), none of them in GB 2312, and one beyond the first plane.
    let text = "㑇㳇䶮喆昇珺祎翀芃赟鑫陞骉𬭊𬱖";
    assert_eq!(fonts().missing(&document(vec![paragraph(text)])), Vec::<char>::new());
}

#[test]
fn characters_without_a_glyph_are_named_once_and_in_order_wherever_they_stand() {
    let mut document = document(vec![paragraph("ก𝄞ก"), Block::Chart(chart("ب"))]);
    document.head[0].1 = "😀".into();
    assert_eq!(fonts().missing(&document), ['ب', 'ก', '𝄞', '😀']);
}

#[test]
fn a_configured_font_names_the_hand_in_word_and_lends_it_its_glyphs() {
    let files = FontFiles { fang_song: Some(assets().join("qunlian-sans.otf")), ..FontFiles::default() };
    let fonts = Fonts::load(&files).unwrap();
    let bytes = docx(&document(Vec::new()), &fonts).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let styles = std::io::read_to_string(archive.by_name("word/styles.xml").unwrap()).unwrap();
    let body = styles.split("w:styleId=\"Body\"").nth(1).unwrap();
    let title = styles.split("w:styleId=\"Title\"").nth(1).unwrap();
    let family = |style: &str| style.split("w:eastAsia=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!((family(body), family(title)), ("Qunlian Sans".to_owned(), "方正小标宋简体".to_owned()));
}

#[test]
fn a_file_that_is_missing_or_no_font_is_an_error_that_names_it() {
    let load = |path: PathBuf| Fonts::load(&FontFiles { kai_ti: Some(path), ..FontFiles::default() }).unwrap_err();
    let gone = load(assets().join("none.ttf"));
    assert!(matches!(gone, DocumentError::FontFile { .. }) && gone.to_string().contains("none.ttf"), "{gone}");
    let text = load(assets().join("OFL.txt"));
    assert!(matches!(text, DocumentError::Font { .. }) && text.to_string().contains("OFL.txt"), "{text}");
}

#[test]
fn a_png_has_the_size_that_was_asked_for_and_shows_the_label() {
    let fonts = fonts();
    let size = |bytes: &[u8]| [16, 20].map(|from| u32::from_be_bytes(bytes[from..from + 4].try_into().unwrap()));
    let with_label = png(&chart("新签约"), 2.0, &fonts).unwrap();
    assert_eq!(size(&with_label), [800, 400]);
    assert_ne!(with_label, png(&chart(""), 2.0, &fonts).unwrap());
    let error = png(&chart(""), 100.0, &fonts).unwrap_err();
    assert!(error.to_string().contains("40000 x 20000 pixels are too many"), "{error}");
    let mut broken = chart("");
    broken.svg = "<svg".into();
    assert!(png(&broken, 1.0, &fonts).unwrap_err().to_string().starts_with("chart \"图1  条\": not a drawable svg"));
}

#[test]
fn fonts_are_shared_between_threads() {
    let fonts = fonts();
    let pages = std::thread::scope(|scope| {
        let write = || qunlian_documents::pdf(&document(vec![paragraph("甲")]), &fonts).unwrap();
        let threads = [scope.spawn(write), scope.spawn(write)];
        threads.map(|thread| thread.join().unwrap())
    });
    assert!(pages[0] == pages[1]);
}
