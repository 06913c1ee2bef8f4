"""Replays what other tools ask at their start: each statement by both protocols, its columns and its rows. Prints what failed."""
import pathlib
import re
import sys

import psycopg

port, user, token = sys.argv[1:4]
folder = pathlib.Path(__file__).with_name("statements")
line = f"host=127.0.0.1 port={port} dbname=qunlian user={user}"
HEAD = re.compile(r"^--# (?P<name>[^|]*)\|(?P<columns>[^|]*)\|(?P<rows>[^|]*)$")


def statements(path):
    """Title, expected columns, expected rows, text."""
    head, text = None, []
    for row in path.read_text(encoding="utf-8").splitlines():
        found = HEAD.match(row)
        if found:
            if head:
                yield head, "\n".join(text)
            names = [name.strip() for name in found["columns"].split(",") if name.strip()]
            head, text = (f"{path.stem}: {found['name'].strip()}", names, found["rows"].strip()), []
        elif head:
            text.append(row)
    yield head, "\n".join(text)


def misses(names, expect, cursor):
    """What is wrong with an answer; nothing when it is right."""
    if cursor.description is None:
        return "no rows were told" if names or expect != "none" else None
    told = [column.name for column in cursor.description]
    rows = cursor.fetchall()
    if not set(names) <= set(told):
        return f"columns {told}"
    if expect == "none":
        return f"{len(rows)} rows" if rows else None
    if expect == "some":
        return None if rows else "no rows"
    if expect.isdigit():
        return None if len(rows) == int(expect) else f"{len(rows)} rows"
    return None if any(expect in row for row in rows) else f"no {expect} in {len(rows)} rows"


count, failed = 0, []
with psycopg.connect(line, password=token, autocommit=True) as connection:
    for path in sorted(folder.glob("*.sql")):
        for (title, names, expect), text in statements(path):
            answers = []
            for way, options in [("text", {}), ("prepared", {"prepare": True}), ("binary", {"binary": True})]:
                count += 1
                try:
                    cursor = connection.cursor()
                    cursor.execute(text, **options)
                    fault = misses(names, expect, cursor)
                except psycopg.Error as error:
                    fault = f"{error.sqlstate} {str(error).splitlines()[0]}"
                if fault:
                    failed.append(f"{title} ({way}): {fault}")
for fault in failed:
    print(fault, file=sys.stderr)
if failed:
    sys.exit(1)
print(f"{count} asked")
