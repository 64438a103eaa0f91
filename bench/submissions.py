"""200,000 random submissions for each type of question: refused in words for the learner, or a mark from 0 to 1.

``python -m bench.submissions [--count N] [--type NAME]``: as tests/assessments/question_types/test_fuzz.py, longer.
"""

import argparse
import os

COUNT = 200_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--type", action="append", default=[])
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.test")
    import django

    django.setup()
    from assessments.question_types import QUESTION_TYPES
    from tests.assessments.question_types.examples import SPECS
    from tests.assessments.question_types.fuzz import check

    for name in asked.type or QUESTION_TYPES:
        print(name, check(name, SPECS[name], asked.count), flush=True)


if __name__ == "__main__":
    main()
