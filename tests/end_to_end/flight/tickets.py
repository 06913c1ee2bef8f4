"""A ticket in other hands: PORT, two tokens in QUNLIAN_TOKENS. Prints what each gets for the first one's ticket, and what a cancel did."""
import os
import sys

import pyarrow
import pyarrow.flight as arrow

port = sys.argv[1]
first, second = os.environ["QUNLIAN_TOKENS"].split()
client = arrow.connect(f"grpc://127.0.0.1:{port}")


def by(token):
    return arrow.FlightCallOptions(headers=[(b"authorization", f"Bearer {token}".encode())], timeout=60)


def field(number, content):
    """A field of a protocol buffer, of bytes."""
    length, size = b"", len(content)
    while size > 127:
        length, size = length + bytes([size & 127 | 128]), size >> 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + content


def command(name, content):
    return field(1, f"type.googleapis.com/arrow.flight.protocol.sql.{name}".encode()) + field(2, content)


def announced(sql, token):
    return client.get_flight_info(arrow.FlightDescriptor.for_command(command("CommandStatementQuery", field(1, sql.encode()))), by(token))


info = announced("select distinct carrier_id from projects order by 1", first)
ticket = info.endpoints[0].ticket
for token in (first, second):
    print(",".join(client.do_get(ticket, by(token)).read_all().column(0).to_pylist()))
for odd in ("", "0" * 64):
    try:
        client.do_get(ticket, by(odd)).read_all()
        print("let in")
    except arrow.FlightUnauthenticatedError:
        print("refused")
# No call is open to whoever brings no token.
empty = arrow.FlightDescriptor.for_command(b"")
calls = [
    lambda: client.get_flight_info(empty),
    lambda: client.get_schema(empty),
    lambda: client.do_get(ticket).read_all(),
    lambda: client.do_put(empty, pyarrow.schema([]))[0].close(),
    lambda: client.do_exchange(empty)[1].read_all(),
    lambda: list(client.do_action(arrow.Action("CancelFlightInfo", b""))),
    lambda: list(client.list_actions()),
    lambda: list(client.list_flights()),
    lambda: client.authenticate_basic_token("nobody", "1" * 64),
]
for number, call in enumerate(calls):
    try:
        call()
        print("open", number)
    except (arrow.FlightError, OSError) as error:
        # Some of the client's calls have no error of their own for it.
        if "unauthenticated" not in str(error).lower():
            print(number, error)
print("closed")
try:
    client.do_get(arrow.Ticket(b"\xff\xff" + os.urandom(30)), by(first)).read_all()
    print("read")
except (arrow.FlightError, ValueError) as error:
    print("unreadable" if "无法读取" in str(error) else error)

running = announced("select a.day from calendar a cross join calendar b cross join calendar c", first)
reader = client.do_get(running.endpoints[0].ticket, by(first))
reader.read_chunk()
request = field(1, running.serialize())
for token in (second, first):
    result = next(iter(client.do_action(arrow.Action("CancelFlightInfo", request), by(token))))
    print(result.body.to_pybytes().hex())
try:
    while True:
        reader.read_chunk()
except StopIteration:
    print("ended")
except arrow.FlightCancelledError:
    print("cancelled")
