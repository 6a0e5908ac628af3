"""Addresses inside `mostovi demo`: the first page asks whose shoes, the house begins at /usluge/."""

from django.urls import include, path

from mostovi.config import urls as house
from mostovi.config.urls import handler400, handler403, handler404, handler500
from mostovi.front.urls import urlpatterns as front_patterns
from mostovi.front.views import home

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

_front = [
    path("usluge/", home.home, name="home"),
    *(pattern for pattern in front_patterns if pattern.name != "home"),
]
urlpatterns = [
    path("", include("mostovi.demo.portal.urls")),
    *(pattern for pattern in house.urlpatterns if pattern.namespace != "front"),
    path("", include((_front, "front"))),
]
