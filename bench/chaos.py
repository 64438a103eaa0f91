"""Kill what can be killed, then count. ``python -m bench.chaos``; tests/flows/test_chaos.py runs the short version."""

import json
import random
import sys
import time
from typing import Any

from bench.installation import Site, wait_for


def work_survives(site: Site, *, learners: int, kills: int, seed: int = 1) -> dict[str, Any]:
    """``learners`` finish a course and every kind of bulk work goes on, while the workers die ``kills`` times and the
    queue is wiped once. What stands: the certificates, ``counted`` and ``right`` by kind of bulk work, and how far
    everything was when the workers died.
    """
    chance, far = random.Random(seed), []
    site.act("seed_learners", learners)
    tables = site.act("seed_runs")
    beat, people = site.start_beat(), site.start(sys.executable, "-m", "bench.actors", "pass_all")

    def runs() -> list[tuple[Any, ...]]:
        return [site.ask(f"SELECT state, position FROM {table}")[0] for table in tables]  # noqa: S608  (our own names)

    def are_done() -> bool:
        return {state for state, _position in runs()} == {"done"}

    for number in range(1, kills + 1):
        runs_before = runs()
        share = learners * (number - 1) // (kills + 1) if are_done() else 0  # at first in the middle of every run
        enough = min(learners, max(with_pdf(site) + 1, share))
        workers = site.start_workers()
        wait_for(lambda enough=enough: with_pdf(site) >= enough, seconds=120, what="certificates")  # type: ignore[misc]
        wait_for(lambda before=runs_before: runs() != before or are_done(), seconds=60, what="progress of a run")  # type: ignore[misc]
        wait_a_moment(chance)
        kill_all(site, workers)
        far.append([with_pdf(site), runs()])
        if number == (kills + 1) // 2:
            wipe_queue(site)
    workers = site.start_workers()
    people.wait(timeout=300)
    wait_for(lambda: with_pdf(site) >= learners and are_done(), seconds=300, what="the last certificates and runs")
    counts: dict[str, int] = {}

    def settled() -> bool:
        counts.update(site.act("count_certificates"))
        return counts["PDFs as recorded"] >= learners

    wait_for(settled, seconds=120, what="the last rows")
    for process in (*workers, beat):
        site.stop(process)
    return {"certificates": site.act("count_certificates"), **site.act("count_runs"), "killed at": far}


def kill_all(site: Site, workers: list[Any]) -> None:
    for worker in workers:
        site.kill(worker)


def hanging_is_ended(site: Site, *, behind: int) -> dict[str, Any]:
    """An e-mail hangs for ever in the default queue with certificates ``behind`` it, then somebody asks for a code.

    The site runs with ``bench.hanging.HangingChannel``. What happened, in this order.
    """
    site.act("seed_hanging", behind)
    mail = (
        "SELECT tries, sent_at IS NOT NULL, lease_until IS NOT NULL FROM accounts_outboundmessage WHERE key = 'hangs'"
    )
    code = "SELECT sent_at IS NOT NULL FROM accounts_outboundmessage WHERE key = 'code'"
    site.start(sys.executable, "-m", "bench.actors", "ask_for_code")
    workers = site.start_workers()
    wait_for(lambda: any(sent for (sent,) in site.ask(code)), seconds=60, what="the code")
    found = {"PDFs before the code": with_pdf(site), "mail while it hangs": list(site.ask(mail)[0])}
    wait_for(lambda: with_pdf(site) > 0, seconds=60, what="what waited behind the task that hung")
    found["mail after the kill"] = list(site.ask(mail)[0])
    wipe_queue(site)
    beat = site.start_beat()
    wait_for(lambda: bool(site.ask(mail)[0][1]), seconds=60, what="the mail, taken again")
    for process in (*workers, beat):
        site.stop(process)
    sent = [line.rpartition(" ")[0] for line in (site.folder / "sent").read_text().splitlines()]
    return {**found, "mail in the end": list(site.ask(mail)[0]), "sent": sorted(sent)}


def wait_a_moment(chance: random.Random) -> None:
    """Somewhere inside the generation of a certificate, or of a slice of a run."""
    time.sleep(chance.uniform(0, 0.3))


def with_pdf(site: Site) -> int:
    return sum(1 for _file in (site.folder / "private").rglob("*.pdf"))


def wipe_queue(site: Site) -> None:
    for file in (site.folder / "broker" / "queue").iterdir():
        file.unlink(missing_ok=True)


def expected(learners: int) -> dict[str, int]:
    names = ("completed", "certificates", "enrolments certified", "files on disk", "PDFs as recorded")
    return dict.fromkeys((*names, "notices", "people told"), learners)


def answers_survive(site: Site, *, rounds: int) -> dict[str, Any]:
    """What bench/killing.py found after killing two writing processes ``rounds`` times."""
    return json.loads(site.run("-m", "bench.killing", str(rounds)).splitlines()[-1])


def main() -> int:
    with Site(TASK_SECONDS="9") as site:
        found = work_survives(site, learners=500, kills=8)
        show(f"500 learners pass, an import, a regrade and a question import go on ({site.engine})", found)
        well = found["certificates"].items() >= expected(500).items() and found["counted"] == found["right"]
    with Site() as site:
        answers = answers_survive(site, rounds=60)
        show(f"two processes save answers ({site.engine}) and are killed 60 times", answers)
    well = well and (answers["lost"], answers["integrity"]) == (0, "ok")
    return 0 if well else 1


def show(title: str, counts: dict[str, Any]) -> None:
    print(title)
    for name, count in counts.items():
        print(f"  {name:24} {count}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
