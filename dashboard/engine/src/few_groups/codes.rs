//! A key's values by number, in the order in which they are first seen.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringViewArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{ArrowNativeType, DataType};
use datafusion::common::{HashMap, ScalarValue};
use datafusion::error::Result;

/// Values of one key up to which they are few.
const FEW: usize = 4_096;
/// Bytes up to which a string view holds its text itself.
const INLINE: u32 = 12;

/// True for the types whose values can be told apart by up to 16 bytes, or by a text.
pub(super) fn has_codes(kind: &DataType) -> bool {
    kind.is_string()
        || kind.is_integer()
        || matches!(kind, DataType::Boolean | DataType::Date32 | DataType::Date64)
        || matches!(kind, DataType::Timestamp(..) | DataType::Time32(_) | DataType::Time64(_))
}

/// The numbers of one key's values.
#[derive(Debug, Default)]
pub(super) struct Codes {
    /// The values by number; a missing value has one too.
    values: Vec<ScalarValue>,
    missing: Option<u32>,
    /// By the bits of a value: short text, numbers, days.
    short: Table,
    /// By the bits of a view of longer text, which mean a place in one batch only.
    places: Table,
    long: HashMap<Box<str>, u32>,
}

impl Codes {
    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// The values by number, from `first` on; at least one.
    pub(super) fn values(&self, first: usize) -> Result<ArrayRef> {
        ScalarValue::iter_to_array(self.values[first..].iter().cloned())
    }

    /// Bytes in use.
    pub(super) fn size(&self) -> usize {
        let texts: usize = self.long.keys().map(|text| text.len() + size_of::<(Box<str>, u32)>()).sum();
        self.short.size() + self.places.size() + texts + self.values.iter().map(ScalarValue::size).sum::<usize>()
    }

    /// Writes the number of each row's value to `codes`. False when there are more than few values.
    pub(super) fn number(&mut self, rows: &ArrayRef, codes: &mut Vec<u32>) -> Result<bool> {
        codes.clear();
        match rows.data_type() {
            DataType::Utf8View => self.number_texts(rows, rows.as_string_view(), codes),
            // What expressions such as CASE make.
            DataType::Utf8 | DataType::LargeUtf8 => self.number_texts(rows, cast(rows, &DataType::Utf8View)?.as_string_view(), codes),
            DataType::Boolean => {
                let values = rows.as_boolean().values().clone();
                self.number_bits(rows, codes, |row| u128::from(values.value(row)))
            }
            kind => {
                let data = rows.to_data();
                let bytes = &data.buffers()[0];
                match kind.primitive_width() {
                    Some(1) => self.number_natives::<u8>(rows, bytes.typed_data(), codes),
                    Some(2) => self.number_natives::<u16>(rows, bytes.typed_data(), codes),
                    Some(4) => self.number_natives::<u32>(rows, bytes.typed_data(), codes),
                    _ => self.number_natives::<u64>(rows, bytes.typed_data(), codes),
                }
            }
        }
    }

    fn number_natives<T: ArrowNativeType + Into<u128>>(&mut self, rows: &ArrayRef, values: &[T], codes: &mut Vec<u32>) -> Result<bool> {
        self.number_bits(rows, codes, |row| values[row].into())
    }

    fn number_bits(&mut self, rows: &ArrayRef, codes: &mut Vec<u32>, bits: impl Fn(usize) -> u128) -> Result<bool> {
        self.number_rows(rows, codes, bits, |numbers, bits, row| numbers.short(bits, rows, row))
    }

    fn number_texts(&mut self, rows: &ArrayRef, texts: &StringViewArray, codes: &mut Vec<u32>) -> Result<bool> {
        self.places.clear();
        let views = texts.views();
        let code = |numbers: &mut Self, view: u128, row: usize| match length(view) {
            0..=INLINE => numbers.short(view, rows, row),
            _ => numbers.long(view, texts.value(row), rows, row),
        };
        self.number_rows(rows, codes, |row| views[row], code)
    }

    /// A row like the one before has its number: files are in an order, and the same values often follow one another.
    fn number_rows(
        &mut self,
        rows: &ArrayRef,
        codes: &mut Vec<u32>,
        bits: impl Fn(usize) -> u128,
        code_of: impl Fn(&mut Self, u128, usize) -> Result<u32>,
    ) -> Result<bool> {
        let nulls = rows.nulls().filter(|nulls| nulls.null_count() > 0);
        codes.reserve(rows.len());
        let mut before = (0, FREE);
        for row in 0..rows.len() {
            let code = if nulls.is_some_and(|nulls| nulls.is_null(row)) {
                self.missing(rows, row)?
            } else {
                let bits = bits(row);
                if before.1 == FREE || before.0 != bits {
                    before = (bits, code_of(self, bits, row)?);
                }
                before.1
            };
            codes.push(code);
        }
        Ok(self.are_few())
    }

    #[inline]
    fn short(&mut self, bits: u128, rows: &ArrayRef, row: usize) -> Result<u32> {
        if let Some(code) = self.short.get(bits) {
            return Ok(code);
        }
        let code = self.new_value(rows, row)?;
        self.short.put(bits, code);
        Ok(code)
    }

    fn long(&mut self, view: u128, text: &str, rows: &ArrayRef, row: usize) -> Result<u32> {
        if let Some(code) = self.places.get(view) {
            return Ok(code);
        }
        let code = match self.long.get(text) {
            Some(code) => *code,
            None => {
                let code = self.new_value(rows, row)?;
                self.long.insert(text.into(), code);
                code
            }
        };
        self.places.put(view, code);
        Ok(code)
    }

    fn missing(&mut self, rows: &ArrayRef, row: usize) -> Result<u32> {
        if let Some(code) = self.missing {
            return Ok(code);
        }
        let code = self.new_value(rows, row)?;
        self.missing = Some(code);
        Ok(code)
    }

    fn new_value(&mut self, rows: &ArrayRef, row: usize) -> Result<u32> {
        let code = self.values.len() as u32;
        self.values.push(ScalarValue::try_from_array(rows, row)?);
        Ok(code)
    }

    pub(super) fn are_few(&self) -> bool {
        self.values.len() <= FEW
    }
}

/// The length of a view's text in bytes: its lowest four.
fn length(view: u128) -> u32 {
    view as u32
}

/// Numbers by sixteen bytes: open addressing, at most a quarter full.
#[derive(Debug)]
struct Table {
    slots: Vec<(u128, u32)>,
    used: usize,
}

/// No number.
const FREE: u32 = u32::MAX;

impl Default for Table {
    fn default() -> Self {
        Self { slots: vec![(0, FREE); 64], used: 0 }
    }
}

impl Table {
    #[inline]
    fn get(&self, bits: u128) -> Option<u32> {
        let mut slot = self.home(bits);
        loop {
            let (here, code) = self.slots[slot];
            if code == FREE {
                return None;
            }
            if here == bits {
                return Some(code);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    fn put(&mut self, bits: u128, code: u32) {
        if (self.used + 1) * 4 > self.slots.len() {
            let doubled = vec![(0, FREE); self.slots.len() * 2];
            for (bits, code) in std::mem::replace(&mut self.slots, doubled) {
                if code != FREE {
                    self.place(bits, code);
                }
            }
        }
        self.place(bits, code);
        self.used += 1;
    }

    fn place(&mut self, bits: u128, code: u32) {
        let mut slot = self.home(bits);
        while self.slots[slot].1 != FREE {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = (bits, code);
    }

    /// Where to look first: bits of a product of products, which every bit of the value has a part in.
    #[inline]
    fn home(&self, bits: u128) -> usize {
        let mixed = (bits as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ ((bits >> 64) as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
        let mixed = (mixed ^ mixed >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) as usize & (self.slots.len() - 1)
    }

    fn clear(&mut self) {
        if self.used > 0 {
            *self = Self::default();
        }
    }

    fn size(&self) -> usize {
        self.slots.len() * size_of::<(u128, u32)>()
    }
}
