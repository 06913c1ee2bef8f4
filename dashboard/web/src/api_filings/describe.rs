//! What programs may call (接口说明): an OpenAPI document and a page to read, both made from the form's catalogue.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use qunlian_domain::filing::field::CLAIM_FIELDS;
use qunlian_domain::filing::{FieldEntry, FieldKind};
use qunlian_domain::project::stage_after;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::Shared;
use crate::api_statements;
use crate::fault::Fault;
use crate::pages::filings::page_of_interface;
use crate::visit::Visit;

#[derive(Serialize)]
struct InterfaceView {
    fields: Vec<FieldView>,
    example: String,
    carriers: Vec<(String, String)>,
}

#[derive(Serialize)]
struct FieldView {
    id: &'static str,
    title: String,
    kind: String,
    from: &'static str,
    required: &'static str,
    example: String,
}

/// `GET /api/openapi.json`
pub(crate) async fn document(State(desk): State<Shared>) -> Response {
    Json(openapi(&desk)).into_response()
}

/// `GET /api/filings`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    let city = &desk.app.rules.city;
    let stage_name = |order: usize| stage_at(order).1;
    let fields = project_fields(&desk)
        .map(|entry| FieldView {
            id: entry.id,
            title: entry.title.clone(),
            kind: kind_words(entry.kind),
            from: stage_name(entry.from),
            required: entry.required_from.map_or("", stage_name),
            example: entry.example.clone(),
        })
        .collect();
    let carriers = city.carriers.on(desk.today()).map(|carrier| (carrier.id.clone(), carrier.name.clone())).collect();
    let view = InterfaceView { fields, example: example(&desk), carriers };
    page_of_interface(&desk, &visit, visit.words().t("interface.title"), "api_filings.html", view).await
}

fn project_fields(desk: &Shared) -> impl Iterator<Item = &FieldEntry> {
    let of_claims = |entry: &&FieldEntry| CLAIM_FIELDS.iter().any(|(id, _)| *id == entry.id);
    desk.app.rules.city.filing.fields.iter().filter(move |entry| !of_claims(entry))
}

fn stage_at(order: usize) -> (&'static str, &'static str) {
    stage_after(order.checked_sub(1).and_then(|at| qunlian_domain::project::Milestone::ALL.get(at)).copied())
}

fn kind_words(kind: FieldKind) -> String {
    match kind {
        FieldKind::Text { most } => format!("文字，至多 {most} 字"),
        FieldKind::LongText { most } => format!("多行文字，至多 {most} 字"),
        FieldKind::Money => "金额，单位万元；也可写“12亿元”".to_owned(),
        FieldKind::Number { unit } => format!("数，单位{unit}，至多四位小数"),
        FieldKind::Day => "日期，如 2022-05-18".to_owned(),
        FieldKind::CreditCode => "18 位代码".to_owned(),
        FieldKind::Industry => "GB/T 4754-2017 代码或名称".to_owned(),
        FieldKind::Choice(choices) => choices.iter().map(|(id, name)| format!("{id} {name}")).collect::<Vec<_>>().join("、"),
        FieldKind::Chain => "产业链编号或名称".to_owned(),
        FieldKind::Segment => "环节编号或名称".to_owned(),
        FieldKind::Currency => "三位字母，如 USD".to_owned(),
        FieldKind::Phone => "手机号，或带区号的座机".to_owned(),
        FieldKind::Person => "姓名".to_owned(),
        FieldKind::Coordinates => "经度,纬度".to_owned(),
        FieldKind::Flag => "true 或 false".to_owned(),
    }
}

fn schema_of(entry: &FieldEntry) -> Value {
    let mut description = format!("{}：{}", entry.title, kind_words(entry.kind));
    if let Some(required) = entry.required_from {
        description.push_str(&format!("；自“{}”阶段起必填", stage_at(required).1));
    }
    let mut schema = match entry.kind {
        FieldKind::Flag => json!({"type": "boolean"}),
        FieldKind::Money | FieldKind::Number { .. } => json!({"type": ["number", "string"]}),
        FieldKind::Day => json!({"type": "string", "format": "date"}),
        FieldKind::Choice(choices) => json!({"type": "string", "enum": choices.iter().map(|(id, _)| *id).collect::<Vec<_>>()}),
        FieldKind::Text { most } | FieldKind::LongText { most } => json!({"type": "string", "maxLength": most}),
        _ => json!({"type": "string"}),
    };
    schema["description"] = Value::String(description);
    if !entry.example.is_empty() {
        schema["examples"] = json!([entry.example]);
    }
    schema
}

fn example(desk: &Shared) -> String {
    let carrier = desk.app.rules.city.carriers.on(desk.today()).next().map_or("", |carrier| carrier.id.as_str());
    let fields: Map<String, Value> = ["name", "content", "class", "investor", "agreed_yuan"]
        .into_iter()
        .filter_map(|id| desk.app.rules.city.filing.field(id))
        .map(|entry| (entry.id.to_owned(), Value::String(entry.example.clone())))
        .collect();
    let body = json!({"carrier": carrier, "stage": "negotiating", "submit": false, "fields": fields});
    serde_json::to_string_pretty(&body).unwrap_or_default()
}

fn openapi(desk: &Shared) -> Value {
    let mut document = filings_document(desk);
    if let Some(paths) = document["paths"].as_object_mut() {
        paths.extend(api_statements::paths());
    }
    document["components"]["schemas"]["StatementFailure"] = api_statements::failure_schema();
    document
}

fn filings_document(desk: &Shared) -> Value {
    let stages: Vec<&str> = (0..8).map(|order| stage_at(order).0).collect();
    let fields: Map<String, Value> = project_fields(desk).map(|entry| (entry.id.to_owned(), schema_of(entry))).collect();
    let of = |text: &str, schema: &str| json!({"description": text, "content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}}}});
    json!({
        "openapi": "3.1.0",
        "info": {"title": format!("群链 {}", desk.app.city.name), "version": env!("CARGO_PKG_VERSION")},
        "security": [{"token": []}],
        "paths": {
            "/api/filings": {"post": {
                "summary": "备案一个项目", "operationId": "fileProject",
                "parameters": [{"name": "Idempotency-Key", "in": "header", "required": false,
                    "description": "同一键重发不会重复备案", "schema": {"type": "string", "maxLength": 100}}],
                "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Filing"}}}},
                "responses": {"201": of("已备案", "Filed"), "200": of("该键已备案过", "Filed"), "403": {"description": "不是本载体单位"},
                    "401": {"description": "令牌无效或已过期"}, "409": {"description": "该键已用于另一份内容"}, "422": of("有错误，未备案", "Faults")},
            }},
            "/api/filings/{number}": {"get": {
                "summary": "各申报事项的办理状态", "operationId": "filingStatus",
                "parameters": [{"name": "number", "in": "path", "required": true, "schema": {"type": "string"}}],
                "responses": {"200": {"description": "状态"}, "404": {"description": "没有这个备案"}},
            }},
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "在“我的账号”中创建；备案须含 file 范围，取数须含 sql 范围"}},
            "schemas": {
                "Filing": {"type": "object", "additionalProperties": false, "required": ["carrier", "stage", "fields"], "properties": {
                    "carrier": {"type": "string"}, "stage": {"type": "string", "enum": stages}, "submit": {"type": "boolean", "default": true},
                    "fields": {"type": "object", "additionalProperties": false, "properties": fields},
                }},
                "Filed": {"type": "object", "properties": {"ok": {"const": true}, "number": {"type": "string"}, "claim": {"type": "integer"},
                    "state": {"type": "string"}, "again": {"type": "boolean"}}},
                "Faults": {"type": "object", "properties": {"ok": {"const": false}, "error": {"type": "string"}, "faults": {"type": "array",
                    "items": {"type": "object", "properties": {"field": {"type": "string"}, "problem": {"type": "string"},
                    "hint": {"type": "string"}}}}}},
            },
        },
    })
}
