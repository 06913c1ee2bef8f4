"""Asks one statement by ADBC's Flight SQL driver: PORT SQL, the token in QUNLIAN_TOKEN. Prints the rows, cells with a bar between,
or how many there are when QUNLIAN_COUNTS is set."""
import os
import sys

import adbc_driver_flightsql.dbapi as flight

port, sql = sys.argv[1:3]
host = os.environ.get("QUNLIAN_HOST", "127.0.0.1")
options = {"adbc.flight.sql.authorization_header": "Bearer " + os.environ["QUNLIAN_TOKEN"]}
scheme = "grpc"
if certificate := os.environ.get("QUNLIAN_CERTIFICATE"):
    scheme = "grpc+tls"
    options["adbc.flight.sql.client_option.tls_root_certs"] = open(certificate).read()
try:
    with flight.connect(f"{scheme}://{host}:{port}", db_kwargs=options, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        print("begun", file=sys.stderr, flush=True)
        if "QUNLIAN_COUNTS" in os.environ:
            # Batch after batch, none of them kept.
            print(sum(batch.num_rows for batch in cursor.fetch_record_batch()))
            sys.exit()
        for row in cursor.fetchall():
            print("|".join("" if cell is None else str(cell) for cell in row))
except flight.Error as error:
    sys.exit(str(error))
