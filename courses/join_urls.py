from django.urls import path

from courses import join_views

app_name = "join"

urlpatterns = [
    path("", join_views.enter_code, name="enter"),
    path("<slug:code>/", join_views.join_group, name="group"),
]
