"""psqlodbc, as Excel and Power BI use it: its catalog functions, values, and rows in portions. Prints one line per check."""
import datetime
import sys

import pyodbc

driver, port, user, token = sys.argv[1:5]
pyodbc.pooling = False


def said(what):
    print(what, flush=True)


def opened(*more):
    parts = [f"Driver={driver}", "Server=127.0.0.1", f"Port={port}", "Database=qunlian", f"Uid={user}", f"Pwd={token}", *more]
    return pyodbc.connect(";".join(parts), autocommit=True)


def look_around(connection):
    cursor = connection.cursor()
    names = [row.table_name for row in cursor.tables(schema="public")]
    assert {"projects", "milestones", "carriers"} <= set(names), names
    assert [row.table_name for row in cursor.tables(table="targets", tableType="TABLE")] == ["targets"]
    columns = {row.column_name: row for row in cursor.columns(table="targets", schema="public")}
    assert columns["value"].type_name == "int8" and columns["known_from"].type_name == "date", columns
    assert cursor.primaryKeys(table="targets").fetchall() == [] and cursor.foreignKeys(table="targets").fetchall() == []
    assert cursor.statistics(table="targets", unique=False).fetchall() is not None
    assert {"int8", "text", "date", "bool"} <= {row.type_name for row in cursor.getTypeInfo().fetchall()}
    assert cursor.procedures().fetchall() == []
    assert connection.getinfo(pyodbc.SQL_DBMS_NAME) == "PostgreSQL" and connection.getinfo(pyodbc.SQL_DBMS_VER).startswith("15.")


def ask(connection):
    cursor = connection.cursor()
    day = datetime.date(2022, 5, 31)
    row = cursor.execute("select cast(? as bigint) + 1, ?, cast(? as date), cast(? as double), 1 > 0, null", 41, "濉溪' or 1=1 --", day, 1.5).fetchone()
    # Its truth is a text unless BoolsAsChar=0.
    assert tuple(row)[:4] == (42, "濉溪' or 1=1 --", day, 1.5) and row[4] in (True, "1") and row[5] is None, row
    assert cursor.execute("select count(*) from milestones where year = ? and milestone = ?", 2022, "signed").fetchone()[0] > 0
    rows = cursor.execute("select a.day from calendar a cross join (select day from calendar limit 20) b limit 12345").fetchall()
    assert len(rows) == 12345 and isinstance(rows[0][0], datetime.date)
    # With ReadOnly=1 the driver itself refuses, in words of its own.
    for bad, codes in [("select * from project", ("42",)), ("insert into projects values (1)", ("25006", "HY000"))]:
        try:
            cursor.execute(bad)
            raise AssertionError(bad)
        except pyodbc.Error as error:
            assert error.args[0].startswith(codes), error
    assert cursor.execute("select 1 + 1").fetchone()[0] == 2


plain = opened()
look_around(plain)
ask(plain)
said("plain")
for title, options in [
    ("by cursors", ["UseDeclareFetch=1", "Fetch=500"]),
    ("read only", ["ReadOnly=1", "BoolsAsChar=0"]),
    ("without preparing on the server", ["UseServerSidePrepare=0"]),
    ("all catalogs", ["ShowSystemTables=1", "ShowOidColumn=1", "RowVersioning=0"]),
]:
    with opened(*options) as connection:
        look_around(connection)
        ask(connection)
    said(title)
manual = pyodbc.connect(f"Driver={driver};Server=127.0.0.1;Port={port};Database=qunlian;Uid={user};Pwd={token};UseDeclareFetch=1;Protocol=7.4-1")
ask_in = manual.cursor()
assert ask_in.execute("select count(*) from projects").fetchone()[0] > 0
try:
    ask_in.execute("select * from nothing_of_that_name")
    raise AssertionError("no such table")
except pyodbc.Error:
    pass
assert ask_in.execute("select 2 + 2").fetchone()[0] == 4, "the statement before is forgotten, the transaction goes on"
manual.rollback()
said("transactions")
