//! The calls (服务): each is taken apart to its command and handed to whoever does it; all else is refused in words.

use std::sync::Arc;

use arrow_flight::flight_service_server::FlightService;
use arrow_flight::sql::{Any, Command, ProstMessageExt, TicketStatementQuery};
use arrow_flight::{
    Action, ActionType, Criteria, Empty, FlightData, FlightDescriptor, FlightEndpoint, FlightInfo, HandshakeRequest, HandshakeResponse,
    PollInfo, PutResult, SchemaResult, Ticket,
};
use bytes::Bytes;
use futures::stream::{BoxStream, iter};
use prost::Message;
use tonic::{Code, Request, Response, Status, Streaming};

use crate::catalog;
use crate::columns::message;
use crate::door::Door;
use crate::fault;
use crate::guard::{Reader, Shown};
use crate::handle::Handle;
use crate::{actions, put};

/// The calls of a door.
pub(crate) struct Calls(pub Arc<Door>);

type Answer<T> = Result<Response<T>, Status>;
type Stream<T> = BoxStream<'static, Result<T, Status>>;

/// Whoever the guard let in. Without it nobody is.
fn reader<T>(request: &Request<T>) -> Result<Reader, Status> {
    let reader = request.extensions().get::<Reader>().cloned();
    reader.ok_or_else(|| fault::said(Code::Unauthenticated, "未登录", ""))
}

/// The command in a descriptor or ticket.
pub(crate) fn command(bytes: &[u8], what: &str) -> Result<Command, Status> {
    let any = Any::decode(bytes).map_err(|_| fault::unreadable(what))?;
    Command::try_from(any).map_err(|_| fault::unreadable(what))
}

/// Transactions are in name only everywhere, and here not even so.
fn no_transaction(id: Option<&Bytes>) -> Result<(), Status> {
    if id.is_some_and(|id| !id.is_empty()) { Err(fault::read_only("事务")) } else { Ok(()) }
}

/// An announced answer: its columns, and the statement to bring again for it.
enum Announced {
    Statement(Handle),
    /// What the catalogs tell.
    Told(Bytes),
}

impl Calls {
    async fn announced(&self, reader: &Reader, descriptor: &FlightDescriptor) -> Result<(Bytes, Announced), Status> {
        let handle = match command(&descriptor.cmd, "请求")? {
            Command::CommandStatementQuery(query) => {
                no_transaction(query.transaction_id.as_ref())?;
                Handle::of(query.query)
            }
            Command::CommandPreparedStatementQuery(prepared) => Handle::read(&prepared.prepared_statement_handle)?,
            command => {
                let schema = catalog::schema(&command).ok_or_else(|| refused(&command))?;
                return Ok((message(&schema)?, Announced::Told(descriptor.cmd.clone())));
            }
        };
        let handle = handle.named()?;
        self.0.require_values(&handle)?;
        let schema = match &handle.schema {
            known if !known.is_empty() => known.clone(),
            _ => self.0.planned(reader, &handle).await?.map_or(Ok(Bytes::new()), |schema| message(&schema))?,
        };
        Ok((schema, Announced::Statement(Handle { schema: Bytes::new(), ..handle })))
    }
}

fn refused(command: &Command) -> Status {
    match command {
        Command::CommandStatementUpdate(_) | Command::CommandPreparedStatementUpdate(_) => fault::read_only("写入语句"),
        Command::CommandStatementIngest(_) => fault::read_only("批量写入"),
        Command::CommandStatementSubstraitPlan(_) => fault::read_only("Substrait 计划"),
        Command::Unknown(_) => fault::unreadable("请求"),
        _ => fault::read_only("此操作"),
    }
}

#[tonic::async_trait]
impl FlightService for Calls {
    type HandshakeStream = Stream<HandshakeResponse>;
    type ListFlightsStream = Stream<FlightInfo>;
    type DoGetStream = Stream<FlightData>;
    type DoPutStream = Stream<PutResult>;
    type DoActionStream = Stream<arrow_flight::Result>;
    type ListActionsStream = Stream<ActionType>;
    type DoExchangeStream = Stream<FlightData>;

    /// For clients that log in with name and password: the password is the token, to be brought with every call.
    async fn handshake(&self, request: Request<Streaming<HandshakeRequest>>) -> Answer<Self::HandshakeStream> {
        reader(&request)?;
        let headers = request.metadata().clone().into_headers();
        let shown = Shown::of(&headers).ok_or_else(|| fault::said(Code::Unauthenticated, "未登录", ""))?;
        let line = format!("Bearer {}", shown.secret).parse().map_err(|_| fault::unreadable("令牌"))?;
        let payload = HandshakeResponse { payload: shown.secret.into_bytes().into(), ..HandshakeResponse::default() };
        let mut response = Response::new(Box::pin(iter([Ok(payload)])) as Self::HandshakeStream);
        response.metadata_mut().insert("authorization", line);
        Ok(response)
    }

    async fn get_flight_info(&self, request: Request<FlightDescriptor>) -> Answer<FlightInfo> {
        let reader = reader(&request)?;
        let descriptor = request.into_inner();
        let (schema, announced) = self.announced(&reader, &descriptor).await?;
        let ticket = match announced {
            Announced::Statement(handle) => TicketStatementQuery { statement_handle: handle.bytes() }.as_any().encode_to_vec().into(),
            Announced::Told(command) => command,
        };
        let endpoint = FlightEndpoint { ticket: Some(Ticket { ticket }), ..FlightEndpoint::default() };
        let info = FlightInfo { schema, ..FlightInfo::new().with_endpoint(endpoint).with_descriptor(descriptor).with_ordered(true) };
        Ok(Response::new(info))
    }

    async fn get_schema(&self, request: Request<FlightDescriptor>) -> Answer<SchemaResult> {
        let reader = reader(&request)?;
        let (schema, _) = self.announced(&reader, request.get_ref()).await?;
        if schema.is_empty() {
            return Err(fault::said(Code::Unimplemented, "执行前无法确定此语句的列类型", "请直接执行"));
        }
        Ok(Response::new(SchemaResult { schema }))
    }

    async fn do_get(&self, request: Request<Ticket>) -> Answer<Self::DoGetStream> {
        let reader = reader(&request)?;
        let handle = match command(&request.get_ref().ticket, "票据")? {
            Command::TicketStatementQuery(ticket) => Handle::read(&ticket.statement_handle)?,
            Command::CommandPreparedStatementQuery(prepared) => Handle::read(&prepared.prepared_statement_handle)?,
            command if catalog::schema(&command).is_some() => {
                let frames = catalog::frames(&self.0, &reader, command).await?;
                return Ok(Response::new(Box::pin(iter(frames.into_iter().map(Ok)))));
            }
            command => return Err(refused(&command)),
        };
        self.0.require_values(&handle)?;
        let (generation, frames) = self.0.run(&reader, &handle).await?;
        let mut response = Response::new(frames);
        response.metadata_mut().insert("qunlian-generation", generation.into());
        Ok(response)
    }

    async fn do_put(&self, request: Request<Streaming<FlightData>>) -> Answer<Self::DoPutStream> {
        reader(&request)?;
        let (first, rest) = put::first(request.into_inner()).await?;
        let descriptor = first.flight_descriptor.as_ref().ok_or_else(|| fault::unreadable("请求"))?;
        let prepared = match command(&descriptor.cmd, "请求")? {
            Command::CommandPreparedStatementQuery(prepared) => Handle::read(&prepared.prepared_statement_handle)?,
            command => return Err(refused(&command)),
        };
        let bound = put::bound(prepared, first, rest).await?;
        Ok(Response::new(Box::pin(iter([Ok(bound)]))))
    }

    async fn do_action(&self, request: Request<Action>) -> Answer<Self::DoActionStream> {
        let reader = reader(&request)?;
        let results = actions::act(&self.0, &reader, request.into_inner()).await?;
        Ok(Response::new(Box::pin(iter(results.into_iter().map(Ok)))))
    }

    async fn list_actions(&self, request: Request<Empty>) -> Answer<Self::ListActionsStream> {
        reader(&request)?;
        Ok(Response::new(Box::pin(iter(actions::offered().into_iter().map(Ok)))))
    }

    async fn list_flights(&self, request: Request<Criteria>) -> Answer<Self::ListFlightsStream> {
        reader(&request)?;
        Err(fault::said(Code::Unimplemented, "不支持列出数据流", "请以 SQL 查询；表见 GetTables 或 system.tables"))
    }

    async fn poll_flight_info(&self, request: Request<FlightDescriptor>) -> Answer<PollInfo> {
        reader(&request)?;
        Err(fault::said(Code::Unimplemented, "不支持轮询", "请用 GetFlightInfo"))
    }

    async fn do_exchange(&self, request: Request<Streaming<FlightData>>) -> Answer<Self::DoExchangeStream> {
        reader(&request)?;
        Err(fault::read_only("双向数据流"))
    }
}
