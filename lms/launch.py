"""``passerelle``, the command of an installed wheel: what ``manage.py`` is beside the code.

The wheel keeps the whole tree in one package, with this file as its ``__init__``: ``lms``, ``cms`` and the others are
found there, also by the processes that ``start`` starts, and get in the way of no other package.
"""

import os
import sys
from pathlib import Path


def main() -> None:
    here = str(Path(__file__).resolve().parent)
    sys.path.insert(0, here)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [here, os.getenv("PYTHONPATH", "")]))
    os.environ.setdefault("DATA_DIR", str(Path.cwd() / "var"))
    from manage import main as manage

    manage()
