"""What analysts do from Python: psycopg 3 and SQLAlchemy 2 against the PostgreSQL door. Prints one line per check."""
import datetime
import decimal
import sys

import psycopg
import sqlalchemy as sa

port, user, token = sys.argv[1:4]
line = f"host=127.0.0.1 port={port} dbname=qunlian user={user}"


def said(what):
    print(what, flush=True)


with psycopg.connect(line, password=token, autocommit=True) as connection:
    row = connection.execute(
        "select %s + 1, %s, %s, %s, %s, %s",
        (41, "濉溪' or 1=1 --", datetime.date(2022, 5, 31), 1.5, True, None),
    ).fetchone()
    assert row == (42, "濉溪' or 1=1 --", datetime.date(2022, 5, 31), 1.5, True, None), row
    with connection.cursor(binary=True) as cursor:
        row = cursor.execute("select 7, cast('2022-05-31' as date), 'a', 0.25, false where %b = 3", (3,)).fetchone()
        assert row == (7, datetime.date(2022, 5, 31), "a", 0.25, False), row
    moment = datetime.datetime(2022, 5, 1)
    for binary in (False, True):
        with connection.cursor(binary=binary) as cursor:
            times = "select date_trunc('month', cast('2022-05-31' as date)), to_timestamp('2022-05-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US'), date_trunc('day', null)"
            assert cursor.execute(times).fetchone() == (moment, moment, None)
            assert cursor.execute("select max(day) from calendar where cast(day as timestamp) < %s", (moment,)).fetchone() == (datetime.date(2022, 4, 30),)
    said("values")
    sql = "select count(*) from targets where year = %s and scope = %s"
    counts = {connection.execute(sql, (2022, "city"), prepare=True).fetchone()[0] for _ in range(3)}
    assert len(counts) == 1 and counts.pop() > 0
    assert connection.execute("select count(*) from targets where value > %s", (decimal.Decimal("0.5"),)).fetchone()[0] > 0
    assert connection.execute("select count(*) from calendar where day >= %s", ("2022-01-01",)).fetchone()[0] > 0
    said("prepared")
    rows = list(connection.cursor().stream("select a.day from calendar a cross join (select day from calendar limit 20) b limit 12000"))
    assert len(rows) == 12000 and isinstance(rows[0][0], datetime.date)
    with connection.cursor().copy("copy (select carrier_id, carrier from carriers) to stdout") as copy:
        assert len(list(copy.rows())) > 3
    said("streams")
    for bad, kind in [
        ("insert into projects values (1)", psycopg.errors.ReadOnlySqlTransaction),
        ("select * from project", psycopg.errors.UndefinedTable),
        ("select nmae from projects", psycopg.errors.UndefinedColumn),
        ("select (", psycopg.errors.SyntaxError),
    ]:
        try:
            connection.execute(bad)
            raise AssertionError(bad)
        except kind as error:
            assert error.diag.message_primary, bad
    said("faults")

with psycopg.connect(line, password=token) as connection:
    assert connection.execute("select 1 + 1").fetchone() == (2,)
    try:
        connection.execute("select * from nothing")
    except psycopg.errors.UndefinedTable:
        pass
    try:
        connection.execute("select 1 + 1")
        raise AssertionError("the transaction had failed")
    except psycopg.errors.InFailedSqlTransaction:
        connection.rollback()
    assert connection.execute("select 1 + 1").fetchone() == (2,)
said("transactions")

try:
    psycopg.connect(line, password="0" * 64)
    raise AssertionError("a wrong token opened")
except psycopg.OperationalError as error:
    assert "28P01" in str(error) or "不正确" in str(error), error
said("login")

engine = sa.create_engine(f"postgresql+psycopg://{user}:{token}@127.0.0.1:{port}/qunlian", pool_pre_ping=True)
inspector = sa.inspect(engine)
names = inspector.get_table_names()
assert {"projects", "milestones", "carriers"} <= set(names), names
assert "public" in inspector.get_schema_names()
columns = {column["name"]: column for column in inspector.get_columns("targets")}
assert isinstance(columns["value"]["type"], sa.BigInteger) and isinstance(columns["known_from"]["type"], sa.Date), columns
assert "目标值" in columns["value"]["comment"], columns["value"]
assert inspector.get_pk_constraint("targets")["constrained_columns"] == []
assert inspector.get_indexes("targets") == [] and inspector.get_foreign_keys("targets") == []
assert inspector.get_view_names() == [] and inspector.has_table("projects") and not inspector.has_table("nothing")
said("reflection")
table = sa.Table("carriers", sa.MetaData(), autoload_with=engine)
with engine.connect() as connection:
    some = connection.execute(sa.select(table.c.carrier_id).where(table.c.carrier_id == "suixi")).all()
    assert some == [("suixi",)], some
said("table")
