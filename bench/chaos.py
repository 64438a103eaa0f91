"""Kill what can be killed, then count. ``python -m bench.chaos``; tests/flows/test_chaos.py runs the short version."""

import json
import random
import signal
import sys
from typing import Any

from bench.installation import Site, wait_for


def certificates_survive(site: Site, *, learners: int, kills: int, seed: int = 1) -> dict[str, int]:
    """``learners`` finish a course while the worker dies ``kills`` times and the queue is wiped once; what stands."""
    chance = random.Random(seed)
    site.act("seed_learners", learners)
    worker, beat = site.start_worker(), site.start_beat()
    people = site.start(sys.executable, "-m", "bench.actors", "pass_all")
    for number in range(1, kills + 1):
        wait_for(lambda share=number / (kills + 1): drawn(site) >= learners * share, seconds=120, what="certificates")
        wait_a_moment(chance)
        site.kill(worker, signal.SIGKILL)
        if number == (kills + 1) // 2:
            wipe_queue(site)
        worker = site.start_worker()
    people.wait(timeout=300)
    wait_for(lambda: drawn(site) >= learners, seconds=300, what="the last certificates")
    counts: dict[str, int] = {}

    def settled() -> bool:
        counts.update(site.act("count_certificates"))
        return counts["PDFs as recorded"] >= learners

    wait_for(settled, seconds=120, what="the last rows")
    for process in (worker, beat):
        site.kill(process)
    return site.act("count_certificates") | {"kills": kills, "queue wiped": 1}


def wait_a_moment(chance: random.Random) -> None:
    """Somewhere inside the drawing of a certificate."""
    import time

    time.sleep(chance.uniform(0, 0.08))


def drawn(site: Site) -> int:
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
    with Site(LEASE_SECONDS="10") as site:
        counts = certificates_survive(site, learners=500, kills=5)
        show(f"500 learners pass ({site.engine}); the worker is killed 5 times, the queue wiped once", counts)
    with Site() as site:
        answers = answers_survive(site, rounds=60)
        show(f"two processes save answers ({site.engine}) and are killed 60 times", answers)
    well = counts.items() >= expected(500).items() and (answers["lost"], answers["integrity"]) == (0, "ok")
    return 0 if well else 1


def show(title: str, counts: dict[str, Any]) -> None:
    print(title)
    for name, count in counts.items():
        print(f"  {name:24} {count}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
