from django.urls import path

from assessments import views

app_name = "assessments"

HERE = "<slug:code>/test/<slug:slug>/"
ATTEMPT = HERE + "<uuid:attempt_id>/"

urlpatterns = [
    path(HERE, views.intro, name="intro"),
    path(ATTEMPT, views.overview, name="overview"),
    path(ATTEMPT + "<int:position>/", views.question, name="question"),
    path(ATTEMPT + "result/", views.result, name="result"),
    path(ATTEMPT + "answers/", views.answers, name="answers"),
]
