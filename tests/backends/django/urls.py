"""The endpoints of dj-rest-auth, at the path of its documentation, and an API."""

from django.urls import include, path

from views import EchoView, MeView

urlpatterns = [
    path("dj-rest-auth/", include("dj_rest_auth.urls")),
    path("api/me/", MeView.as_view()),
    path("api/echo/", EchoView.as_view()),
]
