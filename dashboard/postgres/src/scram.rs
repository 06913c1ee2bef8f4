//! SCRAM-SHA-256 from the server's side (口令校验, RFC 5802 and 7677), without channel binding.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qunlian_registry::scram::{ScramKeys, hashed, keyed};

use crate::fault::Fault;

/// The one mechanism offered.
pub(crate) const MECHANISM: &str = "SCRAM-SHA-256";
/// Characters of a client's nonce.
const LONGEST_NONCE: usize = 256;

/// A login under way.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// `n,,` or `y,,`
    header: String,
    client_first: String,
    server_first: String,
    nonce: String,
}

impl Exchange {
    /// Reads the client's first words and answers them; `nonce` is ours, of printable characters without commas.
    pub(crate) fn begin(words: &[u8], nonce: &str, salt: &[u8], iterations: u32) -> Result<Self, Fault> {
        let words = std::str::from_utf8(words).map_err(|_| malformed())?;
        let header = ["n,,", "y,,"].into_iter().find(|header| words.starts_with(header)).ok_or_else(malformed)?;
        let client_first = &words[header.len()..];
        let mut parts = client_first.split(',');
        // The name here is not the account's: PostgreSQL takes that of the start-up message.
        let name = parts.next().filter(|part| part.starts_with("n="));
        let theirs = parts.next().and_then(|part| part.strip_prefix("r=")).filter(|part| (1..=LONGEST_NONCE).contains(&part.len()));
        let (Some(_), Some(theirs)) = (name, theirs) else { return Err(malformed()) };
        let nonce = format!("{theirs}{nonce}");
        let server_first = format!("r={nonce},s={},i={iterations}", STANDARD.encode(salt));
        Ok(Self { header: header.to_owned(), client_first: client_first.to_owned(), server_first, nonce })
    }

    /// The answer to the client's first words.
    pub(crate) fn challenge(&self) -> &str {
        &self.server_first
    }

    /// Tries the client's proof against each of some keys, all of them whatever the outcome; gives the place of the right
    /// ones and what proves us to the client.
    pub(crate) fn finish(&self, words: &[u8], keys: &[ScramKeys]) -> Result<Option<(usize, String)>, Fault> {
        let words = std::str::from_utf8(words).map_err(|_| malformed())?;
        let (without_proof, proof) = words.rsplit_once(",p=").ok_or_else(malformed)?;
        let expect = format!("c={},r={}", STANDARD.encode(&self.header), self.nonce);
        if without_proof != expect && !without_proof.starts_with(&format!("{expect},")) {
            return Err(malformed());
        }
        let proof = STANDARD.decode(proof).ok().filter(|proof| proof.len() == 32).ok_or_else(malformed)?;
        let said = format!("{},{},{without_proof}", self.client_first, self.server_first);
        let mut right = None;
        for (at, keys) in keys.iter().enumerate() {
            let mut client = keyed(&keys.stored, said.as_bytes());
            client.iter_mut().zip(&proof).for_each(|(byte, other)| *byte ^= other);
            let is_equal = hashed(&client).iter().zip(&keys.stored).fold(0, |odd, (one, other)| odd | (one ^ other)) == 0;
            if is_equal {
                right = Some((at, format!("v={}", STANDARD.encode(keyed(&keys.server, said.as_bytes())))));
            }
        }
        Ok(right)
    }
}

fn malformed() -> Fault {
    Fault::fatal("08P01", "SCRAM 消息格式不正确")
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7677 section 3.
    const CLIENT_FIRST: &str = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    const CLIENT_FINAL: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

    fn salt() -> Vec<u8> {
        STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap()
    }

    fn exchange() -> Exchange {
        Exchange::begin(CLIENT_FIRST.as_bytes(), "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", &salt(), 4096).unwrap()
    }

    #[test]
    fn the_example_of_the_standard_comes_out() {
        let exchange = exchange();
        assert_eq!(exchange.challenge(), "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        let (right, wrong) = (ScramKeys::of("pencil", &salt(), 4096), ScramKeys::of("pen", &salt(), 4096));
        let proved = exchange.finish(CLIENT_FINAL.as_bytes(), &[wrong, right]).unwrap();
        assert_eq!(proved, Some((1, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=".to_owned())));
        assert_eq!(exchange.finish(CLIENT_FINAL.as_bytes(), &[wrong]).unwrap(), None);
        assert_eq!(exchange.finish(CLIENT_FINAL.as_bytes(), &[]).unwrap(), None);
    }

    #[test]
    fn odd_words_are_refused() {
        for bad in ["", "p=tls-unique,,n=u,r=x", "n,,r=x", "n,,n=u,r=", "n,a=admin,n=u,r=x", "n,,n=u", "n,,m=ext,n=u,r=x"] {
            assert!(Exchange::begin(bad.as_bytes(), "n", &[0; 16], 4096).is_err(), "{bad}");
        }
        let keys = [ScramKeys::of("pencil", &salt(), 4096)];
        for bad in
            ["", "c=biws,r=other,p=AAAA", "p=x", CLIENT_FINAL.replace("c=biws", "c=eSws").as_str(), &CLIENT_FINAL[..CLIENT_FINAL.len() - 4]]
        {
            assert!(exchange().finish(bad.as_bytes(), &keys).is_err(), "{bad}");
        }
        // The client thought that we cannot bind channels, and says so.
        let polite = Exchange::begin(b"y,,n=,r=abc", "def", &salt(), 4096).unwrap();
        assert!(polite.challenge().starts_with("r=abcdef,s="));
    }
}
