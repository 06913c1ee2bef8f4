//! Statements by address as an OpenAPI document tells of them (取数接口说明): `/q.<format>` and `/q/<hash>.<format>`.

use qunlian_queries::FailureKind;
use serde_json::{Map, Value, json};

use crate::reader::EXPORTS;

/// The two addresses with their parameters, answers and refusals.
pub(crate) fn paths() -> Map<String, Value> {
    let sql = json!({"name": "sql", "in": "query", "required": true, "schema": {"type": "string", "maxLength": 65_536},
        "description": "一条 select、with、values 或 explain 语句；参数写作 $x、:x 或 {{x}}"});
    let hash = json!({"name": "hash", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
        "description": "已存查询的短名，见该查询的“取数地址”；自己的，或共享给自己角色的"});
    let one = |summary: &str, id: &str, own: Value, missing: Option<&str>| {
        let mut responses = responses();
        if let Some(missing) = missing {
            responses["404"] = json!({"description": missing});
        }
        json!({"get": {"summary": summary, "operationId": id, "parameters": parameters(&own), "responses": responses}})
    };
    let mut paths = Map::new();
    paths.insert("/q.{format}".to_owned(), one("运行一条语句并取全部结果", "runStatement", sql, None));
    let missing = Some("没有这个已存查询，或未共享给您的角色");
    paths.insert("/q/{hash}.{format}".to_owned(), one("运行一个已存查询并取全部结果", "runSavedStatement", hash, missing));
    paths
}

/// What a statement that gave no table answers with.
pub(crate) fn failure_schema() -> Value {
    json!({"type": "object", "required": ["ok", "kind", "error", "said", "hint"], "properties": {
        "ok": {"const": false},
        "kind": {"type": "string", "enum": FailureKind::ALL.map(FailureKind::id)},
        "error": {"type": "string", "description": "英文，供程序与日志"},
        "said": {"type": "string", "description": "中文"},
        "hint": {"type": "string"},
        "line": {"type": ["integer", "null"], "minimum": 1},
        "column": {"type": ["integer", "null"], "minimum": 1},
        "retry_after": {"type": ["integer", "null"], "description": "秒"},
    }})
}

fn parameters(own: &Value) -> Value {
    let formats: Vec<&str> = EXPORTS.iter().map(|format| format.suffix()).collect();
    json!([
        own,
        {"name": "format", "in": "path", "required": true, "schema": {"type": "string", "enum": formats}},
        {"name": "as_of", "in": "query", "required": false, "schema": {"type": "string", "format": "date"},
            "description": "各表只留当日已知且有效的行"},
        {"name": "values", "in": "query", "required": false, "style": "form", "explode": true,
            "description": "参数取值写作 p.名称=值，如 p.year=2022，只绑定、不拼入语句；类型写作 t.名称=类型，如 t.year=int，不写按文本",
            "schema": {"type": "object", "additionalProperties": false, "patternProperties": {
                "^p\\.": {"type": "string"}, "^t\\.": {"enum": ["text", "int", "decimal", "date"]}}}},
        {"name": "If-None-Match", "in": "header", "required": false, "schema": {"type": "string"},
            "description": "上次的 ETag；数据代次与语句均未变时答 304"},
    ])
}

fn responses() -> Value {
    let file = json!({"type": "string", "format": "binary"});
    let content: Map<String, Value> =
        EXPORTS.iter().map(|format| (format.media_type().split(';').next().unwrap_or("").to_owned(), json!({ "schema": file }))).collect();
    let failed = |text: &str| json!({"description": text, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/StatementFailure"}}}});
    let mut busy = failed("查询较多，稍后重试");
    busy["headers"] = json!({"Retry-After": {"schema": {"type": "integer"}, "description": "秒"}});
    json!({
        "200": {"description": "全部行，边算边传；传输中断即结果不全", "content": content, "headers": {
            "ETag": {"schema": {"type": "string"}, "description": "以 g 加数据代次开头；结果会自行变化的语句没有"}}},
        "304": {"description": "与 If-None-Match 相同，没有重新运行"},
        "400": failed("语句或参数有误，附行、列与改法"),
        "401": {"description": "令牌无效或已过期"},
        "403": {"description": "没有自助查询权限，或令牌不含 sql 范围"},
        "409": failed("被提问人或管理员停止"),
        "422": failed("超出内存，或结果超出该格式的限度"),
        "429": busy,
        "503": failed("尚无数据，或该代数据已不再保存"),
        "504": failed("超过时限"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_failure_is_told_with_its_status() {
        let told = responses();
        for kind in FailureKind::ALL.into_iter().filter(|kind| *kind != FailureKind::Internal) {
            let status = crate::pages::sql::failed::status(kind).as_u16().to_string();
            assert!(told[&status].is_object(), "{} is answered with {status}", kind.id());
        }
    }
}
