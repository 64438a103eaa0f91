from django.urls import path

from lms.accounts import card_views, data_views, export_views, recovery_views, views

app_name = "accounts"

urlpatterns = [
    path("", views.own_settings, name="settings"),
    path("welcome/", views.welcome, name="welcome"),
    path("go/", views.after_sign_in, name="after_sign_in"),
    path("pin/", views.choose_pin, name="choose_pin"),
    path("pin/change/", views.change_pin, name="change_pin"),
    path("card/", card_views.enter_code, name="card"),
    path("card/<str:secret>/", card_views.use_card, name="use_card"),
    path("words/", recovery_views.words, name="words"),
    path("recover/", recovery_views.recover, name="recover"),
    path("sessions/", views.own_sessions, name="sessions"),
    path("mobile/", data_views.mobile_data, name="mobile"),
    path("data/", export_views.own_data, name="data"),
    path("data/<uuid:pk>/", export_views.download, name="data_file"),
    path("language/", views.set_language, name="set_language"),
]
