//! Words of the filing interface's page (备案接口说明).

use super::Entry;

pub(super) const WORDS: &[Entry] = &[
    ("interface.title", "备案接口", "Filing interface"),
    (
        "interface.about",
        "供载体单位自己的系统直接备案。令牌在“我的账号”中创建，范围须含备案；每次调用都按填报表的规则校验，出错时逐栏说明。",
        "For carriers' own systems. Create a token with the scope file under your account; every call is checked by the form's rules and answered field by field.",
    ),
    ("interface.example", "示例", "Example"),
    (
        "interface.answers",
        "201 已备案并给出编号；422 有错误，逐栏列出，未备案；409 该幂等键已用于另一份内容；不提交的只存草稿。",
        "201 filed, with its number; 422 faults by field, nothing filed; 409 the Idempotency-Key stands for another content; submit false keeps a draft.",
    ),
    ("interface.fields", "字段", "Fields"),
    ("interface.field", "栏目与编号", "Field and id"),
    ("interface.kind", "内容", "Content"),
    ("interface.from", "何时填报", "Asked from"),
    ("interface.required", "何时必填", "Required from"),
    ("interface.sample", "示例", "Example"),
    ("interface.carriers", "载体单位编号", "Ids of carriers"),
];
