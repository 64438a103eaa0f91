"""One good spec of each type, its best answer, any answer, and which are right: what `test_laws` is tried on.

A new type adds a line to each of the four.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

SPECS: dict[str, dict[str, Any]] = {
    "single": {
        "options": [
            {"id": "a", "text": "Trier la colonne", "correct": True, "feedback": "SECRET exact"},
            {"id": "b", "text": "Changer la couleur", "correct": False, "feedback": "SECRET relire"},
            {"id": "c", "text": "Fermer le fichier", "correct": False},
        ]
    },
    "multiple": {
        "options": [
            {"id": "a", "text": "Nom", "correct": True, "feedback": "SECRET oui"},
            {"id": "b", "text": "Téléphone", "correct": True},
            {"id": "c", "text": "Mot de passe", "correct": False, "feedback": "SECRET jamais"},
            {"id": "d", "text": "Code PIN", "correct": False},
        ],
        "shuffle": True,
    },
    "true_false": {"answer": False, "feedback_true": "SECRET non", "feedback_false": "SECRET oui"},
    "numeric": {
        "answer": "1250.5",
        "tolerance": "0.5",
        "unit": "FCFA",
        "feedback": "SECRET juste",
        "others": [{"answer": "125.05", "credit": 50, "feedback": "SECRET virgule"}],
        "otherwise": "SECRET recomptez",
    },
    "short_text": {
        "accepted": [
            {"text": "cœur", "feedback": "SECRET bravo"},
            {"text": "le cœur"},
            {"text": "coeurs", "credit": 50, "feedback": "SECRET au singulier"},
        ],
        "otherwise": "SECRET relisez",
    },
    "cloze": {
        "text": "Le [[cœur#SECRET bravo|%50%coeurs#SECRET au singulier|*#SECRET relisez]] bat "
        "[[#71.5:1.5|80#SECRET trop]] fois par [[?minute|heure#SECRET non|jour]]{2}."
    },
    "matching": {
        "pairs": [
            {"id": "p1", "left": "Ctrl+C", "right": "Copier"},
            {"id": "p2", "left": "Ctrl+V", "right": "Coller"},
            {"id": "p3", "left": "Ctrl+Ins", "right": "Copier"},
        ],
        "distractors": [{"id": "d1", "text": "Couper"}],
    },
    "categorise": {
        "categories": [
            {
                "id": "c1",
                "text": "Clavier",
                "items": [{"id": "i1", "text": "Entrée", "feedback": "SECRET touche"}, {"id": "i2", "text": "Espace"}],
            },
            {"id": "c2", "text": "Souris", "items": [{"id": "i3", "text": "Molette", "feedback": "SECRET roue"}]},
            {"id": "c3", "text": "Écran", "items": []},
        ]
    },
    "grid": {
        "categories": [
            {"id": "c1", "text": "Vrai", "items": [{"id": "i1", "text": "Un", "feedback": "SECRET relire"}]},
            {"id": "c2", "text": "Faux", "items": [{"id": "i2", "text": "Deux"}, {"id": "i3", "text": "Trois"}]},
        ]
    },
    "ordering": {
        "items": [
            {"id": "i1", "text": "Ouvrir"},
            {"id": "i2", "text": "Saisir"},
            {"id": "i3", "text": "Vérifier"},
            {"id": "i4", "text": "Envoyer"},
        ]
    },
    "data_entry": {
        "fields": [
            {"id": "a", "label": "Nom", "kind": "text", "gold": "SECRET Séck", "feedback": "SECRET la ligne 1"},
            {"id": "b", "label": "Dossier", "kind": "exact", "gold": "B7-0113"},
            {"id": "c", "label": "Total", "kind": "amount", "gold": "12500", "critical": True},
            {"id": "d", "label": "Remarque", "kind": "text", "gold": ""},
        ]
    },
    "classify": {
        "categories": [
            {
                "id": "h",
                "text": "Haine",
                "harm": True,
                "items": [
                    {"id": "i1", "text": "Rentrez chez vous", "feedback": "SECRET insulte"},
                    {"id": "i2", "text": "Vous êtes nuls"},
                ],
            },
            {"id": "a", "text": "Arnaque", "harm": True, "items": [{"id": "i3", "text": "Gagnez un million"}]},
            {
                "id": "o",
                "text": "OK",
                "items": [
                    {"id": "i4", "text": "Bonjour à tous"},
                    {"id": "i5", "text": "À quelle heure ?"},
                    {"id": "i6", "text": "Merci"},
                ],
            },
        ],
        "score": "lower",
        "missed": 0,
    },
    "transcribe": {
        "language": "fr",
        "gold": "SECRET rappelez madame Seck au 12 rue de Thiès",
        "critical": "Seck",
        "same": "12 = douze",
        "wer": 20,
        "cer": 20,
    },
}

BEST: dict[str, dict[str, Any]] = {
    "single": {"choice": "a"},
    "multiple": {"choices": ["a", "b"]},
    "true_false": {"choice": False},
    "numeric": {"text": "1 250,5", "value": "1250.5"},
    "short_text": {"text": "Coeur"},
    "cloze": {"gaps": {"1": {"text": "Coeur"}, "2": {"text": "72,5", "value": "72.5"}, "3": {"choice": "1"}}},
    "matching": {"pairs": {"p1": "p1", "p2": "p2", "p3": "p1"}},
    "categorise": {"sorted": {"i1": "c1", "i2": "c1", "i3": "c2"}},
    "grid": {"sorted": {"i1": "c1", "i2": "c2", "i3": "c2"}},
    "ordering": {"places": {"i1": 1, "i2": 2, "i3": 3, "i4": 4}},
    "data_entry": {"fields": {"a": "secret seck", "b": "B7-0113", "c": "12 500 F CFA"}},
    "classify": {"sorted": {"i1": "h", "i2": "h", "i3": "a", "i4": "o", "i5": "o", "i6": "o"}},
    "transcribe": {"text": "Secret, rappelez, euh, madame SECK au douze, rue de Thiès."},
}


def some_of(names: list[str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Each name with a value, or without."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, values))


def under(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A response of one field; `{}` when there is nothing to put into it."""
    return values.map(lambda value: {name: value} if value else {})


ANY: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "single": st.sampled_from([{}, {"choice": "a"}, {"choice": "b"}, {"choice": "c"}]),
    "multiple": under("choices", st.sets(st.sampled_from("abcd")).map(sorted)),
    "true_false": st.sampled_from([{}, {"choice": True}, {"choice": False}]),
    "numeric": st.decimals(min_value=0, max_value=2000, places=2).map(lambda n: {"text": str(n), "value": str(n)}),
    "short_text": st.sampled_from(["cœur", "COEUR", "le cœur", "coeurs", "poumon"]).map(lambda text: {"text": text}),
    "cloze": under(
        "gaps",
        st.fixed_dictionaries(
            {},
            optional={
                "1": st.sampled_from(["cœur", "COEUR", "coeurs", "poumon"]).map(lambda text: {"text": text}),
                "2": st.sampled_from(["70", "73", "75", "80"]).map(lambda n: {"text": n, "value": n}),
                "3": st.sampled_from(["1", "2", "3"]).map(lambda choice: {"choice": choice}),
            },
        ),
    ),
    "matching": under("pairs", some_of(["p1", "p2", "p3"], st.sampled_from(["p1", "p2", "p3", "d1"]))),
    "categorise": under("sorted", some_of(["i1", "i2", "i3"], st.sampled_from(["c1", "c2", "c3"]))),
    "grid": under("sorted", some_of(["i1", "i2", "i3"], st.sampled_from(["c1", "c2"]))),
    "ordering": under(
        "places",
        st.tuples(st.permutations(range(1, 5)), st.integers(min_value=0, max_value=4)).map(
            lambda drawn: dict(zip(["i1", "i2", "i3", "i4"][: drawn[1]], drawn[0], strict=False))
        ),
    ),
    "data_entry": under(
        "fields",
        st.fixed_dictionaries(
            {},
            optional={
                "a": st.sampled_from(["SECRET Séck", "secret  SECK", "Seck"]),
                "b": st.sampled_from(["B7-0113", "b7-0113"]),
                "c": st.sampled_from(["12500", "12.500", "12 500 FCFA", "12,5", "13500"]),
                "d": st.just("néant"),
            },
        ),
    ),
    "classify": under("sorted", some_of(["i1", "i2", "i3", "i4", "i5", "i6"], st.sampled_from(["h", "a", "o"]))),
    "transcribe": st.sampled_from(
        [
            "SECRET rappelez madame Seck au 12 rue de Thiès",
            "secret rappelez madame seck au douze rue de thiès",
            "secret rappelez madame Seck au 12 rue Thiès",
            "secret rappelez madame Sek au 12 rue de Thiès",
            "Seck",
            "...",
        ]
    ).map(lambda text: {"text": text}),
}
"""Well-formed responses: right, wrong, half-filled or empty."""


def matches(response: dict[str, Any]) -> bool:
    """Two pairs share a partner: p3 may be given p1's."""
    return {left: {"p3": "p1"}.get(right, right) for left, right in response.get("pairs", {}).items()} == {
        "p1": "p1", "p2": "p2", "p3": "p1",
    }  # fmt: skip


def fills(response: dict[str, Any]) -> bool:
    gaps = response.get("gaps", {})
    return (
        gaps.get("1", {}).get("text") in ("cœur", "COEUR")
        and gaps.get("2", {}).get("value") in ("70", "73")
        and gaps.get("3") == {"choice": "1"}
    )


def enters(response: dict[str, Any]) -> bool:
    typed = response.get("fields", {})
    return (
        typed.get("a") in ("SECRET Séck", "secret  SECK")
        and typed.get("b") == "B7-0113"
        and typed.get("c") in ("12500", "12.500", "12 500 FCFA")
        and "d" not in typed
    )


IS_RIGHT: dict[str, Callable[[dict[str, Any]], bool]] = {
    "single": lambda response: response == {"choice": "a"},
    "multiple": lambda response: response == {"choices": ["a", "b"]},
    "true_false": lambda response: response == {"choice": False},
    "numeric": lambda response: 1250 <= Decimal(response["value"]) <= 1251,
    "short_text": lambda response: response["text"] in ("cœur", "COEUR", "le cœur"),
    "cloze": fills,
    "matching": matches,
    "categorise": lambda response: response == {"sorted": {"i1": "c1", "i2": "c1", "i3": "c2"}},
    "grid": lambda response: response == {"sorted": {"i1": "c1", "i2": "c2", "i3": "c2"}},
    "data_entry": enters,
    "classify": lambda response: response == BEST["classify"],
    "transcribe": lambda response: (
        response["text"].lower().replace("douze", "12") == "secret rappelez madame seck au 12 rue de thiès"
    ),
    "ordering": lambda response: response == {"places": {"i1": 1, "i2": 2, "i3": 3, "i4": 4}},
}
"""The key, told a second time in other words: does this response earn everything?"""
