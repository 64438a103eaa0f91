from django.urls import include, path

urlpatterns = [
    path("", include("lms.accounts.own_urls")),
    path("", include("allauth.account.urls")),
]
