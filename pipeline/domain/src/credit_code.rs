//! Unified social credit codes (统一社会信用代码): reading, checking and composing them by GB 32100-2015.

use std::fmt;

/// The 31 characters of GB 32100-2015 in the order of their values; I, O, S, V and Z are not used.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of positions 1–17: powers of 3 modulo 31 (GB 32100-2015, annex A).
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// Weights of the eight body characters of an organisation code (GB 11714).
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
const LENGTH: usize = 18;

/// A credit code (统一社会信用代码) whose check digit holds: 18 upper-case ASCII characters.
///
/// Layout: registering authority (1), kind of body (1), division of the first registrar (6),
/// organisation code (8 + its own check digit), check digit (1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CreditCode([u8; LENGTH]);

/// What is wrong with a text offered as a credit code; positions count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreditCodeError {
    /// Not 18 characters after spaces and hyphens are taken out.
    #[error("credit code has {found} characters, not 18")]
    Length { found: usize },
    /// A character that GB 32100 does not use, or a letter where the division's digits stand.
    #[error("credit code has {found:?} at position {position}: {expected}")]
    Character { position: usize, found: char, expected: &'static str },
    /// The last character does not follow from the first seventeen.
    #[error("credit code ends in {found:?}, its check digit should be {expected:?}")]
    CheckDigit { expected: char, found: char },
}

impl CreditCode {
    /// Reads a code as people type it: full-width, lower-case, with spaces or hyphens.
    ///
    /// # Errors
    /// Names the first thing that is wrong: length, then characters from the left, then the check digit.
    pub fn parse(raw: &str) -> Result<Self, CreditCodeError> {
        let mut code = [0u8; LENGTH];
        let mut length = 0;
        let mut odd: Option<CreditCodeError> = None;
        for character in raw.chars().filter_map(fold) {
            if length < LENGTH {
                match accepted(length, character) {
                    Ok(byte) => {
                        if let Some(place) = code.get_mut(length) {
                            *place = byte;
                        }
                    }
                    Err(error) => odd = odd.or(Some(error)),
                }
            }
            length += 1;
        }
        if length != LENGTH {
            return Err(CreditCodeError::Length { found: length });
        }
        if let Some(error) = odd {
            return Err(error);
        }
        let expected = check_digit(&code);
        if code[LENGTH - 1] != expected {
            return Err(CreditCodeError::CheckDigit { expected: char::from(expected), found: char::from(code[LENGTH - 1]) });
        }
        Ok(Self(code))
    }

    /// Composes a code from its parts, computing the organisation code's check digit (GB 11714)
    /// and the final one (GB 32100).
    ///
    /// `authority` is the registering authority (9 = market regulation), `kind` the kind of body
    /// (1 = enterprise), `division` six digits, `organisation` the eight body characters.
    ///
    /// # Errors
    /// A part of the wrong length or with a character the standard does not use.
    pub fn from_parts(authority: char, kind: char, division: &str, organisation: &[u8; 8]) -> Result<Self, CreditCodeError> {
        let division_length = division.chars().count();
        if division_length != 6 {
            return Err(CreditCodeError::Length { found: LENGTH - 6 + division_length });
        }
        let characters = [authority, kind].into_iter().chain(division.chars()).chain(organisation.iter().map(|byte| char::from(*byte)));
        let mut code = [0u8; LENGTH];
        for (position, (slot, character)) in code.iter_mut().zip(characters).enumerate() {
            *slot = accepted(position, character)?;
        }
        code[16] = organisation_check_digit(organisation);
        code[17] = check_digit(&code);
        Ok(Self(code))
    }

    /// The code as text, 18 characters.
    pub fn as_str(&self) -> &str {
        text(&self.0)
    }

    /// Digits 3–8: the division (行政区划代码) of the first registrar, six digits. A hint about the
    /// place only: firms move, and bodies registered with the state carry 100000.
    pub fn division(&self) -> &str {
        text(&self.0[2..8])
    }

    /// Characters 9–17: the organisation code (组织机构代码), nine characters.
    pub fn organisation(&self) -> &str {
        text(&self.0[8..17])
    }

    /// Whether the organisation code's own check digit (GB 11714) holds. Codes given to sole
    /// traders often break it, so [`CreditCode::parse`] does not insist on it.
    pub fn organisation_check_holds(&self) -> bool {
        let mut body = [0u8; 8];
        body.copy_from_slice(&self.0[8..16]);
        organisation_check_digit(&body) == self.0[16]
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for CreditCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CreditCode({})", self.as_str())
    }
}

impl std::str::FromStr for CreditCode {
    type Err = CreditCodeError;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        Self::parse(raw)
    }
}

/// Full-width to half-width, lower to upper case; `None` for spaces, hyphens and invisible marks.
fn fold(character: char) -> Option<char> {
    let half = match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(char::REPLACEMENT_CHARACTER),
        other => other,
    };
    let ignored = half.is_whitespace() || matches!(half, '-' | '\u{200b}' | '\u{feff}' | '\'');
    (!ignored).then(|| half.to_ascii_uppercase())
}

fn accepted(index: usize, character: char) -> Result<u8, CreditCodeError> {
    let refuse = |expected| CreditCodeError::Character { position: index + 1, found: character, expected };
    if (2..8).contains(&index) && !character.is_ascii_digit() {
        return Err(refuse("positions 3 to 8 are digits"));
    }
    match u8::try_from(character) {
        Ok(byte) if value(byte).is_some() => Ok(byte),
        _ => Err(refuse("only digits and capital letters other than I, O, S, V, Z are used")),
    }
}

/// Value of each ASCII character by GB 32100-2015; 255 for those it does not use.
const VALUES: [u8; 128] = {
    let mut values = [u8::MAX; 128];
    let mut value = 0;
    while value < ALPHABET.len() {
        values[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    values
};

fn value(byte: u8) -> Option<u32> {
    let value = VALUES.get(usize::from(byte)).copied().filter(|value| *value != u8::MAX)?;
    Some(u32::from(value))
}

fn check_digit(code: &[u8; LENGTH]) -> u8 {
    let mut sum = 0;
    for (byte, weight) in code.iter().zip(WEIGHTS) {
        sum += value(*byte).unwrap_or(0) * weight;
    }
    let index = (31 - sum % 31) % 31;
    ALPHABET.get(index as usize).copied().unwrap_or(b'0')
}

fn organisation_check_digit(body: &[u8; 8]) -> u8 {
    let mut sum = 0;
    for (byte, weight) in body.iter().zip(ORGANISATION_WEIGHTS) {
        let value = match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            b'A'..=b'Z' => u32::from(byte - b'A') + 10,
            _ => 0,
        };
        sum += value * weight;
    }
    match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + u8::try_from(digit).unwrap_or(0),
    }
}

fn text(bytes: &[u8]) -> &str {
    // Only ASCII is ever stored, so the fallback cannot be reached.
    std::str::from_utf8(bytes).unwrap_or_default()
}
