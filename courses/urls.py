from django.urls import path

from courses import views
from lms.lib import converters  # noqa: F401  (registers ``page_slug``)

app_name = "courses"

urlpatterns = [
    path("", views.my_courses, name="my_courses"),
    path("news/<uuid:pk>/", views.open_news, name="open_news"),
    path("<slug:code>/", views.course, name="course"),
    path("<slug:code>/enrol/", views.enrol, name="enrol"),
    path("<slug:code>/finish/", views.finish, name="finish"),
    path("<slug:code>/<page_slug:slug>/", views.lesson, name="lesson"),
    path("<slug:code>/<page_slug:slug>/done/", views.step_done, name="step_done"),
]
