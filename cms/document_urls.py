"""Documents: Wagtail's name for the address, with our view behind it."""

from django.urls import path

from cms.document_views import serve_document

urlpatterns = [
    path("<int:document_id>/<str:document_filename>", serve_document, name="wagtaildocs_serve"),
]
