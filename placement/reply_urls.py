from django.urls import path

from placement import interview_views, offer_views, reply_views, thread_views

app_name = "reply"

urlpatterns = [
    path("<str:secret>/", reply_views.answer, name="answer"),
    path("<str:secret>/write/", thread_views.write_by_link, name="write"),
    path("<str:secret>/interview/", interview_views.by_link, name="interview"),
    path("<str:secret>/interview.ics", interview_views.file_by_link, name="interview_file"),
    path("<str:secret>/offer/", offer_views.by_link, name="offer"),
    path("<str:secret>/started/", reply_views.started, name="started"),
    path("<str:secret>/outcome/", reply_views.outcome, name="outcome"),
]
