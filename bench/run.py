"""``make bench``: what this machine does in a second, beside a hello-world view of the same server.

Rates on a shared machine wander: read the ratios. Results go to var/bench.json as well.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

from assessments.form_keys import issue_key
from bench.actors import TOKEN
from bench.installation import ROOT, Site, free_port
from bench.load import Rate, Request, Visitor, drive, get, http, read

CONNECTIONS = 8
TARGETS = {
    "lesson page": {"SQLite": 1000, "PostgreSQL": 1000},
    "answer save": {"SQLite": 300, "PostgreSQL": 200},
    "certificate": {"SQLite": 40, "PostgreSQL": 40},
}


def saver(person: dict[str, str]) -> Visitor:
    """Reads the ten questions once, then answers them again and again, each time anew."""
    questions = []
    for number in range(1, 11):
        path = f"{person['attempt']}{number}/"
        reply = yield Request("question page", get(path, person["cookies"]))
        questions.append((path, choices(reply.body)))
    turn = 0
    while True:
        turn += 1
        path, (name, values) = questions[turn % 10]
        yield Request("answer save", post(path, person, **{name: values[turn // 10 % len(values)]}))


def examinee(person: dict[str, str]) -> Visitor:
    """Whole attempts: start, each question read and answered, handed in."""
    while True:
        reply = yield Request("start", post(person["intro"], person))
        path = location(reply.head)
        while re.search(r"/\d+/$", path):
            reply = yield Request("question page", get(path, person["cookies"]))
            name, values = choices(reply.body)
            button = main_button(reply.body)
            reply = yield Request("answer", post(path, person, **{name: values[0], "go": button}))
            path = location(reply.head)
        yield Request("hand in", post(path, person))


def post(path: str, person: dict[str, str], **fields: str) -> bytes:
    body = urlencode({"csrfmiddlewaretoken": TOKEN, "key": issue_key(), "go": "next", **fields}).encode()
    return http("POST", path, person["cookies"], body)


def main_button(packed: bytes) -> str:
    """What the first button of the form says: on to the next question, or to the overview."""
    import brotli

    return re.search(r'name="go" value="([^"]+)"', brotli.decompress(packed).decode())[1]


def choices(packed: bytes) -> tuple[str, list[str]]:
    """The field of a single-choice question and its values."""
    import brotli

    found = re.findall(r'type="radio" name="([^"]+)" value="([^"]+)"', brotli.decompress(packed).decode())
    return found[0][0], [value for _name, value in found]


def location(head: bytes) -> str:
    return re.search(rb"(?i)\r\nlocation: *(\S+)", head)[1].decode()


def measure_web(site: Site, seconds: float) -> dict[str, Rate]:
    seeded = site.act("seed_site", 2 * CONNECTIONS)
    savers, examinees = seeded["people"][:CONNECTIONS], seeded["people"][CONNECTIONS:]
    port, rates = free_port(), {}
    web = site.start_web(port)
    cookies = savers[0]["cookies"]
    for path in ("/hello", seeded["lesson"]):
        read(port, path, cookies, seconds=1)  # warm
    rates["hello world"] = read(port, "/hello", seconds=seconds)
    rates["lesson page"] = read(port, seeded["lesson"], cookies, seconds=seconds)
    rates["answer save"] = drive(port, [saver(person) for person in savers], seconds)
    whole = drive(port, [examinee(person) for person in examinees], seconds)
    share = whole.counts["hand in"] / max(sum(whole.counts.values()), 1)
    rates["whole attempt"] = Rate(whole.per_second * share, whole.p50, whole.p95, whole.failed)
    rates |= measure_search(site, port, seconds)
    site.kill(web)
    return rates


def measure_search(site: Site, port: int, seconds: float) -> dict[str, Rate]:
    """The employer's search over the demo's 300 candidates; left out where the demo is not there."""
    try:
        site.manage("demo")
        cookies = site.act("sign_in_as", "employer")
    except RuntimeError as error:
        print(f"employer search left out: {str(error).splitlines()[-1]}", file=sys.stderr)
        return {}
    return {"employer search": read(port, "/fr/employers/search/", cookies, seconds=seconds)}


def measure_certificates(site: Site, count: int) -> Rate:
    """Two worker processes generating; loading Python and the fonts is not counted."""
    site.act("seed_certificates", count)
    command = [sys.executable, "-m", "bench.actors", "draw_certificates", str(count // 2)]
    workers = [subprocess.Popen(command, cwd=ROOT, env=site.env, stdout=subprocess.PIPE) for _number in range(2)]
    took = [json.loads(worker.communicate()[0].splitlines()[-1]) for worker in workers]
    places = quantiles([1000 * seconds for one in took for seconds in one], n=20)
    return Rate(sum(len(one) / sum(one) for one in took), p50=places[9], p95=places[18], failed=0)


def show(engine: str, rates: dict[str, Rate]) -> None:
    hello = rates["hello world"].per_second
    print(f"\n{engine}: {os.cpu_count()} cores, 2 web workers, {CONNECTIONS} connections, client on the same machine")
    print(f"{'':18}{'per second':>11}{'of hello':>10}{'p50 ms':>9}{'p95 ms':>9}{'failed':>8}   target")
    for name, rate in rates.items():
        target = TARGETS.get(name, {}).get(engine)
        verdict = f">= {target} {'met' if rate.per_second >= target else 'MISSED'}" if target else ""
        share = f"{rate.per_second / hello:.1%}"
        figures = f"{rate.per_second:11.1f}{share:>10}{rate.p50:9.1f}{rate.p95:9.1f}{rate.failed:8d}"
        print(f"{name:18}{figures}   {verdict}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="for each kind of request")
    parser.add_argument("--certificates", type=int, default=200)
    options = parser.parse_args()
    with Site(serves=True) as site:
        rates = measure_web(site, options.seconds)
        rates["certificate"] = measure_certificates(site, options.certificates)
        show(site.engine, rates)
        save(site.engine, rates)


def save(engine: str, rates: dict[str, Rate]) -> None:
    path = ROOT / "var" / "bench.json"
    kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    kept[engine] = {name: {"per_second": r.per_second, "p50_ms": r.p50, "p95_ms": r.p95} for name, r in rates.items()}
    Path(path.parent).mkdir(exist_ok=True)
    path.write_text(json.dumps(kept, indent=1))


if __name__ == "__main__":
    main()
