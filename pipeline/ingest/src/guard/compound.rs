//! Compound files (OLE2, the container of .xls): the directory and one stream, read within the file's own size.

use std::io::{Read, Seek, SeekFrom};

use crate::limits::Limits;
use crate::refusal::Refusal;

/// Sector numbers from here on are marks, not sectors.
const MARKS: u32 = 0xFFFF_FFFA;
const HEADER: usize = 512;
const ENTRY: usize = 128;
/// Streams below this size lie in the mini stream.
const MINI_BELOW: u64 = 4096;
const MINI_SECTOR: usize = 64;

/// A compound file held in memory; at most as large as the limits allow a file to be.
pub struct Compound {
    bytes: Vec<u8>,
    sector: usize,
    fat: Vec<u32>,
    entries: Vec<Entry>,
    mini_fat_start: u32,
}

struct Entry {
    name: String,
    start: u32,
    size: u64,
}

impl Compound {
    /// Reads the header, the allocation table and the directory.
    pub fn open<F: Read + Seek>(file: &mut F, limits: &Limits) -> Result<Self, Refusal> {
        // calamine keeps the container in memory too; 256 MiB of .xls is four times what Excel ever wrote.
        let allowed = limits.file_bytes.min(256 << 20);
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.take(allowed + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > allowed {
            return Err(Refusal::TooLarge { limit: "bytes", found: bytes.len() as u64, allowed });
        }
        if bytes.len() < HEADER {
            return Err(Refusal::Truncated { detail: format!("a compound file of {} bytes", bytes.len()) });
        }
        let sector = match u16_at(&bytes, 30) {
            9 => 512,
            12 => 4096,
            other => return Err(Refusal::Damaged { detail: format!("sector shift {other}") }),
        };
        let mut compound = Self { mini_fat_start: u32_at(&bytes, 60), bytes, sector, fat: Vec::new(), entries: Vec::new() };
        compound.read_fat()?;
        let directory = compound.chain(u32_at(&compound.bytes, 48), u64::MAX)?;
        compound.entries = directory.chunks_exact(ENTRY).map(entry).collect();
        Ok(compound)
    }

    /// True when the directory lists a stream or storage of this name, in any case.
    pub fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// The bytes of a stream.
    pub fn stream(&self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(found) = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name)) else {
            return Ok(None);
        };
        if found.size >= MINI_BELOW {
            return self.chain(found.start, found.size).map(Some);
        }
        let Some(root) = self.entries.first() else { return Ok(None) };
        let mini = self.chain(root.start, root.size)?;
        let table: Vec<u32> = words(&self.chain(self.mini_fat_start, u64::MAX)?);
        let mut out = Vec::new();
        let mut at = found.start;
        while at < MARKS && (out.len() as u64) < found.size && out.len() <= mini.len() {
            let from = at as usize * MINI_SECTOR;
            out.extend_from_slice(mini.get(from..(from + MINI_SECTOR).min(mini.len())).unwrap_or(&[]));
            at = table.get(at as usize).copied().unwrap_or(u32::MAX);
        }
        out.truncate(found.size as usize);
        Ok(Some(out))
    }

    fn read_fat(&mut self) -> Result<(), Refusal> {
        let mut tables: Vec<u32> = words(&self.bytes[76..HEADER]);
        let mut more = u32_at(&self.bytes, 68);
        let most = self.bytes.len() / self.sector + 1;
        for _ in 0..most {
            if more >= MARKS {
                break;
            }
            let mut next = words(self.sector_at(more)?);
            more = next.pop().unwrap_or(u32::MAX);
            tables.extend(next);
        }
        for table in tables.into_iter().filter(|table| *table < MARKS) {
            if self.fat.len() > most + self.sector {
                break;
            }
            let entries = words(self.sector_at(table)?);
            self.fat.extend(entries);
        }
        Ok(())
    }

    /// Follows a chain of sectors; a loop ends when it has given more than the file holds.
    fn chain(&self, start: u32, size: u64) -> Result<Vec<u8>, Refusal> {
        let mut out = Vec::new();
        let mut at = start;
        while at < MARKS && (out.len() as u64) < size {
            if out.len() > self.bytes.len() {
                return Err(Refusal::Damaged { detail: "a chain of sectors runs in a circle".into() });
            }
            out.extend_from_slice(self.sector_at(at)?);
            at = self.fat.get(at as usize).copied().unwrap_or(u32::MAX);
        }
        out.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Ok(out)
    }

    fn sector_at(&self, number: u32) -> Result<&[u8], Refusal> {
        let from = (number as usize + 1).saturating_mul(self.sector);
        let end = (from + self.sector).min(self.bytes.len());
        match self.bytes.get(from..end) {
            Some(bytes) if !bytes.is_empty() => Ok(bytes),
            _ => Err(Refusal::Truncated { detail: format!("sector {number} lies behind the end of the file") }),
        }
    }
}

fn entry(bytes: &[u8]) -> Entry {
    let units: Vec<u16> =
        bytes[..64].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).take_while(|unit| *unit != 0).collect();
    Entry { name: String::from_utf16_lossy(&units), start: u32_at(bytes, 116), size: u64::from(u32_at(bytes, 120)) }
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect()
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |pair| u16::from_le_bytes([pair[0], pair[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
}
