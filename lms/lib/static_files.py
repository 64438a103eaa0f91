"""Static files under names that change with what they hold, packed once."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = (r"""(?P<matched>import\(["'](?P<url>.*?)["']\))""", """import("%(url)s")""")


class StaticFiles(CompressedManifestStaticFilesStorage):
    """A learner's script names its second part so too: ``import("./kept.js")`` finds the file of this version."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/phone.js", (IMPORT,)))
