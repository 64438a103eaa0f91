"""What a person is given of their courses (``lms.accounts.personal_data``)."""

from django.utils.translation import gettext_lazy as _

from lms.accounts.inactivity import register_sign
from lms.accounts.personal_data import register

register("courses.Enrolment", _("Courses"), "user",
         "course cohort language started_at last_active_at completed_at",
         kept_back="id user last_step_key")  # fmt: skip
register("courses.StepProgress", _("Lessons that you finished"), "enrolment__user", "enrolment kind done_at",
         kept_back="id step_key")  # fmt: skip
register("courses.CohortMember", _("Groups"), "user", "cohort joined_at", kept_back="id user")
register("courses.MessageRun", _("Messages that you wrote to learners"), "by",
         "cohort texts by_email by_sms created_at ended_at state",
         kept_back="due_at lease_until tries last_error id by language position total note people counts")  # fmt: skip
register("courses.LearnerNote", _("What your trainers noted about you"), "learner",
         "text call call_back_on written_at changed_at withdrawn_at",
         kept_back="id learner author key withdrawn_by")  # fmt: skip
register("courses.NoteWording", _("What these notes said before"), "note__learner", "note text call call_back_on at",
         kept_back="id")  # fmt: skip
register("courses.CourseRole", _("Courses in which you work"), "user", "course role", kept_back="id user")
register("courses.Cohort_trainers", _("Groups that you teach"), "user", "cohort", kept_back="id user")

register_sign("courses.Enrolment", "user", "last_active_at")
