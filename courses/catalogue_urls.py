from django.urls import path

from courses import catalogue_views

app_name = "catalogue"

urlpatterns = [
    path("", catalogue_views.course_list, name="list"),
    path("<slug:code>/", catalogue_views.course_detail, name="course"),
    path("<slug:code>/sample/", catalogue_views.sample_lesson, name="sample"),
]
