"""What an employer writes, read for what harms: protected criteria, fees, contact moved outside, insults, unpaid or
endless work. No row, no request: text in, findings out. French and English.

``reading`` makes words of a text, ``patterns`` finds phrases in them, ``criteria``, ``money``, ``contacts``, ``insults``
and ``hours`` hold the phrases with their sources, ``checking`` asks them all, ``advice`` has the words for the writer.
"""
