"""Addresses below ``/api/``: the operations, their document, and a JSON 404 for the rest."""

from django.urls import path, re_path

from takings.api.api import api, no_such_endpoint

urlpatterns = [
    path("", api.urls),
    re_path(r"", no_such_endpoint),
]
