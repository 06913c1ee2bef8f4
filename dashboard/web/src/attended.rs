//! Whoever comes is served first (来者优先): analysts' long statements are halted for a request's first moment.

use std::pin::pin;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use qunlian_queries::ATTENDED;

use crate::Shared;

/// Serves a request before long statements go on.
pub(crate) async fn first(State(desk): State<Shared>, request: Request, next: Next) -> Response {
    let attended = desk.app.sql.attend();
    let mut answer = pin!(next.run(request));
    if let Ok(answer) = tokio::time::timeout(ATTENDED, &mut answer).await {
        return answer;
    }
    drop(attended);
    answer.await
}
