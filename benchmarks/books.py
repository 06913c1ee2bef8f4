"""The people of `benchmarks/books`: threads with a connection each, that end by themselves."""

import http.client
import random
import re
import sys
import threading
import time
import urllib.parse

HOST, PORT, SECONDS = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
CARRIERS = ["suixi", "xiangshan", "duji", "lieshan", "gaoxin", "meihuagong"]
FORM = {
    "stage": "signed", "content": "购置设备，年产铝箔2万吨", "class": "industry", "investor_address": "江苏省江阴市示例路1号",
    "address": "示例路", "agreed_yuan": "12000", "planned_fixed_yuan": "9000", "signed_on": "2022-05-20",
    "contract_number": "样例", "planned_start_on": "2022-09-30", "lead_person": "示范主任", "lead_phone": "0561-3000001",
}
took = {"write": [], "read": []}
faults = []
lock = threading.Lock()
stop_at = time.monotonic() + SECONDS


class Person:
    def __init__(self, part):
        self.cookie = f"qunlian_demo={part}"
        self.connection = http.client.HTTPConnection(HOST, PORT, timeout=30)

    def ask(self, method, path, form=None):
        body = urllib.parse.urlencode(form) if form is not None else None
        headers = {"cookie": self.cookie, "host": f"{HOST}:{PORT}"}
        if body is not None:
            headers |= {"content-type": "application/x-www-form-urlencoded", "origin": f"http://{HOST}:{PORT}"}
        began = time.monotonic()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        spent = (time.monotonic() - began) * 1000
        with lock:
            took["write" if method == "POST" else "read"].append(spent)
            # 409: a colleague was first, which is an answer.
            if answer.status not in (200, 303, 409):
                faults.append(f"{answer.status} {method} {path}")
        return answer, text


def files(number):
    carrier = CARRIERS[number % len(CARRIERS)]
    person, turn = Person(f"clerk-{carrier}"), 0
    while time.monotonic() < stop_at:
        turn += 1
        name = f"示例项目{number}之{turn}"
        person.ask("POST", "/filings", FORM | {"carrier": carrier, "name": name, "investor": f"示例公司{number}-{turn}", "do": "submit"})
        person.ask("GET", "/filings")
        time.sleep(random.uniform(0.2, 0.8))


def reviews(number):
    person = Person(f"reviewer-{1 + number % 2}")
    while time.monotonic() < stop_at:
        _, page = person.ask("GET", "/review")
        claims = re.findall(r'href="(/review/\d+)', page)
        if claims:
            claim = random.choice(claims)
            _, page = person.ask("GET", claim)
            version = re.search(r'name="version" value="(\d+)"', page)
            if version:
                person.ask("POST", f"{claim}/approve", {"version": version[1], "remark": ""})
        time.sleep(random.uniform(0.2, 0.8))


def reads(number):
    person = Person("leader")
    while time.monotonic() < stop_at:
        person.ask("GET", random.choice(["/", "/carriers", "/chains", "/projects", "/notices", "/review/pace"]))
        time.sleep(random.uniform(0.1, 0.5))


def work(job, number):
    try:
        job(number)
    except Exception as fault:  # a person whose connection broke is an error to report, not to hide
        with lock:
            faults.append(f"{job.__name__} {number}: {fault!r}")


people = [(files, n) for n in range(20)] + [(reviews, n) for n in range(15)] + [(reads, n) for n in range(15)]
threads = [threading.Thread(target=work, args=person) for person in people]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for kind, times in took.items():
    times.sort()
    at = lambda share: times[min(len(times) - 1, int(len(times) * share))]
    print(f"{kind}s: {len(times)} answered, median {at(0.5):.0f} ms, p99 {at(0.99):.0f} ms, slowest {times[-1]:.0f} ms")
print(f"errors: {len(faults)}", *faults[:5], sep="\n")
sys.exit(1 if faults else 0)
