from django.urls import path

from placement import reply_views

app_name = "reply"

urlpatterns = [
    path("<str:secret>/", reply_views.answer, name="answer"),
    path("<str:secret>/outcome/", reply_views.outcome, name="outcome"),
]
