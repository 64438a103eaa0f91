"""What Wagtail's lists and headers offer for a page is what its views do: neither more nor less."""

from wagtail.models import PagePermissionTester


class SitePagePermissions(PagePermissionTester):
    """Wagtail's own rules, narrowed by what ``cms.guard`` and the hook before copies refuse."""

    def is_authored(self) -> bool:
        """Pages of a course are copied, moved and deleted by its authors; reviewers only write drafts."""
        return not self.page.specific_class.needs_author or self.user.is_superuser or "publish" in self.permissions

    def can_copy(self) -> bool:
        return bool(self.page.specific_class.is_copied_alone and self.is_authored() and super().can_copy())

    def can_view_revisions(self) -> bool:
        return bool((self.user.is_superuser or self.permissions) and super().can_view_revisions())

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return bool(self.is_authored() and super().can_delete(ignore_bulk=ignore_bulk))
