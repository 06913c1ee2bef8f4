//! What clients say (客户端消息), read out of whole frames: whatever the bytes are, they are read or refused.
//!
//! pgwire's own decoders read past the end of a short frame and into the next one, so only its answers are used.

use std::collections::BTreeMap;

use crate::fault::Fault;

/// Values of one statement, at most.
const MOST_PARAMETERS: usize = 1_000;

/// The first thing on a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum First {
    Tls,
    Gss,
    Cancel { pid: i32, secret: Vec<u8> },
    Startup { minor: u16, params: BTreeMap<String, String> },
}

/// Everything after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Message {
    Query(String),
    Parse {
        name: String,
        sql: String,
        types: Vec<u32>,
    },
    Bind(Bind),
    Describe(Target),
    Execute {
        portal: String,
        most: usize,
    },
    Close(Target),
    Flush,
    Sync,
    Terminate,
    /// Any step of the login.
    Password(Vec<u8>),
    /// Rows for a COPY that was never begun.
    Copy,
}

/// Values for a prepared statement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Bind {
    pub portal: String,
    pub statement: String,
    /// 0 text, 1 binary: none for all text, one for all, or one each.
    pub formats: Vec<i16>,
    pub values: Vec<Option<Vec<u8>>>,
    pub results: Vec<i16>,
}

/// A prepared statement or a portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Statement(String),
    Portal(String),
}

/// Reads the body of a first frame, without its length.
pub(crate) fn first(body: &[u8]) -> Result<First, Fault> {
    let mut bytes = Reader(body);
    match (bytes.u16()?, bytes.u16()?) {
        (1234, 5679) => bytes.end(First::Tls),
        (1234, 5680) => bytes.end(First::Gss),
        (1234, 5678) => Ok(First::Cancel { pid: bytes.i32()?, secret: bytes.0.to_vec() }),
        (3, minor) => {
            let mut params = BTreeMap::new();
            loop {
                let name = bytes.text()?;
                if name.is_empty() {
                    return bytes.end(First::Startup { minor, params });
                }
                params.insert(name, bytes.text()?);
            }
        }
        (major, _) => Err(Fault::fatal("0A000", format!("不支持协议版本 {major}"))),
    }
}

/// Reads the body of a frame, without its type and length.
pub(crate) fn message(kind: u8, body: &[u8]) -> Result<Message, Fault> {
    let mut bytes = Reader(body);
    let message = match kind {
        b'Q' => Message::Query(bytes.text()?),
        b'P' => Message::Parse { name: bytes.text()?, sql: bytes.text()?, types: bytes.list(Reader::u32)? },
        b'B' => {
            let (portal, statement) = (bytes.text()?, bytes.text()?);
            let formats = bytes.list(Reader::i16)?;
            let values = bytes.list(Reader::value)?;
            Message::Bind(Bind { portal, statement, formats, values, results: bytes.list(Reader::i16)? })
        }
        b'D' => Message::Describe(bytes.target()?),
        b'C' => Message::Close(bytes.target()?),
        b'E' => Message::Execute { portal: bytes.text()?, most: usize::try_from(bytes.i32()?).unwrap_or(0) },
        b'H' => Message::Flush,
        b'S' => Message::Sync,
        b'X' => Message::Terminate,
        b'p' => Message::Password(std::mem::take(&mut bytes.0).to_vec()),
        b'd' | b'c' | b'f' => {
            bytes.0 = &[];
            Message::Copy
        }
        _ => return Err(malformed()),
    };
    bytes.end(message)
}

/// The mechanism and the first words of a SASL login.
pub(crate) fn sasl_first(body: &[u8]) -> Result<(String, Vec<u8>), Fault> {
    let mut bytes = Reader(body);
    let mechanism = bytes.text()?;
    let words = bytes.value()?.unwrap_or_default();
    bytes.end((mechanism, words))
}

fn malformed() -> Fault {
    Fault::fatal("08P01", "客户端消息格式不正确")
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        self.bytes(N)?.try_into().map_err(|_| malformed())
    }

    fn u16(&mut self) -> Result<u16, Fault> {
        self.array().map(u16::from_be_bytes)
    }

    fn i16(&mut self) -> Result<i16, Fault> {
        self.array().map(i16::from_be_bytes)
    }

    fn u32(&mut self) -> Result<u32, Fault> {
        self.array().map(u32::from_be_bytes)
    }

    fn i32(&mut self) -> Result<i32, Fault> {
        self.array().map(i32::from_be_bytes)
    }

    /// Up to the next zero byte.
    fn text(&mut self) -> Result<String, Fault> {
        let length = self.0.iter().position(|byte| *byte == 0).ok_or_else(malformed)?;
        let text = std::str::from_utf8(self.bytes(length)?).map_err(|_| Fault::fatal("22021", "文字不是 UTF-8 编码"))?.to_owned();
        self.bytes(1)?;
        Ok(text)
    }

    fn value(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        match usize::try_from(self.i32()?) {
            Ok(length) => Ok(Some(self.bytes(length)?.to_vec())),
            Err(_) => Ok(None),
        }
    }

    fn list<T>(&mut self, one: fn(&mut Self) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
        let count = usize::from(self.u16()?);
        if count > MOST_PARAMETERS {
            return Err(Fault::error("54000", format!("参数或列过多：{count}，最多 {MOST_PARAMETERS}")));
        }
        (0..count).map(|_| one(self)).collect()
    }

    fn target(&mut self) -> Result<Target, Fault> {
        match self.bytes(1)? {
            b"S" => Ok(Target::Statement(self.text()?)),
            b"P" => Ok(Target::Portal(self.text()?)),
            _ => Err(malformed()),
        }
    }

    fn end<T>(self, whole: T) -> Result<T, Fault> {
        if self.0.is_empty() { Ok(whole) } else { Err(malformed()) }
    }
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use pgwire::messages::extendedquery::{Bind as TheirBind, Describe, Execute, Parse};
    use pgwire::messages::simplequery::Query;

    use super::*;

    /// What another implementation writes, without type and length.
    fn written(message: &impl pgwire::messages::Message) -> (u8, Vec<u8>) {
        let mut bytes = BytesMut::new();
        message.encode(&mut bytes).unwrap();
        (bytes[0], bytes[5..].to_vec())
    }

    #[test]
    fn what_another_implementation_writes_is_read() {
        let check = |(kind, body): (u8, Vec<u8>), expect: Message| {
            assert_eq!(message(kind, &body).unwrap(), expect);
            // No prefix of it is taken for whole, and nothing may follow.
            for end in 0..body.len() {
                assert!(message(kind, &body[..end]).is_err(), "{expect:?} cut at {end}");
            }
            assert!(message(kind, &[&body[..], b"x"].concat()).is_err(), "{expect:?}");
        };
        check(written(&Query::new("select 1".into())), Message::Query("select 1".into()));
        let parse = Parse::new(Some("s".into()), "select $1".into(), vec![20]);
        check(written(&parse), Message::Parse { name: "s".into(), sql: "select $1".into(), types: vec![20] });
        let bind = TheirBind::new(None, Some("s".into()), vec![1], vec![Some(vec![0, 7].into()), None], vec![0, 1]);
        let expect = Bind {
            portal: String::new(),
            statement: "s".into(),
            formats: vec![1],
            values: vec![Some(vec![0, 7]), None],
            results: vec![0, 1],
        };
        check(written(&bind), Message::Bind(expect));
        check(written(&Describe::new(b'S', Some("s".into()))), Message::Describe(Target::Statement("s".into())));
        check(written(&Execute::new(Some("p".into()), 50)), Message::Execute { portal: "p".into(), most: 50 });
    }

    #[test]
    fn odd_bytes_are_refused() {
        for kind in 0..=255u8 {
            for body in [&b""[..], b"\0", b"\xff\xff\xff\xff\xff\xff\xff\xff", b"a\0b\0\x7f\xff\x7f\xff", b"\0\0\0\0\0\x01\x7f\xff\xff\xff"]
            {
                let _ = message(kind, body);
                let _ = first(body);
                let _ = sasl_first(body);
            }
        }
        assert!(message(b'Q', b"\xff\xfe\0").is_err(), "no UTF-8");
        assert!(message(b'B', b"\0\0\x00\x00\xff\xff").is_err(), "65535 values");
        assert!(message(b'z', b"").is_err());
        assert!(message(b'D', b"Xs\0").is_err());
    }

    #[test]
    fn first_words_are_read() {
        assert_eq!(first(&[0x04, 0xd2, 0x16, 0x2f]).unwrap(), First::Tls);
        assert_eq!(first(&[0x04, 0xd2, 0x16, 0x30]).unwrap(), First::Gss);
        let cancel = [&[0x04, 0xd2, 0x16, 0x2e, 0, 0, 0, 9][..], &[1, 2, 3, 4]].concat();
        assert_eq!(first(&cancel).unwrap(), First::Cancel { pid: 9, secret: vec![1, 2, 3, 4] });
        let params = BTreeMap::from([("user".to_owned(), "fenxi".to_owned())]);
        assert_eq!(first(b"\0\x03\0\0user\0fenxi\0\0").unwrap(), First::Startup { minor: 0, params });
        assert!(first(b"\0\x02\0\0user\0fenxi\0\0").is_err(), "protocol 2");
        assert!(first(b"\0\x03\0\0user\0fenxi").is_err());
    }
}
