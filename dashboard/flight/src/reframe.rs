//! The workers' Arrow stream in frames of Flight (重新分帧): each message as it is, its values never decoded.

use arrow_flight::FlightData;
use arrow_ipc::root_as_message;
use bytes::Bytes;

/// What stands before each message of the stream's format.
const MARK: [u8; 4] = [0xff; 4];

/// The messages of one part; parts hold whole messages. The end mark gives none.
///
/// # Errors
/// The stream is broken, in words.
pub(crate) fn frames(part: Vec<u8>) -> Result<Vec<FlightData>, String> {
    let mut rest = Bytes::from(part);
    let mut frames = Vec::new();
    while !rest.is_empty() {
        if taken(&mut rest, MARK.len())?[..] != MARK {
            return Err("a message of the answer begins without its mark".to_owned());
        }
        let length = taken(&mut rest, 4)?;
        let length = length.iter().rev().fold(0usize, |length, byte| (length << 8) | usize::from(*byte));
        if length == 0 {
            continue;
        }
        let header = taken(&mut rest, length)?;
        let message = root_as_message(&header).map_err(|fault| format!("a message of the answer cannot be read: {fault}"))?;
        let body = usize::try_from(message.bodyLength()).map_err(|_| "a message of the answer has a negative length".to_owned())?;
        let body = taken(&mut rest, body)?;
        frames.push(FlightData { data_header: header, data_body: body, ..FlightData::default() });
    }
    Ok(frames)
}

fn taken(rest: &mut Bytes, length: usize) -> Result<Bytes, String> {
    if rest.len() < length { Err("the answer ends within a message".to_owned()) } else { Ok(rest.split_to(length)) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{Int64Array, RecordBatch, StringArray};
    use arrow_flight::utils::flight_data_to_batches;
    use arrow_ipc::writer::StreamEncoder;

    use super::*;

    fn stream(batches: &[RecordBatch]) -> Vec<Vec<u8>> {
        let mut encoder = StreamEncoder::try_new(&batches[0].schema()).unwrap();
        let mut parts: Vec<Vec<u8>> = Vec::new();
        for batch in batches {
            parts.push(encoder.encode(batch).unwrap().iter().flat_map(|buffer| buffer.to_vec()).collect());
        }
        parts.push(encoder.finish().unwrap().iter().flat_map(|buffer| buffer.to_vec()).collect());
        parts
    }

    fn batch(numbers: &[i64]) -> RecordBatch {
        let texts: StringArray = numbers.iter().map(|number| (number % 2 == 0).then(|| format!("濉溪{number}"))).collect();
        let columns = [("n", Arc::new(Int64Array::from(numbers.to_vec())) as _, false), ("t", Arc::new(texts) as _, true)];
        RecordBatch::try_from_iter_with_nullable(columns).unwrap()
    }

    #[test]
    fn what_comes_out_is_what_went_in() {
        let batches = [batch(&[1, 2, 3]), batch(&[4]), batch(&[])];
        let framed: Vec<FlightData> = stream(&batches).into_iter().flat_map(|part| frames(part).unwrap()).collect();
        assert_eq!(framed.len(), 1 + 3, "the schema and the batches; the end mark is none");
        assert!(framed[0].data_body.is_empty());
        assert_eq!(flight_data_to_batches(&framed).unwrap(), batches);
    }

    #[test]
    fn a_broken_stream_is_said_to_be_broken() {
        let part = stream(&[batch(&[1, 2, 3])]).remove(0);
        assert!(frames(part.clone()).is_ok());
        for cut in [1, 5, 9, 100, part.len() - 1] {
            assert!(frames(part[..cut].to_vec()).unwrap_err().contains("ends within"), "{cut}");
        }
        assert!(frames(vec![0; 16]).unwrap_err().contains("mark"));
        let mut spoilt = part;
        spoilt[8..24].fill(0xfe);
        assert!(frames(spoilt).unwrap_err().contains("cannot be read"));
    }
}
