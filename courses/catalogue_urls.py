from django.urls import path

from courses import catalogue_views

app_name = "catalogue"

urlpatterns = [
    path("", catalogue_views.course_list, name="list"),
    path("<slug:code>/", catalogue_views.course_detail, name="course"),
]
