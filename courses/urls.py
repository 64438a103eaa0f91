from django.urls import path

from courses import views

app_name = "courses"

urlpatterns = [
    path("", views.my_courses, name="my_courses"),
    path("news/<uuid:pk>/", views.open_news, name="open_news"),
    path("<slug:code>/", views.course, name="course"),
    path("<slug:code>/enrol/", views.enrol, name="enrol"),
    path("<slug:code>/finish/", views.finish, name="finish"),
    path("<slug:code>/<slug:slug>/", views.lesson, name="lesson"),
    path("<slug:code>/<slug:slug>/done/", views.step_done, name="step_done"),
]
