"""What becomes of Wagtail's rows when two accounts of one person are merged (``lms.accounts.merging``)."""

from lms.accounts.merge_rules import register_moves, register_stays

register_moves("wagtailcore.Page.owner", "wagtailcore.PageSubscription.user", "wagtaildocs.Document.uploaded_by_user",
               "wagtailimages.Image.uploaded_by_user", "wagtailmedia.Media.uploaded_by_user")  # fmt: skip
register_stays(
    "the history says who did what",
    "wagtailcore.ModelLogEntry.user",
    "wagtailcore.PageLogEntry.user",
    "wagtailcore.Revision.user",
    "wagtailcore.WorkflowState.requested_by",
    "wagtailcore.TaskState.finished_by",
    "wagtailcore.Comment.user",
    "wagtailcore.Comment.resolved_by",
    "wagtailcore.CommentReply.user",
)
register_stays(
    "work of this moment, on one's own screen",
    "wagtailcore.Page.locked_by",
    "wagtailcore.UploadedFile.uploaded_by_user",
    "wagtailadmin.EditingSession.user",
    "wagtailadmin.FormState.user",
)
register_stays("settings of the admin for this account, and a picture", "wagtailusers.UserProfile.user", is_erased=True)
