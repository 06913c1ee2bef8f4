"""Answers statements with DuckDB over a folder of tables: one JSON line for each line of stdin.

Usage: duckdb_answers.py FOLDER < statements > answers. A statement is one line of JSON (a string)."""

import json
import math
import pathlib
import sys

import duckdb

folder = pathlib.Path(sys.argv[1])
listed = json.loads((folder / "tables.json").read_text())
connection = duckdb.connect()
connection.execute("set threads = 2")
for table in listed["tables"]:
    parts = [str(folder / table["name"] / f"part-{number}.parquet") for number in range(table["parts"])]
    if parts:
        names = ", ".join(f"'{part}'" for part in parts)
        connection.execute(f"create table {table['name']} as select * from read_parquet([{names}])")


def plain(value):
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return float(value) if hasattr(value, "as_tuple") else str(value)


for line in sys.stdin:
    try:
        rows = connection.execute(json.loads(line)).fetchall()
        answer = {"rows": [[plain(value) for value in row] for row in rows]}
    except Exception as error:  # the engine's refusal is its answer
        answer = {"error": str(error)}
    print(json.dumps(answer, ensure_ascii=False), flush=True)
