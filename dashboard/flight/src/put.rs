//! Values that come in (绑定参数): one row of a batch becomes part of the statement's handle, which the client brings again.

use arrow_array::RecordBatch;
use arrow_flight::sql::DoPutPreparedStatementResult;
use arrow_flight::utils::flight_data_to_batches;
use arrow_flight::{FlightData, PutResult};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use prost::Message;
use tonic::{Code, Status};

use crate::door::LONGEST;
use crate::fault;
use crate::handle::{Bound, Handle};
use crate::values;

/// Messages of one binding: a schema and some batches.
const MESSAGES: usize = 8;

/// The first message, which says what it is about, and what follows it.
///
/// # Errors
/// There is none, or the stream breaks.
pub(crate) async fn first<S>(mut stream: S) -> Result<(FlightData, S), Status>
where
    S: Stream<Item = Result<FlightData, Status>> + Unpin,
{
    match stream.next().await {
        Some(first) => Ok((first?, stream)),
        None => Err(fault::unreadable("请求")),
    }
}

/// Binds the row that was sent to the statement.
///
/// # Errors
/// More than one row, too many bytes, values of other types, or no Arrow batch at all.
pub(crate) async fn bound<S>(prepared: Handle, first: FlightData, rest: S) -> Result<PutResult, Status>
where
    S: Stream<Item = Result<FlightData, Status>> + Unpin,
{
    let messages = all(first, rest).await?;
    // What somebody else wrote is read on a thread of its own: whatever is wrong with it ends there.
    let read = tokio::task::spawn_blocking(move || flight_data_to_batches(&messages)).await;
    let batches = read.ok().and_then(Result::ok).ok_or_else(|| fault::unreadable("参数"))?;
    let handle = Handle { values: row(&batches)?, schema: Bytes::new(), ..prepared };
    if handle.bytes().len() > LONGEST / 2 {
        return Err(fault::said(Code::InvalidArgument, "参数取值过长", "请精简后重试"));
    }
    let result = DoPutPreparedStatementResult { prepared_statement_handle: Some(handle.bytes()) };
    Ok(PutResult { app_metadata: result.encode_to_vec().into() })
}

async fn all<S>(first: FlightData, mut rest: S) -> Result<Vec<FlightData>, Status>
where
    S: Stream<Item = Result<FlightData, Status>> + Unpin,
{
    let mut bytes = first.data_body.len() + first.data_header.len();
    let mut messages = vec![first];
    while let Some(message) = rest.next().await {
        let message = message?;
        bytes += message.data_body.len() + message.data_header.len();
        if bytes > LONGEST || messages.len() == MESSAGES {
            return Err(fault::said(Code::InvalidArgument, "参数过大", "一次只绑定一行取值"));
        }
        messages.push(message);
    }
    Ok(messages)
}

fn row(batches: &[RecordBatch]) -> Result<Vec<Bound>, Status> {
    let mut filled = batches.iter().filter(|batch| batch.num_rows() > 0);
    match (filled.next(), filled.next()) {
        (None, _) => Ok(Vec::new()),
        (Some(batch), None) if batch.num_rows() == 1 => {
            let values =
                values::of(batch).map_err(|words| fault::said(Code::InvalidArgument, &words, "支持整数、小数、文本、日期、时间、布尔"))?;
            Ok(values.into_iter().map(Bound::of).collect())
        }
        _ => Err(fault::said(Code::InvalidArgument, "一次只能绑定一行取值", "请逐行执行，或把取值写成 in (…)")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{Int64Array, StringArray};
    use arrow_flight::utils::batches_to_flight_data;
    use futures::stream::iter;
    use qunlian_queries::Value;

    use super::*;

    fn sent(rows: &[(i64, &str)]) -> Vec<FlightData> {
        let numbers: Int64Array = rows.iter().map(|(number, _)| *number).collect::<Vec<_>>().into();
        let texts: StringArray = rows.iter().map(|(_, text)| *text).collect::<Vec<_>>().into();
        let batch = RecordBatch::try_from_iter([("0", Arc::new(numbers) as _), ("1", Arc::new(texts) as _)]).unwrap();
        batches_to_flight_data(&batch.schema(), vec![batch]).unwrap()
    }

    async fn bind(messages: Vec<FlightData>) -> Result<Handle, Status> {
        let (first, rest) = first(iter(messages.into_iter().map(Ok))).await?;
        let put = bound(Handle::of("select ?, ?".to_owned()), first, rest).await?;
        let result = DoPutPreparedStatementResult::decode(put.app_metadata).unwrap();
        Handle::read(&result.prepared_statement_handle.unwrap())
    }

    #[tokio::test]
    async fn a_row_becomes_part_of_the_handle() {
        let handle = bind(sent(&[(7, "濉溪")])).await.unwrap();
        assert_eq!((handle.sql.as_str(), handle.values), ("select ?, ?", vec![Bound::of(Value::Int(7)), Bound::of("濉溪".into())]));
        assert!(bind(sent(&[])).await.unwrap().values.is_empty());
    }

    #[tokio::test]
    async fn what_is_no_single_row_is_refused() {
        let words = async |messages| bind(messages).await.unwrap_err().message().to_owned();
        assert!(words(sent(&[(1, "a"), (2, "b")])).await.contains("一行"));
        let long = "x".repeat(LONGEST / 2);
        assert!(words(sent(&[(1, &long)])).await.contains("过长"));
        let long = "x".repeat(LONGEST);
        assert!(words(sent(&[(1, &long)])).await.contains("过大"));
        let mut many = sent(&[(1, "a")]);
        many.extend(std::iter::repeat_n(many[1].clone(), MESSAGES));
        assert!(words(many).await.contains("过大"));
        assert!(words(Vec::new()).await.contains("无法读取"));
    }

    #[tokio::test]
    async fn broken_messages_are_refused() {
        let sound = sent(&[(7, "濉溪")]);
        assert!(bind(vec![FlightData::default()]).await.is_err());
        // Every byte of the batch's header turned round: it is refused or read as something else, and nothing worse.
        for at in 0..sound[1].data_header.len() {
            let mut spoilt = sound.clone();
            let mut header = spoilt[1].data_header.to_vec();
            header[at] ^= 0xff;
            spoilt[1].data_header = header.into();
            match bind(spoilt).await {
                Ok(handle) => assert!([0, 2].contains(&handle.values.len()), "{at}: {handle:?}"),
                Err(status) => assert!(status.message().contains("参数"), "{at}: {status}"),
            }
        }
        let mut cut = sound;
        cut[1].data_body = cut[1].data_body.slice(..8);
        assert!(bind(cut).await.is_err());
    }
}
