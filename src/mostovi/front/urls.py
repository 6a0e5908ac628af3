"""Pages that belong to no single module. Paths are words that Bosnian, Croatian and Serbian share."""

from django.urls import path

from mostovi.front.views import about, home, sign_in

app_name = "front"
urlpatterns = [
    path("", home.home, name="home"),
    path("mjesto", home.place, name="place"),
    path("prijava/", sign_in.sign_in, name="sign_in"),
    path("prijava/povratak", sign_in.signed_in, name="signed_in"),
    path("odjava/", sign_in.sign_out, name="sign_out"),
    path("o/pomoc/", about.help_page, name="help"),
    path("o/pristupacnost/", about.accessibility, name="accessibility"),
    path("o/privatnost/", about.privacy, name="privacy"),
    path("o/izvori/", about.sources, name="sources"),
]
