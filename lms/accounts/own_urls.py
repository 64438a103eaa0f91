from django.urls import path

from lms.accounts import views

app_name = "accounts"

urlpatterns = [
    path("", views.after_sign_in, name="after_sign_in"),
    path("pin/", views.choose_pin, name="choose_pin"),
]
