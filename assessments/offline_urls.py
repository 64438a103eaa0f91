from django.urls import path

from assessments import offline_views as views

app_name = "offline"

urlpatterns = [
    path("pack/<slug:code>/", views.pack, name="pack"),
    path("attempts/<slug:code>/", views.attempts, name="attempts"),
    path("token/", views.token, name="token"),
    path("answers/", views.answers, name="answers"),
]
