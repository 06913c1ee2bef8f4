"""One connection while its rights change: at each line on stdin it asks again and prints what came, or the SQLSTATE."""
import sys

import psycopg

port, user, token = sys.argv[1:4]
COUNT = "select count(*) from projects where carrier_id = %s"
connection = psycopg.connect(f"host=127.0.0.1 port={port} dbname=qunlian user={user} sslmode=disable", password=token, autocommit=True)
connection.prepare_threshold = 0


def told(ask):
    try:
        return str(ask())
    except psycopg.Error as error:
        return str(error.sqlstate)


def prepared():
    return connection.execute(COUNT, ("xiangshan",), prepare=True).fetchone()[0]


def copied():
    with connection.cursor().copy("copy (select * from projects where carrier_id = 'xiangshan') to stdout") as copy:
        return sum(1 for _ in copy.rows())


def portion():
    return len(kept.fetchmany(1))


kept = None
for line in sys.stdin:
    word = line.strip()
    if word == "declare":
        kept = psycopg.ServerCursor(connection, "kept", withhold=True)
        kept.execute("select a.day from calendar a cross join (select day from calendar limit 40) b limit 30000")
        print(told(portion), flush=True)
    else:
        print(told({"prepared": prepared, "copied": copied, "portion": portion}[word]), flush=True)
