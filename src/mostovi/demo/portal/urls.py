"""Addresses of the first page of the demonstration. Paths are words that the three languages share."""

from django.urls import path

from mostovi.demo.portal import views

app_name = "demo_portal"
urlpatterns = [
    path("", views.shoes, name="shoes"),
    path("most/stanje", views.bridge, name="bridge"),
    path("most/ulaznica", views.ticket, name="ticket"),
    path("most/papir", views.paper, name="paper"),
    path("most/papir.pdf", views.paper_file, name="paper_file"),
    path("most/bajt", views.alter, name="alter"),
    path("most/prekid", views.unplug, name="unplug"),
    path("most/veza", views.plug_in, name="plug_in"),
    path("most/zavirivanje", views.be_nosy, name="be_nosy"),
]
