"""psycopg2 and SQLAlchemy's inspector over it, as Superset uses them. Prints one line per check."""
import datetime
import decimal
import sys

import psycopg2
import psycopg2.errors
import psycopg2.extras
import sqlalchemy as sa

port, user, token = sys.argv[1:4]
line = f"host=127.0.0.1 port={port} dbname=qunlian user={user} password={token}"


def said(what):
    print(what, flush=True)


connection = psycopg2.connect(line)
with connection, connection.cursor() as cursor:
    cursor.execute(
        "select %s + 1, %s, cast(%s as date), %s, %s, %s",
        (41, "濉溪' or 1=1 --", datetime.date(2022, 5, 31), decimal.Decimal("1.5"), True, None),
    )
    row = cursor.fetchone()
    assert row == (42, "濉溪' or 1=1 --", datetime.date(2022, 5, 31), 1.5, True, None), row
    cursor.execute("select carrier_id from carriers where carrier_id in %s", (("suixi", "xiangshan"),))
    assert len(cursor.fetchall()) == 2
    cursor.execute("select carrier_id from carriers where carrier_id = any(%s)", (["suixi", "xiangshan"],))
    assert len(cursor.fetchall()) == 2
said("values")
with connection.cursor() as cursor:
    with open("/dev/null", "w", encoding="utf-8") as out:
        cursor.copy_expert("copy (select carrier_id, carrier from carriers) to stdout with csv header", out)
        assert cursor.rowcount > 3, cursor.rowcount
connection.rollback()
said("copy")
# A cursor of the server's, as pandas' chunks and Superset's exports use them.
with connection.cursor("portions") as cursor:
    cursor.itersize = 1000
    cursor.execute("select a.day from calendar a cross join (select day from calendar limit 20) b limit 12345")
    assert sum(1 for _ in cursor) == 12345
with connection.cursor("again") as cursor:
    cursor.execute("select 1 + 1")
    assert cursor.fetchmany(10) == [(2,)]
    assert cursor.fetchone() is None
connection.rollback()
with connection.cursor("kept", withhold=True) as cursor:
    cursor.execute("select day from calendar order by day limit 3")
    connection.commit()
    assert len(cursor.fetchall()) == 3, "it outlives its transaction"
with connection.cursor() as cursor:
    cursor.execute("declare back cursor for select 1 + 1")
    try:
        cursor.execute("fetch backward 1 from back")
        raise AssertionError("backward")
    except psycopg2.errors.ObjectNotInPrerequisiteState:
        connection.rollback()
said("cursors")
connection.close()

engine = sa.create_engine(f"postgresql+psycopg2://{user}:{token}@127.0.0.1:{port}/qunlian", pool_pre_ping=True)
with engine.connect() as connection:
    assert connection.dialect.server_version_info[0] == 15
inspector = sa.inspect(engine)
assert inspector.default_schema_name == "public"
assert {"public", "information_schema"} <= set(inspector.get_schema_names()), inspector.get_schema_names()
names = inspector.get_table_names(schema="public")
assert {"projects", "milestones", "carriers"} <= set(names), names
assert inspector.get_view_names(schema="public") == [] and inspector.get_materialized_view_names(schema="public") == []
assert inspector.get_temp_table_names() == [] and inspector.get_foreign_keys("targets", schema="public") == []
columns = {column["name"]: column for column in inspector.get_columns("targets", schema="public")}
assert isinstance(columns["value"]["type"], sa.BigInteger) and isinstance(columns["known_from"]["type"], sa.Date), columns
assert inspector.get_pk_constraint("targets", schema="public")["constrained_columns"] == []
assert inspector.get_indexes("targets") == [] and inspector.get_unique_constraints("targets") == []
assert inspector.get_check_constraints("targets") == [] and inspector.get_sequence_names() == []
assert inspector.get_table_comment("targets")["text"] and inspector.get_multi_columns(schema="public")
assert inspector.get_enums() == [] and inspector.get_domains() == []
said("reflection")
# Superset's own: its list of databases, an estimate, a limit around a statement.
with engine.connect() as connection:
    assert connection.execute(sa.text("select datname from pg_database where datistemplate = false")).all() == [("qunlian",)]
    assert connection.execute(sa.text("explain select count(*) from projects")).all()
    sql = "select * from (select carrier_id, count(*) as n from projects group by carrier_id) as virtual_table limit 1001"
    assert connection.execute(sa.text(sql)).all()
    sql = "select date_trunc('month', recognised_on) as __timestamp, count(*) as count from public.milestones" \
        " where recognised_on >= to_date('2022-01-01', 'YYYY-MM-DD') group by date_trunc('month', recognised_on) order by count desc limit 100"
    months = connection.execute(sa.text(sql)).all()
    assert months and str(months[0][0]).startswith("2022-"), months
with engine.connect().execution_options(stream_results=True, yield_per=500) as connection:
    assert sum(1 for _ in connection.execute(sa.text("select day from calendar limit 1200"))) == 1200
said("questions")
