//! An answer as a file while it comes.

use std::io::Read;

use qunlian_domain::figures::print_count;
use qunlian_engine::FileStream;
use qunlian_queries::{AskError, BoxFuture, FailureKind, Parts, SqlFailure};
use tokio::sync::mpsc::Receiver;

use crate::protocol::Frame;
use crate::pump::Said;

/// Bytes that are read at once from what is left of a file.
const CHUNK: usize = 64 << 10;

/// The bytes of an Arrow IPC stream as the worker gave them.
pub(crate) struct IpcParts(pub Receiver<Said>);

impl Parts for IpcParts {
    fn next(&mut self) -> BoxFuture<'_, Option<Result<Vec<u8>, SqlFailure>>> {
        Box::pin(async move {
            loop {
                match self.0.recv().await? {
                    Ok(Frame::Bytes(bytes)) => return Some(Ok(bytes)),
                    Ok(_) => {}
                    Err(failure) => return Some(Err(failure)),
                }
            }
        })
    }
}

/// Bytes of a file that is made from the stream.
pub(crate) struct FileParts {
    said: Receiver<Said>,
    state: State,
}

enum State {
    Coming(Box<FileStream>),
    Rest(Box<dyn Read + Send>),
    Over,
}

impl FileParts {
    pub(crate) fn new(said: Receiver<Said>, stream: FileStream) -> Self {
        Self { said, state: State::Coming(Box::new(stream)) }
    }

    async fn part(&mut self) -> Option<Result<Vec<u8>, SqlFailure>> {
        loop {
            match std::mem::replace(&mut self.state, State::Over) {
                State::Over => return None,
                State::Rest(rest) => match chunk(rest).await {
                    Ok((_, bytes)) if bytes.is_empty() => return None,
                    Ok((rest, bytes)) => {
                        self.state = State::Rest(rest);
                        return Some(Ok(bytes));
                    }
                    Err(failure) => return Some(Err(failure)),
                },
                State::Coming(stream) => match self.said.recv().await {
                    // The pump ends without a word only after its last frame.
                    None => return None,
                    Some(Err(failure)) => return Some(Err(failure)),
                    Some(Ok(Frame::Bytes(bytes))) => match pushed(stream, bytes).await {
                        Ok((stream, bytes)) => {
                            self.state = State::Coming(stream);
                            if !bytes.is_empty() {
                                return Some(Ok(bytes));
                            }
                        }
                        Err(failure) => return Some(Err(failure)),
                    },
                    Some(Ok(Frame::End(used))) => match finished(stream, used.truncated).await {
                        Ok(rest) => self.state = State::Rest(rest),
                        Err(failure) => return Some(Err(failure)),
                    },
                    Some(Ok(_)) => self.state = State::Coming(stream),
                },
            }
        }
    }
}

impl Parts for FileParts {
    fn next(&mut self) -> BoxFuture<'_, Option<Result<Vec<u8>, SqlFailure>>> {
        Box::pin(self.part())
    }
}

/// Writing rows is work for a thread that may be busy.
async fn work<T: Send + 'static>(work: impl FnOnce() -> Result<T, AskError> + Send + 'static) -> Result<T, SqlFailure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Err(AskError::TooManyRows { limit })) => Err(too_long(limit)),
        Ok(done) => done.map_err(|error| unwritten(&error)),
        Err(error) => Err(unwritten(&error)),
    }
}

async fn pushed(mut stream: Box<FileStream>, bytes: Vec<u8>) -> Result<(Box<FileStream>, Vec<u8>), SqlFailure> {
    work(move || stream.push(bytes).map(|bytes| (stream, bytes))).await
}

async fn finished(stream: Box<FileStream>, truncated: bool) -> Result<Box<dyn Read + Send>, SqlFailure> {
    work(move || stream.finish(truncated)).await
}

async fn chunk(mut rest: Box<dyn Read + Send>) -> Result<(Box<dyn Read + Send>, Vec<u8>), SqlFailure> {
    work(move || {
        let mut bytes = Vec::with_capacity(CHUNK);
        let read = rest.by_ref().take(CHUNK as u64).read_to_end(&mut bytes);
        read.map_err(|error| AskError::Engine(error.to_string()))?;
        Ok((rest, bytes))
    })
    .await
}

/// A worksheet is full.
fn too_long(limit: usize) -> SqlFailure {
    let error = format!("a worksheet holds {limit} rows under its heading, and there are more; take csv or parquet");
    let said = format!("结果超过 Excel 工作表的容量：表头之外至多 {} 行", print_count(limit as i64));
    SqlFailure::new(FailureKind::TooLarge, error, said, "请改为下载 CSV 或 Parquet，或增加筛选条件")
}

/// The file could not be written on.
pub(crate) fn unwritten(error: &dyn std::fmt::Display) -> SqlFailure {
    SqlFailure::new(
        FailureKind::Internal,
        format!("the file cannot be written: {error}"),
        "结果文件写出失败",
        "请重试；若持续出现，请联系管理员",
    )
}
