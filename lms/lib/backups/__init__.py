"""Backups: one file with the database, the files of people and a manifest of both, and the way back.

``archive`` knows the file, ``tables`` counts what a database holds, ``making`` and ``restoring`` do the work,
``nightly`` keeps a folder of them. What an operator does: docs/operations/backup-and-restore.md.
"""
