"""What a person is given of placement (``lms.accounts.personal_data``): of a thread, what both sides could read."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.accounts.personal_data import register, register_not_given
from placement.case_enums import EntryKind

LEASE = "due_at lease_until tries last_error "

register(
    "placement.CandidateProfile", _("Your profile for employers"), "user",
    "pseudonym is_searchable searchable_since country region hours_per_week works_remote works_on_site equipment"
    " connectivity pay_floor pay_currency available_from mails at_work_since last_active_at",
    kept_back="id user indexed_at",
)  # fmt: skip
register("placement.CandidateLanguage", _("Languages in your profile"), "profile__user", "language level",
         kept_back="id profile")  # fmt: skip
register("placement.CodeName", _("Your code names"), "profile__user", "employer name given_at ended_at",
         kept_back="id profile")  # fmt: skip
register("placement.Sight", _("Who saw my profile"), "profile__user", "employer day channel fields",
         kept_back="id profile")  # fmt: skip
register("placement.Objection", _("Employers that you keep away"), "profile__user", "employer made_at ended_at",
         kept_back="id profile")  # fmt: skip
register("placement.ProfileView", _("Who opened your profile, before"), "profile__user", "employer at",
         kept_back="id user profile")  # fmt: skip
register("placement.Shortlisted", _("Employers that kept you on a list"), "profile__user", "employer added_at",
         kept_back="id profile added_by")  # fmt: skip
register("placement.PersonNote", _("What employers noted about you"), "profile__user", "employer at text",
         kept_back="id profile author")  # fmt: skip
register(
    "placement.Referral", _("Opportunities proposed to you"), "profile__user",
    "opportunity code_name state asked_by_employer score reasons created_at expires_at forwarded_at answered_at"
    " reminded_at", kept_back=f"{LEASE} id profile certificate refusal_reason refusal_shared reply_hash",
    extras={"refusal_reason": lambda row: row.get_refusal_reason_display() if row.refusal_shared else ""},
)  # fmt: skip
register("placement.ReferralEvent", _("What happened to them"), "referral__profile__user",
         "referral at by before after", kept_back="id actor note")  # fmt: skip
register("placement.Consent", _("What you agreed to tell employers"), "user",
         "employer referral fields wording values given_at withdrawn_at", kept_back="id user values_hash")  # fmt: skip
register("placement.AgreedTerms", _("Terms that you agreed to"), "referral__profile__user",
         "referral terms agreed_at changed_at told_at earlier", kept_back="id")  # fmt: skip
register("placement.ThreadMessage", _("Messages with employers"), "referral__profile__user", "referral at by text",
         kept_back="id event author for_learner key", only=Q(for_learner=True) | Q(by="learner"))  # fmt: skip
register("placement.Interview", _("Interviews"), "referral__profile__user",
         "referral state how where minutes starts_at proposed_at chosen_at changed_at told_by_learner",
         kept_back="id uid sequence proposed_by reminded_at told_by_employer ended_as key")  # fmt: skip
register("placement.InterviewSlot", _("Times proposed for interviews"), "interview__referral__profile__user",
         "interview starts_at", kept_back="id")  # fmt: skip
register("placement.Offer", _("Offers of work"), "referral__profile__user",
         "referral version amount currency unit day_hours hours_per_week contract starts_on ends_on place where"
         " announced made_at answer answered_at declined_for",
         kept_back="id message made_by start_asked_at key")  # fmt: skip
register("placement.Outcome", _("What became of work"), "referral__profile__user",
         "referral mark due_on in_work asked_at answered_at answered_by told_by_learner told_by_employer"
         " paid_by_learner", kept_back="id reply_hash paid_by_employer paid")  # fmt: skip
register("placement.OutcomeAnswer", _("Answers about work"), "outcome__referral__profile__user",
         "outcome at by in_work", kept_back="id actor paid")  # fmt: skip
register("placement.EmployerContact", _("Employers for which you work"), "user",
         "employer job_title receives_referrals mails is_owner", kept_back="id user")  # fmt: skip
register("placement.Invitation", _("Colleagues that you invited"), "invited_by", "employer email created_at",
         kept_back="id invited_by sent_at ended_at")  # fmt: skip
register("placement.SavedSearch", _("Searches that you keep"), "contact__user", "name query alert created_at",
         kept_back="id contact known fresh fresh_at due_at")  # fmt: skip
register("placement.Opportunity", _("Opportunities that you wrote"), "created_by",
         "titles descriptions created_at state",
         kept_back="id employer kind place country region hours_per_week positions pay_min pay_max pay_currency"
         " pay_period equipment connectivity starts_on closes_on created_by proposed_at approved_at cleared_words"
         " is_demo undo_until")  # fmt: skip
register("placement.MissionSeat", _("Seats in teams"), "referral__profile__user",
         "referral is_lead is_reserve since", kept_back="id line number")  # fmt: skip
register("placement.Mission", _("Team missions that you wrote"), "created_by", "titles descriptions created_at",
         kept_back="id employer place country region same_region has_lead reserve_percent currency worker_share"
         " local_share closes_on created_by assigned_at is_demo")  # fmt: skip
register("placement.CaseEntry", _("What you reported of employers, and the answers"), "referral__profile__user",
         "referral at kind text", kept_back="id case actor after outcome",
         only=Q(kind__in=[EntryKind.REPORT, EntryKind.REPLY]))  # fmt: skip
register_not_given("of an organisation; what a person wrote in it is given (CaseEntry)", "placement.Case")
register_not_given("of an organisation, and what the team did to check it", "placement.EmployerCheck")
register_not_given("made of the profile and its certificates, which are given", "placement.SearchEntry")
register_not_given("whom a contact of an employer looked at: it tells of others", "placement.PersonRead")
register_not_given("words that were held back, and what the programme thought of them", "placement.Review")
register_not_given("of an organisation; its contacts are given what stands with their name", "placement.Employer")
