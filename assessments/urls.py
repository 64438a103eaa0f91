from django.urls import path

from assessments import views
from lms.lib import converters  # noqa: F401  (registers ``page_slug``)

app_name = "assessments"

HERE = "<slug:code>/test/<page_slug:slug>/"
ATTEMPT = HERE + "<uuid:attempt_id>/"

urlpatterns = [
    path(HERE, views.intro, name="intro"),
    path(ATTEMPT, views.overview, name="overview"),
    path(ATTEMPT + "<int:position>/", views.question, name="question"),
    path(ATTEMPT + "result/", views.result, name="result"),
    path(ATTEMPT + "answers/", views.answers, name="answers"),
]
