"""How the installations of bench/ and of the drills stop what they started."""

import sys
from pathlib import Path

from bench import installation
from bench.installation import Site

DEAF = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    print(child, flush=True)
time.sleep(600)
"""


def test_what_does_not_end_when_asked_is_killed_with_what_it_started(tmp_path, monkeypatch):
    monkeypatch.setattr(installation, "STOP_SECONDS", 0.1)
    site = Site()
    site.folder, site.env = tmp_path, {}
    process = site.start(sys.executable, "-c", DEAF)
    log = tmp_path / "processes.log"
    installation.wait_for(lambda: log.stat().st_size > 0, seconds=60, what="the child")
    child = int(log.read_text())
    site.stop(process)
    assert process.returncode == -9
    installation.wait_for(lambda: not is_running(child), seconds=60, what="the end of the child")
    assert site.running == []


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
