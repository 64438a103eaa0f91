from django.urls import path

from assessments import offline_views as views

urlpatterns = [path("", views.worker, name="worker")]
