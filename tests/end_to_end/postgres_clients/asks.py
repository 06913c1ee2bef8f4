"""Asks statements, one JSON text a line on stdin, over the PostgreSQL door: by turns as they are and prepared. Prints for each a
JSON line with the SQLSTATE, if it failed, and all that was told."""
import json
import sys

import psycopg

port, user, token = sys.argv[1:4]
line = f"host=127.0.0.1 port={port} dbname=qunlian user={user} sslmode=disable options='-c statement_timeout=2000'"
connection = None


def told(cursor):
    """Names and rows of every answer."""
    words = []
    while True:
        if cursor.description is not None:
            words.append(" ".join(column.name for column in cursor.description))
            words.extend(" ".join(map(str, row)) for row in cursor.fetchmany(2_000))
        if not cursor.nextset():
            return "\n".join(words)


for turn, text in enumerate(map(json.loads, sys.stdin)):
    if connection is None or connection.closed:
        connection = psycopg.connect(line, password=token, autocommit=True)
    # A statement before may have set it.
    connection.execute("set statement_timeout = 2000")
    state = None
    try:
        cursor = connection.cursor()
        cursor.execute(text, prepare=turn % 2 == 1)
        words = told(cursor)
    except psycopg.Error as error:
        # No SQLSTATE: the client itself refused, or the connection broke.
        state = error.sqlstate or ("broken" if connection.closed else "client")
        diagnosis = error.diag
        words = "\n".join(filter(None, [str(error), diagnosis.message_detail, diagnosis.message_hint]))
    print(json.dumps({"state": state, "words": words}), flush=True)
    # A copy that nobody reads, or a transaction that was begun.
    if not connection.closed and connection.info.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
        connection.close()
    elif not connection.closed and connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        connection.rollback()
