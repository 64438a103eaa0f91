"""Skill rows from a YAML list: DigComp's competences and digital-work skills."""

from pathlib import Path

from courses.loading.folder import Folder
from courses.loading.schema import SkillFile
from courses.models import Skill

BUILT_IN = Path(__file__).resolve().parent.parent / "demo" / "skills.yaml"


def load_skills(path: Path = BUILT_IN) -> int:
    """Make or renew the skills named in ``path``; returns how many. Names changed by hand are written over.

    Raises ``ContentError``.
    """
    folder = Folder(path.parent)
    rows, _lines = folder.read_yaml(path.name, SkillFile)
    folder.refuse_faults()
    for row in rows.root if rows else []:
        levels = {"level_1_words": row.level_1, "level_2_words": row.level_2, "level_3_words": row.level_3}
        Skill.objects.update_or_create(
            code=row.code,
            defaults={
                "framework": row.framework,
                "names": row.name,
                "descriptions": row.description or {},
                "esco_uri": row.esco_uri or "",
                **{name: words for name, words in levels.items() if words},
            },
        )
    return len(rows.root) if rows else 0
