"""Commands of libraries, and who runs them: which are done by the beat schedule, and why the others need not be.

A command in neither list fails ``tests/lib/test_library_commands.py``: a library's next version may bring one.
"""

SCHEDULED = {
    "publish_scheduled": "publish",
    "publish_scheduled_pages": "publish",  # its old name
    "clearsessions": "sessions",
}
"""Command -> the entry of ``CELERY_BEAT_SCHEDULE`` that does its work."""

BY_HAND = {
    "wagtail_update_image_renditions": "after an upgrade that changes how pictures are made (docs/operations.md)",
    "rebuild_references_index": "after a crash (docs/operations.md), or rows written past Wagtail",
    "update_index": "the search index is written right after each row; after a crash (docs/operations.md)",
    "wagtail_update_index": "the same as update_index",
    "fixtree": "to fix a damaged page tree",
    "set_url_paths": "to fix a damaged page tree",
    "import_redirects": "once, when another site moves here",
    "move_pages": "once, when pages move",
    "account_unsetmultipleprimaryemails": "to fix rows of allauth that its own forms do not make",
    "changepassword": "for one person",
    "createsuperuser": "for one person",
}
"""What a person runs when the reason given arises."""

NOT_USED = {
    "purge_revisions": "never: revisions of questions are what people were asked, records that certificates stand on",
    "purge_embeds": "nothing is embedded from other hosts",
    "remove_orphaned_tags": "no form offers tags",
    "deduplicate_tags": "no form offers tags",
    "remove_stale_contenttypes": "would delete what stands on a removed model; a migration does that with care",
    "create_log_entries_from_revisions": "for sites older than Wagtail's log",
    "convert_mariadb_uuids": "not on MariaDB",
    "show_references_index": "for developers",
    "createcachetable": "the table of the cache in the database is made by a migration",
    "enable_fuzzystrmatch": "search uses no such extension",
    "enable_trigram": "search uses no such extension",
    "enable_unaccent": "search uses no such extension",
}
"""What nobody runs, and why."""
