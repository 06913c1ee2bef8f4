//! Whoever comes is served first (来者优先): analysts' long statements are halted for a request's first moment.

use std::pin::pin;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::Shared;

/// Most pages are done by then. What is not asks the data itself, and a short statement has a turn that counts, too; what a long
/// statement's own asker waits for must not halt it.
const AT_MOST: Duration = Duration::from_millis(50);

/// Serves a request before long statements go on.
pub(crate) async fn first(State(desk): State<Shared>, request: Request, next: Next) -> Response {
    let attended = desk.app.sql.attend();
    let mut answer = pin!(next.run(request));
    if let Ok(answer) = tokio::time::timeout(AT_MOST, &mut answer).await {
        return answer;
    }
    drop(attended);
    answer.await
}
