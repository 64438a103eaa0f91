"""What is known of data protection by country, to begin with. Programme managers check it and add the rest."""

from typing import NamedTuple


class Known(NamedTuple):
    """Empty where no source was read."""

    authority: str = ""
    law: str = ""


KNOWN: dict[str, Known] = {
    "BJ": Known(law="Loi n° 2017-20 (Code du numérique)"),
    "CI": Known("ARTCI", "Loi n° 2013-450"),
    "CM": Known(law="Loi n° 2024/017 du 23 décembre 2024"),
    "FR": Known("CNIL", "Règlement (UE) 2016/679 (RGPD)"),
    "MG": Known(law="Loi n° 2014-038"),
    "SN": Known("Commission de protection des données personnelles (CDP)", "Loi n° 2008-12"),
}
