"""What `benchmarks/statements` asks over HTTP: `questions HOST PORT SERVER DESK BARE`, and of DuckDB in turn, or
`immortal HOST PORT SECONDS LIST`. A figure beyond its bound makes the exit code 1."""

import glob
import http.client
import itertools
import json
import math
import multiprocessing
import random
import re
import statistics
import subprocess
import sys
import threading
import time
import tomllib
import urllib.parse

import duckdb

PART, HOST, PORT = sys.argv[1], sys.argv[2], int(sys.argv[3])
ROUNDS = 5
# What was promised: times DuckDB's, milliseconds that the fences add, MiB that a long csv takes, milliseconds beyond a deadline,
# times another's slowest hundredth.
BOUNDS = {"DuckDB": 1.3, "fences": 15.0, "memory": 200.0, "late": 500.0, "others": 1.2}
beyond = []


def within(name, figure):
    if figure > BOUNDS[name]:
        beyond.append(f"{name}: {figure:.3f}, bound {BOUNDS[name]}")


QUESTIONS = [
    "select count(*) from projects",
    "select carrier_id, count(*) as n from projects group by carrier_id",
    "select chain_id, sum(agreed_yuan) as s from projects group by chain_id order by s desc",
    "select province, count(*) as n, avg(agreed_yuan) as a from projects where agreed_yuan >= 100000000 group by province order by n desc limit 10",
    "select milestone, year, count(*) as n from milestones group by milestone, year",
    "select m.carrier_id, date_trunc('month', m.recognised_on) as month, count(*) as n from milestones m where m.milestone = 'signed' group by 1, 2",
    "select p.chain_id, m.milestone, count(*) as n from milestones m join projects p on p.project_id = m.project_id where p.known_until is null group by 1, 2",
    "select project_id, name, agreed_yuan from projects order by agreed_yuan desc, project_id limit 20",
    "select count(distinct investor) as n from projects",
    "select city, count(*) as n from projects where region_kind = 'province' and city like '%州%' group by city order by n desc, city limit 20",
    "select case when agreed_yuan >= 1000000000 then 'ge10' when agreed_yuan >= 500000000 then 'ge5' else 'less' end as band, count(*) as n, sum(agreed_yuan) as s from projects group by 1",
    "select count(*) from projects where name like '%铝%' and agreed_yuan > 50000000",
    "select s.carrier_id, count(*) as waiting from milestones s where s.milestone = 'signed' and not exists (select 1 from milestones t where t.project_id = s.project_id and t.milestone = 'started') group by 1",
    "select carrier_id, chain_id, n from (select carrier_id, chain_id, count(*) as n, row_number() over (partition by carrier_id order by count(*) desc, chain_id) as place from projects group by 1, 2) r where place <= 3",
    "select extract(year from recognised_on) as y, extract(month from recognised_on) as m, count(*) as n from milestones group by 1, 2 order by 1, 2",
    "select avg(c.recognised_on - s.recognised_on) as days from milestones s join milestones c on c.project_id = s.project_id where s.milestone = 'signed' and c.milestone = 'completed'",
    "select min(known_from), max(known_from), count(*) filter (where confidential) as secret from projects",
    "select carrier_id, approx_percentile_cont(agreed_yuan, 0.5) as middle from projects group by carrier_id",
    "select substr(investor, 1, 2) as begins, count(*) as n from projects group by 1 order by n desc, begins limit 15",
    "select c.carrier, count(*) as n from projects p join carriers c on c.carrier_id = p.carrier_id where p.stage = 'signed' group by c.carrier order by n desc",
]
# The same in the other dialect, where it differs.
THEIRS = {17: "select carrier_id, approx_quantile(agreed_yuan, 0.5) as middle from projects group by carrier_id"}
SMALL = "select count(*) from carriers"


def ask(sql, form="json", headers={"cookie": "qunlian_demo=analyst"}, take=None):
    connection = http.client.HTTPConnection(HOST, PORT, timeout=400)
    connection.request("GET", f"/q.{form}?" + encoded(sql), headers=headers)
    answer = connection.getresponse()
    if take is None:
        return answer.status, answer.read()
    size = 0
    while chunk := answer.read(1 << 16):
        size += len(chunk)
        take()
    return answer.status, size


def encoded(sql):
    return urllib.parse.urlencode({"sql": sql})


def posted(request):
    connection = http.client.HTTPConnection(HOST, PORT, timeout=400)
    headers = {"cookie": "qunlian_demo=analyst", "content-type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/sql/run", request, headers)
    connection.getresponse().read()


def timed(work):
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def resident(server):
    with open(f"/proc/{server}/status", encoding="utf-8") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def until_it_answers():
    for _ in range(300):
        status, body = ask(SMALL)
        if status == 200:
            return
        time.sleep(1)
    sys.exit(f"no answer: {body.decode()}")


def questions(server, desk, bare_statement):
    folder = max(glob.glob(f"{desk}/[0-9]*"), key=lambda path: int(path.rsplit("/", 1)[1].split("-")[0]))

    database = duckdb.connect()
    database.execute("set threads = 2")
    for table in json.load(open(f"{folder}/tables.json", encoding="utf-8"))["tables"]:
        parts = [f"{folder}/{table['name']}/part-{number}.parquet" for number in range(table["parts"])]
        if parts:
            database.execute(f"create view {table['name']} as select * from read_parquet({parts})")

    ratios = []
    for number, question in enumerate(QUESTIONS):
        theirs = THEIRS.get(number, question)
        ours_ms, theirs_ms = [], []
        for _ in range(ROUNDS + 1):
            def once():
                status, body = ask(question)
                if status != 200:
                    sys.exit(f"{question}: {body.decode()}")
            ours_ms.append(timed(once))
            theirs_ms.append(timed(lambda: database.execute(theirs).fetchall()))
        # The first round is not warm.
        ours_middle, theirs_middle = statistics.median(ours_ms[1:]), statistics.median(theirs_ms[1:])
        ratios.append(ours_middle / theirs_middle)
        print(f"{ours_middle:8.1f} ms  DuckDB {theirs_middle:8.1f} ms  {ratios[-1]:5.2f}x  {question[:90]}")
    mean = math.exp(statistics.fmean(map(math.log, ratios)))
    within("DuckDB", mean)
    print(f"twenty questions, fences and HTTP included, against DuckDB {duckdb.__version__} in its own process: geometric mean {mean:.3f}x")

    fenced = statistics.median(timed(lambda: ask(SMALL)) for _ in range(60))
    bare = float(subprocess.run([bare_statement, folder, "60", SMALL], capture_output=True, text=True, check=True).stdout)
    within("fences", fenced - bare)
    print(f"a small warm statement: {fenced:.1f} ms by HTTP and fences, {bare:.1f} ms bare: {fenced - bare:.1f} ms more")

    seen, over = [resident(server)], threading.Event()

    def watch():
        while not over.wait(0.02):
            seen.append(resident(server))

    watcher = threading.Thread(target=watch)
    watcher.start()
    begun = time.perf_counter()
    status, size = ask("select * from projects limit 1000000", "csv", take=lambda: None)
    took = time.perf_counter() - begun
    over.set()
    watcher.join()
    before, peak = seen[0], max(seen)
    within("memory", peak if status == 200 else math.inf)
    print(f"a csv of all columns of up to 1,000,000 projects: status {status}, {size / 2**20:.0f} MiB in {took:.1f} s; the server's memory rose from {before:.0f} to {peak:.0f} MiB at most")


def immortal(seconds, listed):
    statements = [expanded(line) for family in listed for line in family["statements"].splitlines() if line.strip()]
    requests = [encoded(statement) for statement in statements]
    # Another person has a computer of their own: here at least a process, which waits for no thread of this one.
    with multiprocessing.get_context("fork").Pool(1) as another:
        # Quiet and busy in turn, so that what else happens on this machine meets both.
        for how, rounds, span in [("now and then", 5, 60), ("without a pause", 1, 25)]:
            quiet, busy, late, waiting = [], [], [], itertools.cycle(requests)
            for _ in range(rounds):
                quiet.append(another.apply(waits, (span, how)))
                busy.append(while_they_run(waiting, seconds, late, lambda: another.apply(waits, (span, how))))
            at = lambda times, share: sorted(times)[int(len(times) * share)]
            together = at(sum(busy, []), 0.99) / at(sum(quiet, []), 0.99)
            middle = lambda of, share: statistics.median(at(times, share) for times in of)
            # One round in which the machine stood still for a moment decides nothing.
            ratios = [at(under, 0.99) / at(alone, 0.99) for alone, under in zip(quiet, busy)]
            ratio = statistics.median(ratios)
            print(f"{len(requests)} statements without end, two at once: {len(late)} ran to their deadline of {seconds} s, the last answer {max(late):.0f} ms after it")
            print(f"another person's small statements meanwhile, {how}: {sum(map(len, busy))}, median {middle(busy, 0.5):.1f} ms against {middle(quiet, 0.5):.1f}, slowest hundredth {middle(busy, 0.99):.1f} ms against {middle(quiet, 0.99):.1f}; by rounds {', '.join(f'{one:.2f}' for one in ratios)}, in the middle {ratio:.2f}x, all together {together:.2f}x")
            within("late", max(late))
            if how == "now and then":
                within("others", ratio)


def while_they_run(requests, seconds, late, work):
    """Two of one person run all the time, as many as one may. Those that meet their deadline tell `late` by how many milliseconds."""
    lock, over = threading.Lock(), threading.Event()

    def run():
        while not over.is_set():
            with lock:
                request = next(requests)
            took = timed(lambda: posted(request))
            if took >= seconds * 1000:
                late.append(took - seconds * 1000)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    done = work()
    over.set()
    for thread in threads:
        thread.join()
    return done


def expanded(line):
    """Writes repetitions out, as the tests do."""
    text = line.replace("«+1»", "⊕")
    def repeated(found):
        count, part = found.group(1).split("×", 1)
        return "".join(part.replace("⊕", str(number + 1)).replace("#", str(number)) for number in range(int(count)))
    return re.sub("«(.*?)»", repeated, text)


def waits(seconds, how):
    times, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        times.append(timed(lambda: ask(SMALL, headers={})))
        if how == "now and then":
            time.sleep(random.uniform(0.05, 0.35))
    return times


until_it_answers()
if PART == "questions":
    questions(int(sys.argv[4]), sys.argv[5], sys.argv[6])
else:
    with open(sys.argv[5], "rb") as file:
        immortal(int(sys.argv[4]), tomllib.load(file)["family"])
if beyond:
    sys.exit("beyond its bound: " + "; ".join(beyond))
