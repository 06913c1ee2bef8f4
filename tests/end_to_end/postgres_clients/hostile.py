"""Whoever means harm at the PostgreSQL door: bytes of no meaning, frames of no end, messages out of their order, half-open
connections. The door must refuse each and serve the next. Prints one line per check."""
import os
import random
import re
import socket
import struct
import sys
import time

import psycopg

port, user, token = sys.argv[1:4]
address = ("127.0.0.1", int(port))
line = f"host=127.0.0.1 port={port} dbname=qunlian user={user} sslmode=disable"
chance = random.Random(20220531)


def said(what):
    witness.execute("select 1 + 1")
    print(what, flush=True)


def frame(kind, body=b""):
    return kind + struct.pack(">i", len(body) + 4) + body


def opening(*pairs, version=196608):
    body = struct.pack(">i", version) + b"".join(word.encode() + b"\0" for word in pairs) + b"\0"
    return struct.pack(">i", len(body) + 4) + body


def answer(sent, patience=15):
    """Sends bytes on a new connection; gives what comes until the door closes it."""
    with socket.create_connection(address, timeout=patience) as connection:
        got = b""
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                got += part
        except OSError:
            pass
        return got


def codes(got):
    """SQLSTATEs of the errors within bytes from the door."""
    return [code.decode() for code in re.findall(rb"\0C([0-9A-Z]{5})\0M", got)]


witness = psycopg.connect(line, password=token, autocommit=True)

# Before the login.
for turn in range(150):
    got = answer(chance.randbytes(chance.choice([0, 1, 3, 4, 7, 8, 9, 40, 400, 9_000])))
    assert got == b"" or got[:1] in b"EN", (turn, got[:80])
for turn in range(150):
    bad = bytearray(opening("user", user, "database", "qunlian"))
    for _ in range(chance.randint(1, 6)):
        bad[chance.randrange(len(bad))] = chance.randrange(256)
    got = answer(bytes(bad))
    assert got == b"" or got[:1] in b"ENR", (turn, got[:80])
    # A name that was not harmed is asked for its proof; nobody comes in without it.
    assert b"AuthenticationOk" not in got and got[:9] != b"R\0\0\0\x08\0\0\0\0", got[:80]
said("garbage")
for length in [0, 3, -1, -(2**31), 2**31 - 1, 10_001, 1 << 20]:
    got = answer(struct.pack(">i", length) + b"x" * 16)
    assert codes(got) in (["08P01"], []), (length, got)
assert codes(answer(opening("user", user, version=131072))) == ["0A000"], "protocol 2"
assert codes(answer(opening("user", "x" * 4_000))) == ["28P01"] and codes(answer(opening("user", ""))) == ["28P01"]
assert codes(answer(opening("user", user) + frame(b"Q", b"select 1\0"))) == ["08P01"], "a question in place of a proof"
assert codes(answer(opening("user", user) + frame(b"p", b"MD5\0\0\0\0\0"))) == ["28000"], "another mechanism"
assert codes(answer(opening("user", user) + frame(b"p", b"SCRAM-SHA-256\0\xff\xff\xff\xff"))) == ["08P01"], "no words"
words = b"SCRAM-SHA-256\0" + struct.pack(">i", 2**30) + b"n,,n=,r=abc"
assert codes(answer(opening("user", user) + frame(b"p", words))) == ["08P01"], "words beyond their frame"
assert answer(struct.pack(">iii", 16, 80877102, 1) + b"\0\0\0\0") == b"", "a cancel for nobody has no answer"
assert answer(b"\0\0\0\x08\x04\xd2\x16\x2f")[:1] == b"N", "no encryption here"
assert answer(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")[:1] in (b"", b"E")
said("before the login")


def inside(*sent, goes=False):
    """Sends bytes on a connection that has logged in; gives what comes until the door closes it. Whoever goes is not waited for."""
    connection = psycopg.connect(line, password=token, autocommit=True)
    raw = socket.socket(fileno=os.dup(connection.pgconn.socket))
    raw.settimeout(15)
    got = b""
    try:
        for bytes_ in sent:
            raw.sendall(bytes_)
        if goes:
            raw.shutdown(socket.SHUT_WR)
        while part := raw.recv(65536):
            got += part
    except OSError:
        pass
    raw.close()
    connection.close()
    return got


SYNC, END = frame(b"S"), frame(b"X")


def parse(name, sql):
    return frame(b"P", name + b"\0" + sql + b"\0\0\0")


def check(expect, *sent):
    got = codes(inside(*sent, END))
    assert got == expect, (got, sent)


check(["34000"], frame(b"E", b"none\0\0\0\0\0"), SYNC)
check(["26000"], frame(b"B", b"\0none\0\0\0\0\0\0\0"), SYNC)
check(["26000"], frame(b"D", b"Snone\0"), SYNC)
check(["42601"], parse(b"a", b"select 1 + 1; select 2 + 2"), SYNC)
check(["42P05"], parse(b"a", b"select 1 + 1"), parse(b"a", b"select 2 + 2"), SYNC)
check(["08P01"], parse(b"a", b"select $1"), frame(b"B", b"\0a\0\0\0\0\0\0\0"), SYNC)
check(["54000"], parse(b"a", b"select $60000"), SYNC)
# After a fault nothing is done until the next Sync, then everything again.
got = inside(parse(b"", b"select ("), frame(b"B", b"\0\0\0\0\0\0\0\0"), frame(b"D", b"P\0"), SYNC, frame(b"Q", b"select 40 + 2\0"), END)
assert codes(got) == ["42601"] and b"\0\0\0\x0242" in got, got
check(["08P01"], frame(b"p", b"again\0"), SYNC)
check(["08P01"], frame(b"Q", b"select 1\0and more\0"))
check(["08P01"], frame(b"Q", b"no end"))
check(["22021"], frame(b"Q", b"select '\xff\xfe'\0"))
check(["08P01"], b"Q" + struct.pack(">i", (1 << 20) + 1) + b"x")
check(["08P01"], b"Q" + struct.pack(">i", -5))
check(["08P01"], b"Q" + struct.pack(">i", 2**31 - 1))
check(["08P01"], frame(b"Z"))
check(["54000"], frame(b"B", b"\0\0" + b"\0\0" + b"\xff\xff"), SYNC)
got = inside(parse(b"n", b"select $1 as a"), frame(b"B", b"\0n\0\0\0\0\1\0\0\0\3a\0b\0\0"), frame(b"E", b"\0\0\0\0\0"), SYNC, END)
assert codes(got) == ["22P02"], (got, "a NUL within a text")
# Rows for a copy that was never begun, and a thousand syncs, are no harm.
got = inside(frame(b"d", b"1\t2\n"), frame(b"c"), frame(b"f", b"no\0"), *[SYNC] * 1000, frame(b"Q", b"select 40 + 2\0"), END)
assert codes(got) == [] and b"\0\0\0\x0242" in got
said("order")
# Whole messages with harmed bytes, and messages at random.
good = [frame(b"Q", b"select 40 + 2\0"), parse(b"", b"select $1"), frame(b"B", b"\0\0\0\0\0\1\0\0\0\1x\0\0"), frame(b"D", b"P\0"),
        frame(b"E", b"\0\0\0\0\0"), frame(b"C", b"S\0"), frame(b"H"), SYNC]
for turn in range(120):
    bad = bytearray(b"".join(chance.choices(good, k=chance.randint(1, 6))))
    for _ in range(chance.randint(1, 4)):
        bad[chance.randrange(len(bad))] = chance.randrange(256)
    inside(bytes(bad), SYNC, END, goes=True)
said("fuzz")
# Half-open connections: bounded, and gone after the time for a login.
open_ones = []
for _ in range(1_000):
    one = socket.socket()
    one.settimeout(0.5)
    try:
        one.connect(address)
        open_ones.append(one)
    except OSError:
        one.close()


def is_open(one):
    """Whether the door has not closed it."""
    one.setblocking(False)
    try:
        return one.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


# Well before the ten seconds that a login may take.
until = time.monotonic() + 8
while (alive := sum(map(is_open, open_ones))) > 24 and time.monotonic() < until:
    time.sleep(0.2)
assert alive <= 24, alive
started = time.monotonic()
for one in open_ones:
    one.settimeout(20)
    try:
        assert one.recv(1) == b""
    except ConnectionResetError:
        pass
assert time.monotonic() - started < 30, "slow logins end"
for one in open_ones:
    one.close()
with psycopg.connect(line, password=token) as again:
    assert again.execute("select 2 + 2").fetchone() == (4,)
said("half open")
