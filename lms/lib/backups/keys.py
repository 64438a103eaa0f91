"""Which secret keys a backup belongs to: their fingerprints go into it, the keys themselves only when asked for."""

from django.conf import settings

from lms.lib.backups.archive import BackupError, Manifest
from lms.lib.sealing import derived_key

PURPOSE = "fingerprint"


def fingerprint(key: str) -> str:
    """Tells whether two keys are the same, and nothing else of them."""
    return derived_key(key, PURPOSE).decode()[:16]


def ours() -> tuple[str, list[str]]:
    """Fingerprints of the key of this site, and of the older ones."""
    return fingerprint(settings.SECRET_KEY), [fingerprint(key) for key in settings.SECRET_KEY_FALLBACKS]


def refuse_other_keys(manifest: Manifest, *, are_inside: bool) -> None:
    """Raises BackupError when this site could not open what the site of the backup had sealed."""
    key, older = ours()
    missing = [one for one in [manifest.key, *manifest.older_keys] if one not in {key, *older}]
    if not missing:
        return
    way = (
        "Take them from this backup: restore --take-keys writes them to DATA_DIR/secret_key"
        if are_inside
        else "Copy the old secret_key into DATA_DIR, or set SECRET_KEY and SECRET_KEY_FALLBACKS as they were"
    )
    raise BackupError(
        f"This backup belongs to another secret key ({', '.join(missing)}; here: {', '.join([key, *older])}). {way}. "
        "If that key is lost for ever: restore --without-keys; then all of the team set up their second factor anew."
    )
