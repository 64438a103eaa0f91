from django.urls import path

from certificates import views

app_name = "verify"

urlpatterns = [
    path("", views.verify, name="form"),
    path("<str:code>/", views.check, name="check"),
]
