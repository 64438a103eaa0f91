"""Where our code stands on the inside of a library, which may change without a word in its release notes.

Everything of that kind lives in this package, in ``certificates/seams.py`` or in a module that ``SEAMS`` names; one
module per topic, with the versions that were tried. Another version is an error of
``manage.py check``: run the test, read the library's change, then name the new series here. docs/seams.md says why
each is there. ``tests/test_seams.py`` finds what reaches inside a library elsewhere.
"""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version


@dataclass(frozen=True)
class Seam:
    """``inside`` is what of the library is used or replaced; ``series`` are the beginnings of versions tried."""

    module: str
    package: str
    series: tuple[str, ...]
    inside: str
    test: str

    def is_tried(self) -> bool:
        try:
            installed = version(self.package)
        except PackageNotFoundError:  # not on every machine (pyproject.toml)
            return True
        return any(f"{installed}.".startswith(f"{one}.") for one in self.series)


DJANGO, WAGTAIL, ALLAUTH = ("5.2", "6.0"), ("7.4", "8.0"), ("65",)

SEAMS = (
    Seam(
        "lms.lib.seams.compiled_queries", "django", DJANGO,
        "SQLCompiler, QuerySet._iterable_class", "tests/lib/test_compiled_queries.py",
    ),
    Seam(
        "lms.lib.seams.filecache", "django", DJANGO,
        "FileBasedCache: _createdir, _key_to_file, _write_content, _cull, _dir", "tests/lib/test_filecache.py",
    ),
    Seam(
        "lms.lib.seams.sessions", "django", DJANGO,
        "SessionStore._validate_session_key", "tests/lib/test_sessions.py",
    ),
    Seam(
        "lms.lib.seams.queue_folder", "kombu", ("5.7",),
        "filesystem.Channel: get_table, _queue_bind, _put, _get", "tests/lib/test_queue_folder.py",
    ),
    Seam(
        "lms.lib.seams.lost_children", "billiard", ("4.3",),
        "Pool: on_process_down, _pool, _inqueue._rlock, _outqueue._wlock", "tests/lib/test_lost_children.py",
    ),
    Seam("lms.sqlite", "pysqlite3", ("0.6",), "connect, Connection for sqlite3", "tests/lib/test_sqlite.py"),
    Seam("lms.lib.seams.languages", "django", DJANGO, "LANG_INFO", "tests/lib/test_languages.py"),
    Seam(
        "lms.lib.seams.sign_in", "django-allauth", ALLAUTH,
        "account.internal: flows.login, flows.logout, constants; ConfirmLoginCodeView: _action, _process",
        "tests/accounts/test_codes.py",
    ),
    Seam(
        "lms.lib.seams.page_rights", "wagtail", WAGTAIL,
        "PagePermissionPolicy.get_all_permissions_for_user", "tests/flows/test_admin_rows.py",
    ),
    Seam(
        "lms.lib.seams.file_rights", "wagtail", WAGTAIL,
        "CollectionOwnershipPermissionPolicy: two methods; search_fields of files", "tests/flows/test_admin_rows.py",
    ),
    Seam(
        "lms.lib.seams.policies", "wagtail", WAGTAIL,
        "where a policy is looked up: registry or viewset", "tests/cms/test_policies.py",
    ),
    Seam(
        "lms.lib.seams.exports", "wagtail", WAGTAIL,
        "SpreadsheetExportMixin: preprocess_field_value, setup", "tests/cms/test_exports.py",
    ),
    Seam(
        "lms.lib.seams.lists", "wagtail", WAGTAIL,
        "BaseListingView.order_queryset, BaseChooseView.apply_object_list_ordering", "tests/cms/test_order.py",
    ),
    Seam(
        "lms.lib.seams.page_search", "wagtail", WAGTAIL,
        "SearchView.verbose_name, verbose_name_plural", "tests/cms/test_wagtail_hooks.py",
    ),
    Seam(
        "lms.lib.seams.removed_hooks", "wagtail", WAGTAIL,
        "TemporaryHook.__exit__", "tests/cms/test_wagtail_hooks.py",
    ),
    Seam(
        "lms.lib.seams.copied_templates", "wagtail", WAGTAIL,
        "four templates of lists, choosers and side panels", "tests/lib/test_copied_templates.py",
    ),
    Seam(
        "lms.lib.seams.copied_templates", "wagtailmedia", ("0.19",),
        "the template of the chooser", "tests/lib/test_copied_templates.py",
    ),
    Seam(
        "lms.lib.seams.files", "wagtail", WAGTAIL,
        "_set_image_file_metadata, _set_document_file_metadata", "tests/courses/test_loading.py",
    ),
    Seam(
        "lms.lib.seams.renditions", "wagtail", WAGTAIL,
        "AbstractImage: generate_rendition_file, create_rendition(s); ImageChosenResponseMixin",
        "tests/flows/test_broken_files.py",
    ),
    Seam("lms.lib.seams.exif", "willow", ("1",), "PillowImage.get_exif_data", "tests/cms/test_uploads.py"),
    Seam(
        "lms.lib.seams.truncated_images", "pillow", ("13",),
        "ImageFile.LOAD_TRUNCATED_IMAGES", "tests/cms/test_uploads.py",
    ),
    Seam(
        "certificates.seams", "weasyprint", ("70",),
        "the finisher's document and PDF, fonts' missing letters", "tests/certificates/test_pdf.py",
    ),
    Seam(
        "lms.accounts.factor_adapter", "django-allauth", ALLAUTH,
        "mfa.totp.internal.auth, DefaultMFAAdapter._get_site_name", "tests/accounts/test_second_factor.py",
    ),
    Seam(
        "lms.accounts.second_factor", "django-allauth", ALLAUTH,
        "internal: login flows, cryptokit, mfa flows, mfa.totp.auth", "tests/accounts/test_second_factor.py",
    ),
    Seam(
        "lms.accounts.forms", "django", DJANGO,
        "BaseModelForm._get_validation_exclusions", "tests/accounts/test_strangers_numbers.py",
    ),
    Seam(
        "lms.accounts.models", "django", DJANGO,
        "AbstractBaseUser._get_session_auth_hash", "tests/accounts/test_second_factor.py",
    ),
    Seam("certificates.seams", "pydyf", ("0.13",), "Stream, PDF.objects, PDF.pages", "tests/certificates/test_pdf.py"),
)  # fmt: skip
