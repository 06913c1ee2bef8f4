"""Whoever guesses tokens at the PostgreSQL door: an account is locked after some, an address is slowed after many."""
import sys

import psycopg

port, user, token, other, other_token = sys.argv[1:6]


def tried(name, word):
    """Empty when it opened, else the SQLSTATE and the words."""
    try:
        psycopg.connect(f"host=127.0.0.1 port={port} dbname=qunlian user={name} sslmode=disable", password=word).close()
        return ""
    except psycopg.OperationalError as error:
        return str(error)


assert tried(user, token) == ""
said = {tried(user, "0" * 64) for _ in range(5)}
locked = tried(user, token)
nobody = {tried("nobody", "0" * 64) for _ in range(6)}
assert len(said | {locked} | nobody) == 1 and "令牌不正确" in locked, (said, locked, nobody)
print("locked", flush=True)
assert tried(other, other_token) == "", "others go on"
count = 0
while "失败次数过多" not in tried(f"guess-{count}", "0" * 64):
    count += 1
    assert count < 60, "nothing slows guesses from one address"
assert count >= 40 and "失败次数过多" in tried(other, other_token), count
print("slowed", flush=True)
