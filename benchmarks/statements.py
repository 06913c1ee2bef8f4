"""The questions of `benchmarks/statements`, asked over HTTP and of DuckDB in turn."""

import glob
import http.client
import json
import math
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse

import duckdb

HOST, PORT, SERVER, DESK, BARE = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5]
ROUNDS = 5

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
ENDLESS = "select count(*) from milestones a, milestones b, milestones c where a.year + b.year + c.year = 1"


def ask(sql, form="json", headers={"cookie": "qunlian_demo=analyst"}, take=None):
    connection = http.client.HTTPConnection(HOST, PORT, timeout=400)
    connection.request("GET", f"/q.{form}?" + urllib.parse.urlencode({"sql": sql}), headers=headers)
    answer = connection.getresponse()
    if take is None:
        return answer.status, answer.read()
    size = 0
    while chunk := answer.read(1 << 16):
        size += len(chunk)
        take()
    return answer.status, size


def timed(work):
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def resident():
    with open(f"/proc/{SERVER}/status", encoding="utf-8") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


for _ in range(300):
    status, body = ask(SMALL)
    if status == 200:
        break
    time.sleep(1)
else:
    sys.exit(f"no answer: {body.decode()}")
folder = max(glob.glob(f"{DESK}/[0-9]*"), key=lambda path: int(path.rsplit("/", 1)[1].split("-")[0]))

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
print(f"twenty questions, fences and HTTP included, against DuckDB {duckdb.__version__} in its own process: geometric mean {math.exp(statistics.fmean(map(math.log, ratios))):.2f}x")

fenced = statistics.median(timed(lambda: ask(SMALL)) for _ in range(60))
bare = float(subprocess.run([BARE, folder, "60", SMALL], capture_output=True, text=True, check=True).stdout)
print(f"a small warm statement: {fenced:.1f} ms by HTTP and fences, {bare:.1f} ms bare: {fenced - bare:.1f} ms more")

before, peak = resident(), 0.0
watching = True
def watch():
    global peak
    while watching:
        peak = max(peak, resident())
        time.sleep(0.02)
watcher = threading.Thread(target=watch)
watcher.start()
begun = time.perf_counter()
status, size = ask("select * from projects limit 1000000", "csv", take=lambda: None)
took = time.perf_counter() - begun
watching = False
watcher.join()
print(f"a csv of all columns of up to 1,000,000 projects: status {status}, {size / 2**20:.0f} MiB in {took:.1f} s; the server's memory rose from {before:.0f} to {peak:.0f} MiB at most")

def waits(seconds):
    times, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        times.append(timed(lambda: ask(SMALL, headers={})))
    times.sort()
    return times
quiet = waits(25)
endless = [threading.Thread(target=ask, args=(ENDLESS,)) for _ in range(2)]
for thread in endless:
    thread.start()
time.sleep(2)
busy = waits(25)
for thread in endless:
    thread.join()
at = lambda times, share: times[int(len(times) * share)]
print(f"another person's small statements while two endless ones run: median {at(busy, 0.5):.1f} ms against {at(quiet, 0.5):.1f}, slowest hundredth {at(busy, 0.99):.1f} ms against {at(quiet, 0.99):.1f}")
