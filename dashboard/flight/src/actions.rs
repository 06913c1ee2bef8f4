//! Actions (动作): statements prepared and given back, answers stopped; everything that would change anything is refused.

use std::sync::Arc;

use arrow_flight::sql::{
    ActionCancelQueryRequest, ActionCancelQueryResult, ActionClosePreparedStatementRequest, ActionCreatePreparedStatementRequest,
    ActionCreatePreparedStatementResult, Any, Command, ProstMessageExt,
};
use arrow_flight::{Action, ActionType, CancelFlightInfoRequest, CancelFlightInfoResult, CancelStatus, FlightInfo, Result};
use bytes::Bytes;
use prost::Message;
use tonic::Status;

use crate::columns::{message, parameters};
use crate::door::Door;
use crate::fault;
use crate::guard::Reader;
use crate::handle::Handle;
use crate::service::command;
use crate::statement::marked;

const PREPARE: &str = "CreatePreparedStatement";
const CLOSE: &str = "ClosePreparedStatement";
const CANCEL: &str = "CancelFlightInfo";
/// The older name of the same.
const CANCEL_QUERY: &str = "CancelQuery";

/// What may be done.
pub(crate) fn offered() -> Vec<ActionType> {
    let offered = [
        (PREPARE, "预备一条查询语句"),
        (CLOSE, "关闭预备语句（服务器不保存任何状态）"),
        (CANCEL, "停止正在读取的结果"),
        (CANCEL_QUERY, "停止正在读取的结果（旧名称）"),
    ];
    offered.map(|(name, words)| ActionType { r#type: name.to_owned(), description: words.to_owned() }).to_vec()
}

/// Does one.
///
/// # Errors
/// It is none of [`offered`], or cannot be read, or the statement to prepare is wrong.
pub(crate) async fn act(door: &Arc<Door>, reader: &Reader, action: Action) -> std::result::Result<Vec<Result>, Status> {
    match action.r#type.as_str() {
        PREPARE => prepare(door, reader, unpacked(&action.body)?).await.map(|prepared| vec![packed(&prepared)]),
        CLOSE => unpacked::<ActionClosePreparedStatementRequest>(&action.body).map(|_| Vec::new()),
        CANCEL => {
            let asked = CancelFlightInfoRequest::decode(action.body).map_err(|_| fault::unreadable("请求"))?;
            let status = cancel(door, reader, asked.info.as_ref())?;
            Ok(vec![Result { body: CancelFlightInfoResult { status: status.into() }.encode_to_vec().into() }])
        }
        CANCEL_QUERY => {
            let asked: ActionCancelQueryRequest = unpacked(&action.body)?;
            let info = FlightInfo::decode(asked.info).map_err(|_| fault::unreadable("请求"))?;
            // The numbers are the same.
            let result = i32::from(cancel(door, reader, Some(&info))?);
            Ok(vec![packed(&ActionCancelQueryResult { result })])
        }
        "BeginTransaction" | "EndTransaction" => Err(fault::read_only("事务")),
        "BeginSavepoint" | "EndSavepoint" => Err(fault::read_only("保存点")),
        "CreatePreparedSubstraitPlan" => Err(fault::read_only("Substrait 计划")),
        "SetSessionOptions" | "GetSessionOptions" | "CloseSession" => Err(fault::read_only("会话选项")),
        _ => Err(fault::read_only("此操作")),
    }
}

async fn prepare(
    door: &Arc<Door>,
    reader: &Reader,
    asked: ActionCreatePreparedStatementRequest,
) -> std::result::Result<ActionCreatePreparedStatementResult, Status> {
    if asked.transaction_id.is_some_and(|id| !id.is_empty()) {
        return Err(fault::read_only("事务"));
    }
    let handle = Handle::of(asked.query);
    let parameters = parameters(marked(&handle.sql)?.parameters);
    let schema = door.planned_without_values(reader, &handle).await?;
    let schema = schema.map_or(Ok(Bytes::new()), |schema| message(&schema))?;
    // With values the columns may have other types; without any they are as they are now.
    let known = if parameters.fields().is_empty() { schema.clone() } else { Bytes::new() };
    let handle = Handle { schema: known, ..handle };
    Ok(ActionCreatePreparedStatementResult {
        prepared_statement_handle: handle.bytes(),
        dataset_schema: schema,
        parameter_schema: message(&parameters)?,
    })
}

/// Stops the reader's own answers that were announced so; whoever has somebody else's ticket stops nothing.
fn cancel(door: &Door, reader: &Reader, info: Option<&FlightInfo>) -> std::result::Result<CancelStatus, Status> {
    let tickets = info.into_iter().flat_map(|info| &info.endpoint).filter_map(|endpoint| endpoint.ticket.as_ref());
    let mut stopped = false;
    for ticket in tickets.take(1) {
        let Command::TicketStatementQuery(ticket) = command(&ticket.ticket, "票据")? else { continue };
        let name = Handle::read(&ticket.statement_handle)?.ticket();
        for run in door.sql.runs(&reader.asker) {
            let is_meant = run.ticket == name && run.asker == reader.asker.name && ["waiting", "running"].contains(&run.state);
            stopped |= is_meant && door.sql.stop(&reader.asker, run.id);
        }
    }
    Ok(if stopped { CancelStatus::Cancelled } else { CancelStatus::NotCancellable })
}

fn unpacked<M: ProstMessageExt + Message + Default>(body: &Bytes) -> std::result::Result<M, Status> {
    let any = Any::decode(body.clone()).map_err(|_| fault::unreadable("请求"))?;
    any.unpack().ok().flatten().ok_or_else(|| fault::unreadable("请求"))
}

fn packed<M: ProstMessageExt>(message: &M) -> Result {
    Result { body: message.as_any().encode_to_vec().into() }
}
