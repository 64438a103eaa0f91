"""Skill rows from a YAML list: DigComp's competences and digital-work skills."""

from pathlib import Path

import yaml

from courses.loading.errors import ContentError, Problem
from courses.models import Skill

BUILT_IN = Path(__file__).resolve().parent.parent / "demo" / "skills.yaml"


def load_skills(path: Path = BUILT_IN) -> int:
    """Make or renew the skills named in ``path``; returns how many. Names changed by hand are written over."""
    rows = yaml.safe_load(path.read_text("utf-8"))
    for number, row in enumerate(rows, start=1):
        if not row.get("code") or not row.get("name"):
            remedy = "Write code: and name: {fr: ..., en: ...}"
            raise ContentError([Problem(path.name, f"skill {number}", "code or name is missing", remedy)])
        Skill.objects.update_or_create(
            code=row["code"],
            defaults={
                "framework": row["framework"],
                "names": row["name"],
                "descriptions": row.get("description") or {},
                "esco_uri": row.get("esco_uri") or "",
            },
        )
    return len(rows)
