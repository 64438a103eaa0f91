#!/usr/bin/env python
"""Passerelle's command line: ``python manage.py help`` lists everything."""

import os
import sys


def main() -> None:
    import lms  # noqa: F401  (swaps in a sound SQLite before Django opens one)

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.local")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
