"""What a person is given of accounts, and of the tables of libraries (``personal_data``)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.accounts.messages import URGENT
from lms.accounts.personal_data import register, register_not_given

LEASE = "due_at lease_until tries last_error "

register(
    "accounts.User", _("Account"), "pk",
    "username full_name phone phone_typed phone_verified_at email language country time_zone role is_active sms_stopped"
    " must_change_pin data_saver bundle_price bundle_megabytes date_joined last_login is_demo",
    kept_back="id password is_superuser is_staff name_key username_key sort_key created_by merged_into session_epoch",
)  # fmt: skip
register("accounts.User_groups", _("Groups of the team"), "user", "group", kept_back="id user")
register("accounts.User_user_permissions", _("Rights of the team"), "user", "permission", kept_back="id user")
register("account.EmailAddress", _("E-mail addresses"), "user", "email verified primary", kept_back="id user")
register("accounts.SignInCard", _("Sign-in cards"), "user", "created_at expires_at used_at",
         kept_back="id user secret_hash created_by")  # fmt: skip
register("accounts.SignIn", _("Sign-ins"), "user", "at seen_at device ended_at", kept_back="id user seal")
register("accounts.RecoveryWords", _("Recovery words"), "user", "made_at", kept_back="id user words_hash language")
register("mfa.Authenticator", _("Second factor"), "user", "type created_at last_used_at", kept_back="id user data")
register("accounts.ConsentRecord", _("What I have agreed to"), "user", "purpose wording given_at withdrawn_at",
         kept_back="id user")  # fmt: skip
register(
    "accounts.OutboundMessage", _("Messages to you"), "user",
    "channel address kind language subject body created_at sent_at read_at stopped",
    kept_back=f"{LEASE} id key user link failing_since doubtful provider provider_id cost_micros cost_currency",
    only=~Q(kind__in=URGENT),
)  # fmt: skip
register("accounts.AccountMerge", _("Accounts that were joined"), "kept merged", "at undo_until undone_at closed_at",
         kept_back="id kept merged by undone_by settled_at")  # fmt: skip
register("accounts.SeparatePeople", _("Accounts that are not the same person"), "first second", "at",
         kept_back="id first second by")  # fmt: skip
register(
    "accounts.ImportedRow", _("Lists in which you were"), "user", "outcome", kept_back="id run number user problem"
)
register("accounts.ImportRun", _("Lists that you sent"), "by", "created_at ended_at state",
         kept_back=f"{LEASE} id by language position total note left_out answers")  # fmt: skip
register("accounts.DataExport", _("Copies of your data"), "about", "asked_at made_at language size",
         kept_back=f"{LEASE} id about by")  # fmt: skip
register("accounts.ActOnBehalf", _("Done for you by the programme"), "person", "at act reason",
         kept_back="id person by")  # fmt: skip
register("accounts.DataUse", _("Mobile data that you used"), "user", "month down up", kept_back="id user")
register(
    "accounts.InactivityNotice", _("Told that your account will be erased"), "user", "told_at", kept_back="id user"
)
register("wagtailusers.UserProfile", _("Settings of the administration"), "user",
         "preferred_language current_time_zone theme contrast density keyboard_shortcuts submitted_notifications"
         " approved_notifications rejected_notifications updated_comments_notifications",
         kept_back="id user avatar dismissibles")  # fmt: skip
register("wagtailcore.Page", _("Pages that you wrote"), "owner", "title first_published_at last_published_at",
         kept_back="id path depth numchild translation_key locale latest_revision live has_unpublished_changes"
         " live_revision go_live_at expire_at expired locked locked_at locked_by draft_title slug content_type url_path"
         " owner seo_title show_in_menus search_description latest_revision_created_at alias_of")  # fmt: skip
register("wagtailcore.Revision", _("Versions that you saved"), "user", "created_at object_str",
         kept_back="id content_type base_content_type object_id user content approved_go_live_at")  # fmt: skip
LOG = "id content_type data uuid user revision content_changed deleted"
register("wagtailcore.ModelLogEntry", _("What you did in the administration"), "user", "timestamp action label",
         kept_back=f"{LOG} object_id")  # fmt: skip
register("wagtailcore.PageLogEntry", _("What you did with pages"), "user", "timestamp action label",
         kept_back=f"{LOG} page")  # fmt: skip
register("wagtailcore.Comment", _("Your comments on pages"), "user", "text created_at updated_at resolved_at",
         kept_back="id page user contentpath position revision_created resolved_by")  # fmt: skip
register("wagtailcore.CommentReply", _("Your replies to comments"), "user", "text created_at updated_at",
         kept_back="id comment user")  # fmt: skip
for label, title, owner in (
    ("wagtailimages.Image", _("Pictures that you sent"), "uploaded_by_user"),
    ("wagtaildocs.Document", _("Documents that you sent"), "uploaded_by_user"),
    ("wagtailmedia.Media", _("Sounds and videos that you sent"), "uploaded_by_user"),
):
    more = {
        "wagtailimages.Image": "description width height focal_point_x focal_point_y focal_point_width"
        " focal_point_height file_size file_hash",
        "wagtaildocs.Document": "file_size file_hash",
        "wagtailmedia.Media": "type duration width height thumbnail",
    }[label]
    register(label, title, owner, "title created_at", kept_back=f"id collection file {owner} {more}")
register_not_given("its title is among the pages that they wrote", "cms.HomePage", "cms.PlainPage",
                   "courses.CoursePage", "courses.ModulePage", "courses.LessonPage",
                   "assessments.AssessmentPage")  # fmt: skip
register_not_given("what moved from one account to the other stands in the tables themselves", "accounts.MergedRow")
register_not_given("a hash and a number, of which nobody can tell whose they are", "accounts.SmsCount")
register_not_given("what keeps one signed in: the sign-ins tell it in words", "sessions.Session")
register_not_given("what somebody edits at this moment, deleted by itself", "wagtailadmin.EditingSession",
                   "wagtailadmin.FormState", "wagtailcore.UploadedFile")  # fmt: skip
register_not_given("steps of work on a page, not about a person", "wagtailcore.PageSubscription",
                   "wagtailcore.WorkflowState", "wagtailcore.TaskState")  # fmt: skip
register_not_given("the key of a row that fails, until it is repaired", "house.FailedRow")
register_not_given("what was written down about them is found by what it names (exports.audit_rows)",
                   "accounts.AuditEvent")  # fmt: skip
