"""The checks that know no app: database, machine, settings, broker."""

from lms.lib.doctor import backups, broker, database, libraries, machine, setup, sweeps

__all__ = ["database", "broker", "machine", "backups", "setup", "sweeps", "libraries"]
