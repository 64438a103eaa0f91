"""The next version, for the drill of ``bench.machines``: it adds a table, and columns to busy tables."""
