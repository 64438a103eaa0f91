from django.urls import path

from certificates import views

app_name = "short"

urlpatterns = [
    path("<str:code>", views.check, name="check"),
    path("<str:code>/", views.check),
]
