//! Exit codes: 0 done, 1 failed, 2 usage or unreadable input. An error is printed once, here, on stderr.

use std::process::ExitCode;

/// An error that is the caller's to mend: exit code 2 instead of 1.
#[derive(Debug, thiserror::Error)]
#[error("{message}\nhint: {hint}")]
pub struct Unusable {
    pub message: String,
    pub hint: String,
}

impl Unusable {
    /// A message with what can be done about it.
    #[allow(clippy::new_ret_no_self, reason = "it is only ever raised")]
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
        Self { message: message.into(), hint: hint.into() }.into()
    }
}

/// The job was done, but some of its input was refused; everything has been said already.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Partly(pub String);

/// Prints an error and chooses the code.
pub fn code(result: anyhow::Result<()>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    if is_broken_pipe(&error) {
        return ExitCode::SUCCESS;
    }
    crate::terminal::say(&format!("qunlian: {error:#}"));
    let unusable = error.is::<Unusable>() || error.is::<Partly>();
    ExitCode::from(if unusable { 2 } else { 1 })
}

/// `qunlian sql … | head` is not a failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
