from django.urls import path

from lms.lib.moved import moved_to
from placement import interview_views, sight_views, thread_views
from placement import learner_views as views

app_name = "opportunities"

urlpatterns = [
    path("", views.index, name="index"),
    path("profile/", views.profile, name="profile"),
    path("profile/looking/", views.look_for_work, name="look_for_work"),
    path("profile/seen/", sight_views.who_saw, name="who_saw"),
    path("profile/employers/<int:employer>/", sight_views.objection, name="objection"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/thread/", thread_views.thread, name="thread"),
    path("<int:pk>/talk/", moved_to("opportunities:thread")),
    path("<int:pk>/interview/", interview_views.choose, name="interview"),
    path("<int:pk>/interview.ics", interview_views.learners_file, name="interview_file"),
    path("<int:pk>/yes/", views.consent, name="consent"),
    path("<int:pk>/no/", views.decline, name="decline"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/terms/", views.agree_terms, name="agree_terms"),
    path("<int:pk>/question/", views.answer_question, name="answer_question"),
    path("<int:pk>/offer/", views.answer_offer, name="answer_offer"),
    path("<int:pk>/started/", views.started, name="started"),
    path("<int:pk>/outcome/<int:outcome>/", views.outcome, name="outcome"),
    path("<int:pk>/report/", views.report, name="report"),
]
