from django.urls import URLPattern

app_name = "reply"

urlpatterns: list[URLPattern] = []
