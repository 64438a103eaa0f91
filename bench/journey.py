"""A learner's journey on the wire: bytes and requests of the comparison course, against the budgets of the project.

Needs the reference data and the measuring tools that are kept beside the project (../shared), Chromium and
Playwright. ``python -m bench.journey``; what it prints is printed by the tools, the last table is ours.
"""

import json
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.installation import ROOT, Site, free_port, wait_for
from bench.load import read

SHARED = ROOT.parent / "shared"
CODE, PERSON, PASSWORD = "comparaison", "journey", "une-phrase-de-passe"
BUDGETS = {
    "journey": (42_000, 28),
    "sent up": (25_000, 0),
    "cold lesson": (8_000, 0),
    "next lesson": (3_000, 0),
    "photo": (8_500, 0),
}
PAUSE = "the journey is over"  # a step without a request: the counter is read here
OTHERS = "the same journey: Moodle 4.5 4.54 MB in 126 requests, Kolibri 4.75 MB in 84"


def steps(base: str, course: dict[str, Any]) -> dict[str, Any]:
    """The journey as ../shared/tools/journey.py wants it: sign in, five lessons, ten questions, the result."""
    login = [
        ["goto", "/fr/accounts/login/"],
        ["fill", "input[name=login]", PERSON],
        ["fill", "input[name=password]", PASSWORD],
        ["click", "main form .btn"],
    ]
    lessons = course["lessons"]
    journey = [
        {"name": "sign in", "do": login},
        {"name": "enrol", "do": [["goto", course["public"]], ["click", "main form .btn"]]},
        {"name": "lesson 1", "do": [["goto", lessons[0]]]},
        {"name": "lesson done", "do": [["click", "main form[action$='done/'] .btn"]], "repeat": len(lessons)},
        {"name": "start the quiz", "do": [["click", "main form .btn"]]},
        {"name": "question", "do": [["radio", "fieldset", 0], ["click", ".dock .btn"]], "repeat": course["questions"]},
        {"name": "hand in", "do": [["click", "main form .btn"]]},
        {"name": PAUSE, "do": [["wait", "body"]]},
    ]
    return {
        "base": base, "login": login, "journey": journey,
        "lesson": lessons[0], "next_lesson": lessons[1], "expect": course["expect"],
    }  # fmt: skip


class Counted:
    """../shared/tools/wirecount.py in front of the server: every byte, whoever asks for it."""

    def __init__(self, target: int) -> None:
        self.port = free_port()
        command = [sys.executable, str(SHARED / "tools" / "wirecount.py"), str(self.port), str(target)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        wait_for(self.is_up, seconds=20, what="the byte counter")
        self.take()

    def is_up(self) -> bool:
        import socket

        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def take(self) -> dict[str, int]:
        """Bytes since the last time, in both directions."""
        time.sleep(0.3)
        self.process.send_signal(signal.SIGUSR1)
        return json.loads(self.process.stdout.readline())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)


def run_and_count(tool: list[str], wire: Counted) -> tuple[int, int]:
    """Run the measuring tool; the bytes that had come down and gone up when the journey's last step was done."""
    down = up = 0
    with subprocess.Popen(tool, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="")
            if line.startswith("hand in"):
                taken = wire.take()
                down, up = taken["down"], taken["up"]
    if process.returncode or not down:
        raise RuntimeError(f"the journey was not walked to its end (exit status {process.returncode})")
    return down, up


def measure(site: Site) -> dict[str, tuple[int, int]]:
    """(bytes down, requests) of each budgeted part."""
    site.manage("load_course", str(SHARED / "data" / "comparison-course"), "--code", CODE)
    course = site.act("seed_journey", CODE, PERSON, PASSWORD)
    port = free_port()
    web = site.start_web(port)
    wire = Counted(port)
    with tempfile.TemporaryDirectory() as folder:
        plan, out = Path(folder) / "STEPS.json", Path(folder) / "out.json"
        plan.write_text(json.dumps(steps(f"http://127.0.0.1:{wire.port}", course)))
        tool = [sys.executable, "-u", str(SHARED / "tools" / "journey.py"), str(plan), "bytes", "--json", str(out)]
        read(port, course["lessons"][0], seconds=1)  # the server warm
        wire.take()
        on_the_wire, sent = run_and_count(tool, wire)
        seen = json.loads(out.read_text())
    wire.stop()
    site.stop(web)
    by_name = {step["step"]: step for step in seen["steps"]}
    cold, following = by_name["lesson page alone, cold"], by_name["next lesson page, warm"]
    photo = by_name["lesson done 1"]["img"]  # of the second lesson
    if not photo:
        raise RuntimeError("the photo of the second lesson was not loaded")
    print(f"journey: {on_the_wire} bytes down and {sent} up on the wire, {seen['total']['bytes']} seen by the page")
    return {
        "journey": (on_the_wire, seen["total"]["requests"]),
        "sent up": (sent, 0),
        "cold lesson": (cold["bytes"] - cold["img"], cold["requests"]),
        "next lesson": (following["bytes"] - following["img"], following["requests"]),
        "photo": (photo, 1),
    }


def main() -> int:
    if not (SHARED / "tools" / "journey.py").exists():
        print("journey left out: no measuring tools beside the project (../shared/tools)")
        return 0
    with Site(serves=True) as site:
        found = measure(site)
    well = True
    print(f"\n{'':14}{'bytes':>9}{'requests':>10}   budget")
    for name, (size, requests) in found.items():
        most, most_requests = BUDGETS[name]
        kept = size <= most and (not most_requests or requests <= most_requests)
        well = well and kept
        limit = f"<= {most}" + (f" in {most_requests}" if most_requests else "")
        print(f"{name:14}{size:9}{requests:10}   {limit} {'kept' if kept else 'BROKEN'}")
    print(OTHERS)
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(main())
