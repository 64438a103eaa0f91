"""One good spec of each type, and for each its best answer: what the laws below are tried on."""

from typing import Any

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
    "matching": {
        "pairs": [
            {"id": "p1", "left": "Ctrl+C", "right": "Copier"},
            {"id": "p2", "left": "Ctrl+V", "right": "Coller"},
            {"id": "p3", "left": "Ctrl+Ins", "right": "Copier"},
        ],
        "distractors": [{"id": "d1", "text": "Couper"}],
    },
    "ordering": {
        "items": [
            {"id": "i1", "text": "Ouvrir"},
            {"id": "i2", "text": "Saisir"},
            {"id": "i3", "text": "Vérifier"},
            {"id": "i4", "text": "Envoyer"},
        ]
    },
}

BEST: dict[str, dict[str, Any]] = {
    "single": {"choice": "a"},
    "multiple": {"choices": ["a", "b"]},
    "true_false": {"choice": False},
    "numeric": {"text": "1 250,5", "value": "1250.5"},
    "short_text": {"text": "Coeur"},
    "matching": {"pairs": {"p1": "p1", "p2": "p2", "p3": "p1"}},
    "ordering": {"places": {"i1": 1, "i2": 2, "i3": 3, "i4": 4}},
}
