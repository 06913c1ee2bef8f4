//! The character encoding of a csv (编码): found by reading the whole file once, then decoded as it streams.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::refusal::Refusal;

const PIECE: usize = 256 << 10;

/// A file's digest and whether its bytes are UTF-8, from one pass.
pub struct Fingerprint {
    pub blake3: blake3::Hash,
    pub bytes: u64,
    pub valid_utf8: bool,
}

/// Reads a file once: hashes it and checks it for UTF-8.
pub fn fingerprint(path: &Path, most: u64) -> Result<Fingerprint, Refusal> {
    let mut file = File::open(path).map_err(Refusal::Unreadable)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0u8; PIECE];
    let mut bytes = 0u64;
    let mut valid_utf8 = true;
    // Bytes of a character cut by the end of a piece.
    let mut kept = 0;
    loop {
        let read = file.read(&mut buffer[kept..])?;
        if read == 0 {
            break;
        }
        bytes += read as u64;
        if bytes > most {
            let found = file.metadata().map_or(bytes, |metadata| metadata.len());
            return Err(Refusal::TooLarge { limit: "bytes", found, allowed: most });
        }
        hasher.update(&buffer[kept..kept + read]);
        if !valid_utf8 {
            kept = 0;
            continue;
        }
        let filled = kept + read;
        let valid = Encoding::utf8_valid_up_to(&buffer[..filled]);
        kept = filled - valid;
        if kept > 3 {
            valid_utf8 = false;
            kept = 0;
        } else {
            buffer.copy_within(valid..filled, 0);
        }
    }
    Ok(Fingerprint { blake3: hasher.finalize(), bytes, valid_utf8: valid_utf8 && kept == 0 })
}

/// The encoding of a text file. `declared` is what a mapping says; without it: a byte-order mark, then
/// UTF-8, UTF-16 by its zero bytes, GB18030, and Windows-1252 when neither decodes.
pub fn detect(path: &Path, valid_utf8: bool, declared: Option<&str>) -> Result<&'static Encoding, Refusal> {
    if let Some(label) = declared {
        return Encoding::for_label(label.as_bytes()).ok_or_else(|| Refusal::Mapping(format!("没有名为 {label} 的编码")));
    }
    let mut head = Vec::new();
    File::open(path).map_err(Refusal::Unreadable)?.take(4096).read_to_end(&mut head)?;
    if let Some((encoding, _)) = Encoding::for_bom(&head) {
        return Ok(encoding);
    }
    if let Some(encoding) = looks_like_utf16(&head) {
        return Ok(encoding);
    }
    if valid_utf8 {
        return Ok(UTF_8);
    }
    Ok(if reads_as_gb18030(path)? { GB18030 } else { WINDOWS_1252 })
}

/// UTF-16 without a mark: ASCII in it has a zero in every second byte.
pub fn looks_like_utf16(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.len() / 2;
    if pairs < 4 {
        return None;
    }
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    match (zeros(0), zeros(1)) {
        (0, odd) if odd * 3 > pairs => Some(UTF_16LE),
        (even, 0) if even * 3 > pairs => Some(UTF_16BE),
        _ => None,
    }
}

/// True when the whole file decodes as GB18030 and looks like Chinese: in Latin-1 text an accented
/// letter stands before an ASCII one, which GB18030 would read as one rare character.
fn reads_as_gb18030(path: &Path) -> Result<bool, Refusal> {
    let mut file = File::open(path).map_err(Refusal::Unreadable)?;
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let mut input = vec![0u8; PIECE];
    let mut output = vec![0u8; PIECE * 4];
    let (mut common, mut rare) = (0u64, 0u64);
    loop {
        let read = file.read(&mut input)?;
        let (result, ..) = decoder.decode_to_utf8_without_replacement(&input[..read], &mut output, read == 0);
        if matches!(result, DecoderResult::Malformed(..)) {
            return Ok(false);
        }
        count_pairs(&input[..read], &mut common, &mut rare);
        if read == 0 {
            return Ok(common >= rare);
        }
    }
}

/// Counts double bytes whose second is high (GB 2312, nearly all Chinese text) or an ASCII letter.
fn count_pairs(bytes: &[u8], common: &mut u64, rare: &mut u64) {
    let mut at = 0;
    while at + 1 < bytes.len() {
        if bytes[at] < 0x81 {
            at += 1;
            continue;
        }
        match bytes[at + 1] {
            0xA1.. => *common += 1,
            0x40..=0x7E => *rare += 1,
            _ => (),
        }
        at += 2;
    }
}

/// A file decoded to UTF-8 as it is read. Undecodable bytes become U+FFFD. It refuses a record that
/// takes more than `most` bytes, see [`Budget`].
pub struct Decoding<R> {
    inner: R,
    /// `None` for UTF-8 that was checked already.
    decoder: Option<Decoder>,
    input: Vec<u8>,
    start: usize,
    end: usize,
    /// Decoded text that was not handed out yet.
    decoded: Vec<u8>,
    decoded_start: usize,
    finished: bool,
    mark_skipped: bool,
    budget: Budget,
}

/// Bytes handed out since the last record ended; shared with whoever reads the records.
#[derive(Clone, Default)]
pub struct Budget {
    spent: std::rc::Rc<std::cell::Cell<u64>>,
    most: u64,
}

impl Budget {
    pub fn new(most: u64) -> Self {
        Self { spent: std::rc::Rc::default(), most }
    }

    /// Tells that a record has ended.
    pub fn renew(&self) {
        self.spent.set(0);
    }

    fn spend(&self, bytes: usize) -> io::Result<()> {
        // What csv keeps in its own buffer belongs to earlier records.
        let spent = self.spent.get() + bytes as u64;
        self.spent.set(spent);
        if spent > self.most { Err(io::Error::new(io::ErrorKind::FileTooLarge, RECORD_TOO_LONG)) } else { Ok(()) }
    }
}

/// The text of the error for a record beyond the budget.
pub const RECORD_TOO_LONG: &str = "a record is too long";

impl<R: Read> Decoding<R> {
    pub fn new(inner: R, encoding: &'static Encoding, valid_utf8: bool, budget: Budget) -> Self {
        let decoder = (encoding != UTF_8 || !valid_utf8).then(|| encoding.new_decoder_with_bom_removal());
        Self {
            inner,
            decoder,
            input: vec![0; PIECE],
            start: 0,
            end: 0,
            decoded: Vec::new(),
            decoded_start: 0,
            finished: false,
            mark_skipped: false,
            budget,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.start = 0;
        self.end = self.inner.read(&mut self.input)?;
        self.finished = self.end == 0;
        if !self.mark_skipped && self.decoder.is_none() {
            // Files are read in pieces far larger than the mark.
            if self.input[..self.end].starts_with(b"\xEF\xBB\xBF") {
                self.start = 3;
            }
            self.mark_skipped = true;
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let length = match &self.decoder {
                None => hand_out(&self.input[..self.end], &mut self.start, out),
                Some(_) => hand_out(&self.decoded, &mut self.decoded_start, out),
            };
            if length > 0 || out.is_empty() {
                self.budget.spend(length)?;
                return Ok(length);
            }
            if self.finished {
                return Ok(0);
            }
            self.refill()?;
            self.decode();
        }
    }
}

impl<R: Read> Decoding<R> {
    /// Decodes the whole of the piece that was read.
    fn decode(&mut self) {
        let Some(decoder) = &mut self.decoder else { return };
        let piece = &self.input[self.start..self.end];
        // Room for the worst case, so that one call takes the piece whole.
        let room = decoder.max_utf8_buffer_length(piece.len()).unwrap_or(piece.len() * 4 + 16);
        self.decoded.resize(room, 0);
        let (_, read, written, _) = decoder.decode_to_utf8(piece, &mut self.decoded, self.finished);
        self.start += read;
        self.decoded.truncate(written);
        self.decoded_start = 0;
    }
}

fn hand_out(from: &[u8], start: &mut usize, out: &mut [u8]) -> usize {
    let length = (from.len() - *start).min(out.len());
    out[..length].copy_from_slice(&from[*start..*start + length]);
    *start += length;
    length
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn check(bytes: &[u8], encoding: &str, text: &str) {
        let file = written(bytes);
        let fingerprint = fingerprint(file.path(), u64::MAX).unwrap();
        assert_eq!(fingerprint.bytes, bytes.len() as u64);
        assert_eq!(fingerprint.blake3, blake3::hash(bytes));
        let found = detect(file.path(), fingerprint.valid_utf8, None).unwrap();
        assert_eq!(found.name(), encoding, "{text}");
        let mut read = String::new();
        let file = File::open(file.path()).unwrap();
        Decoding::new(file, found, fingerprint.valid_utf8, Budget::new(u64::MAX)).read_to_string(&mut read).unwrap();
        assert_eq!(read, text);
    }

    #[test]
    fn encodings_are_found_and_decoded() {
        let text = "项目名称,协议投资额（万元）\n年产5万吨铝箔,30000\n";
        check(text.as_bytes(), "UTF-8", text);
        check(&[b"\xEF\xBB\xBF", text.as_bytes()].concat(), "UTF-8", text);
        check(&GB18030.encode(text).0, "gb18030", text);
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&[b"\xFF\xFE", utf16.as_slice()].concat(), "UTF-16LE", text);
        let ascii = "name,amount\nfoil,3\n";
        let utf16: Vec<u8> = ascii.encode_utf16().flat_map(u16::to_be_bytes).collect();
        check(&utf16, "UTF-16BE", ascii);
        check(b"Name,Caf\xE9 de la Gare\nx,\xA3500\n", "windows-1252", "Name,Café de la Gare\nx,£500\n");
        check(b"Name,r\xE9sum\xE9s\n", "windows-1252", "Name,résumés\n");
    }

    #[test]
    fn long_texts_survive_the_cut_between_pieces() {
        let text = "铝".repeat(PIECE / 2) + "a" + &"箔".repeat(PIECE / 2);
        check(text.as_bytes(), "UTF-8", &text);
        check(&GB18030.encode(&text).0, "gb18030", &text);
    }

    #[test]
    fn a_record_beyond_its_budget_is_an_error() {
        let budget = Budget::new(100);
        let bytes = vec![b'a'; 1000];
        let mut decoding = Decoding::new(bytes.as_slice(), UTF_8, true, budget);
        let error = io::copy(&mut decoding, &mut io::sink()).unwrap_err();
        assert_eq!(error.to_string(), RECORD_TOO_LONG);
    }
}
