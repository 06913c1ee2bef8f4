"""What analysts do from Python: ADBC's Flight SQL driver into Arrow, pandas and polars. Prints one line per check."""
import datetime
import decimal
import gc
import sys

import adbc_driver_flightsql.dbapi as flight
import pandas
import polars
import pyarrow

port, user, token = sys.argv[1:4]
uri = f"grpc://127.0.0.1:{port}"
header = "adbc.flight.sql.authorization_header"


def said(what):
    print(what, flush=True)


def connected(**options):
    options = options or {header: f"Bearer {token}"}
    return flight.connect(uri, db_kwargs=options, autocommit=True)


def fails(kind, part, call):
    try:
        call()
    except kind as error:
        assert part in str(error), error
    else:
        raise AssertionError(f"it was to fail with {part}")


connection = connected()
with connection.cursor() as cursor:
    cursor.execute(
        "select cast(7 as bigint) as n, 1.5 as d, '濉溪' as t, cast('2022-05-31' as date) as day, true as b, null as z,"
        " cast('2022-05-31 10:00:00' as timestamp) as at, array_agg(v.x) as l, cast(1.25 as decimal(10, 2)) as m"
        " from (values (1), (2)) as v(x)"
    )
    table = cursor.fetch_arrow_table()
    row = table.to_pylist()[0]
    assert row["l"] == [1, 2] and row["z"] is None and row["m"] == decimal.Decimal("1.25"), row
    assert (row["n"], row["d"], row["t"], row["day"], row["b"]) == (7, 1.5, "濉溪", datetime.date(2022, 5, 31), True), row
    assert row["at"] == datetime.datetime(2022, 5, 31, 10), row
    kinds = [str(table.schema.field(name).type) for name in ("n", "d", "t", "day", "b")]
    assert kinds == ["int64", "double", "string", "date32[day]", "bool"], kinds
    cursor.execute("select * from projects limit 0")
    table = cursor.fetch_arrow_table()
    assert table.num_rows == 0 and "project_id" in table.column_names
    assert table.schema.field("project_id").metadata[b"title"].decode(), "titles come along"
    cursor.execute("explain select count(*) from projects")
    assert any("plan" in str(row) for row in cursor.fetchall())
said("arrow")

frame = pandas.read_sql("select scope, value from targets where year = 2022 and value is not null", connection)
assert len(frame) > 10 and frame["value"].sum() > 0
count = pandas.read_sql("select count(*) as n from projects", connection)["n"][0]
assert count > 100
said("pandas")

frame = polars.read_database("select carrier_id, count(*) as n from projects group by carrier_id", connection)
assert frame["n"].sum() == count and frame.schema["n"] == polars.Int64
said("polars")

with connection.cursor() as cursor:
    values = (41, "濉溪' or 1=1 --", datetime.date(2022, 5, 31), 1.5, True, None, decimal.Decimal("2.5"))
    cursor.execute("select ? + 1, ?, ?, ?, ?, ?, ? * 2, '?' -- ?", values)
    assert cursor.fetchone() == (42, "濉溪' or 1=1 --", datetime.date(2022, 5, 31), 1.5, True, None, 5.0, "?")
    counts = set()
    for year in (2021, 2022, 2022):
        cursor.execute("select count(*) from targets where year = $1 and known_from > $2", (year, datetime.date(2000, 1, 1)))
        counts.add(cursor.fetchone()[0])
    assert len(counts) == 2, counts
    cursor.adbc_prepare("select name from projects where project_id = ?")
    fails(flight.Error, "语句有 1 个参数", lambda: cursor.execute("select name from projects where project_id = ?"))
    schema = cursor.adbc_execute_schema("select value from targets")
    assert schema.field("value").type == pyarrow.int64()
said("prepared")

objects = connection.adbc_get_objects(depth="all").read_all().to_pylist()
tables = {
    (schema["db_schema_name"] or "", table["table_name"]): table
    for catalog in objects
    for schema in catalog["catalog_db_schemas"]
    for table in schema["db_schema_tables"]
}
assert ("", "projects") in tables and ("system", "queries") in tables, list(tables)
columns = {column["column_name"] for column in tables[("", "targets")]["table_columns"]}
assert {"year", "value"} <= columns, columns
schema = connection.adbc_get_table_schema("targets")
assert schema.field("value").type == pyarrow.int64() and schema.field("value").metadata[b"title"].decode() == "目标值"
with connection.cursor() as cursor:
    # What is listed can be asked, and gives the columns that were announced.
    for (schema, name), table in sorted(tables.items()):
        cursor.execute(f'select * from {schema + "." if schema else ""}"{name}" limit 1')
        answer = cursor.fetch_arrow_table()
        listed = connection.adbc_get_table_schema(name, db_schema_filter=schema or None)
        assert answer.schema.equals(listed), (name, answer.schema, listed)
assert connection.adbc_get_table_types() == ["SYSTEM TABLE", "TABLE"], connection.adbc_get_table_types()
assert connection.adbc_get_info()["vendor_name"] == "Qunlian"
said("catalogs")

with connection.cursor() as cursor:
    for sql, kind, part in [
        ("selec 1", "InvalidArgument", "syntax"),
        ("select (1", "InvalidArgument", "第 1 行第"),
        ("select nmae from projects", "NotFound", "第 1 行第 8 列"),
        ("select ?,\n ?, nmae from projects", "NotFound", "第 2 行第 5 列"),
        ("select 1 from project", "NotFound", "projects"),
        ("insert into projects values (1)", "InvalidArgument", "not_read_only"),
        ("select 1; drop table projects", "InvalidArgument", "not_one"),
        ("set datafusion.execution.batch_size = 1", "InvalidArgument", "not_read_only"),
        ("select * from '/etc/passwd'", "NotFound", "unknown_table"),
        ("select " + "1+" * 2000 + "1", "InvalidArgument", "too_large"),
        ("select '" + "x" * 70_000 + "'", "InvalidArgument", "too_large"),
        ("-- nothing", "InvalidArgument", "not_one"),
    ]:
        try:
            cursor.execute(sql, (1, 2) if "?" in sql else None)
        except flight.Error as error:
            assert kind in str(error) and part in str(error), (sql, error)
        else:
            raise AssertionError(sql)
    # Ends while it runs: the first batch may have left already.
    fails(flight.Error, "refused", lambda: (cursor.execute("select 1 / (project_id is null)::int from projects"), cursor.fetchall()))
said("faults")

with connection.cursor() as cursor:
    rows = pyarrow.record_batch([[1]], names=["a"])
    fails(flight.Error, "只读", lambda: cursor.adbc_ingest("mine", rows))
    fails(flight.Error, "", lambda: cursor.executemany("insert into projects values (?)", [(1,), (2,)]))
    fails(flight.Error, "一行", lambda: cursor.execute("select ?", pyarrow.record_batch([[1, 2]], names=["0"])))
fails(flight.Error, "", lambda: connection.adbc_connection.set_autocommit(False))
said("writes")

with connection.cursor() as cursor:
    cursor.execute("select a.day, b.holiday from calendar a cross join (select * from calendar limit 100) b")
    reader, rows = cursor.fetch_record_batch(), 0
    for batch in reader:
        assert batch.nbytes < 4 << 20
        rows += batch.num_rows
    cursor.execute("select count(*) * 100 from calendar")
    assert cursor.fetchone() == (rows,)
    # Wide rows: more bytes than one message of ADBC's may have are sent as several.
    cursor.execute(f"select '{'宽' * 800}' as wide from calendar a cross join (select * from calendar limit 100) b limit 25000")
    sizes = [batch.nbytes for batch in cursor.fetch_record_batch()]
    assert sum(sizes) >= 25_000 * 2_400 and max(sizes) < 4 << 20, (len(sizes), max(sizes))
    # Left before its end.
    cursor.execute("select a.day from calendar a cross join calendar b")
    next(iter(cursor.fetch_record_batch()))
said("streams")

for bad in ["0" * 64, "", "x" * 5000]:
    fails(flight.Error, "Unauthenticated", lambda: connected(**{header: f"Bearer {bad}"}).cursor().execute("select 1"))
fails(flight.Error, "令牌不正确", lambda: connected(**{"adbc.flight.sql.rpc.timeout_seconds.fetch": "60"}).cursor().execute("select 1"))
with connected(username=user, password=token) as named, named.cursor() as cursor:
    cursor.execute("select 40 + 2")
    assert cursor.fetchone() == (42,)
fails(flight.Error, "令牌不正确", lambda: connected(username="nobody", password=token))
said("login")
connection.close()

several = []
try:
    while len(several) < 30:
        several.append(connected())
        several[-1].cursor().execute("select 1")
except flight.Error as error:
    assert "连接数已满" in str(error), error
assert 10 <= len(several) <= 17, len(several)
for one in several:
    try:
        one.close()
    except (flight.Error, RuntimeError):
        pass
del several, one
gc.collect()
said("connections")

for _ in range(60):
    try:
        connected(**{header: "Bearer " + "1" * 64}).cursor().execute("select 1")
    except flight.Error as error:
        assert "Unauthenticated" in str(error) or "失败次数过多" in str(error), error
fails(flight.Error, "失败次数过多", lambda: connected().cursor().execute("select 1"))
said("tries")
