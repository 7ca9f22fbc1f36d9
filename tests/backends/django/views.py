"""A small API for people who are signed in."""

from django.http import HttpResponse
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView


class MeView(APIView):
    """Who is asking."""

    permission_classes = (IsAuthenticated,)

    def get(self, request):
        return Response({"user": request.user.username})


class EchoView(APIView):
    """Gives an upload back, to the byte."""

    permission_classes = (IsAuthenticated,)

    def post(self, request):
        return HttpResponse(request.body, content_type=request.content_type)
