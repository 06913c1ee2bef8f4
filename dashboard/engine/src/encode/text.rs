//! A table for the terminal: columns aligned by display width, numbers to the right.

use qunlian_domain::contract::ColumnType;
use qunlian_domain::figures;
use qunlian_queries::{Answer, Value};

use super::{display_width, heading};

const WIDEST: usize = 60;

/// The answer as lines of text, ending with the number of rows.
pub fn text_table(answer: &Answer) -> String {
    let heads: Vec<String> = answer.columns.iter().map(|column| cut(&heading(column))).collect();
    let body: Vec<Vec<String>> = answer.rows.iter().map(|row| row.iter().map(|cell| cut(&print(cell))).collect()).collect();
    let mut widths: Vec<usize> = heads.iter().map(|head| display_width(head)).collect();
    for row in &body {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(display_width(cell));
        }
    }
    let to_right: Vec<bool> = answer.columns.iter().map(|column| matches!(column.kind, ColumnType::Int | ColumnType::Decimal)).collect();
    let mut out = line(&heads, &widths, &to_right);
    let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
    out.push_str(rules.join("─┼─").trim_end());
    out.push('\n');
    for row in &body {
        out.push_str(&line(row, &widths, &to_right));
    }
    let more = if answer.truncated { "，其后还有未显示的行" } else { "" };
    out.push_str(&format!("（{} 行{more}；第{}代）\n", answer.rows.len(), answer.generation));
    out
}

fn line(cells: &[String], widths: &[usize], to_right: &[bool]) -> String {
    let mut out = String::new();
    for (at, ((cell, width), right)) in cells.iter().zip(widths).zip(to_right).enumerate() {
        if at > 0 {
            out.push_str(" │ ");
        }
        let space = " ".repeat(width.saturating_sub(display_width(cell)));
        if *right {
            out.push_str(&space);
            out.push_str(cell);
        } else {
            out.push_str(cell);
            out.push_str(&space);
        }
    }
    let mut out = out.trim_end().to_owned();
    out.push('\n');
    out
}

fn print(cell: &Value) -> String {
    match cell {
        Value::Null => "—".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => print_decimal(figures::round_half_up(*number, 4)),
        Value::Text(text) => text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
        Value::Date(day) => day.to_string(),
        Value::Bool(truth) => if *truth { "是" } else { "否" }.to_owned(),
    }
}

fn print_decimal(number: f64) -> String {
    if number.fract() == 0.0 { format!("{number:.1}") } else { number.to_string() }
}

fn cut(text: &str) -> String {
    if display_width(text) <= WIDEST {
        return text.to_owned();
    }
    let mut width = 0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            width += display_width(c.encode_utf8(&mut [0; 4]));
            width < WIDEST
        })
        .collect();
    format!("{kept}…")
}
