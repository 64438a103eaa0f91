from django.urls import path

from certificates import views

app_name = "verify"

urlpatterns = [
    path("", views.verify, name="form"),
    path("how/<slug:code>/", views.how, name="how"),
    path("<str:code>/", views.check, name="check"),
]
