"""``base`` reads the environment; ``local`` (make run), ``test`` and ``production`` are short."""
