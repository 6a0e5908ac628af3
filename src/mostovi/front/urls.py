"""Pages that belong to no single module. Paths are words that Bosnian, Croatian and Serbian share."""

from django.urls import path

from mostovi.front.views import about, audit, check, home, sign_in, status, who_looked

app_name = "front"
urlpatterns = [
    path("favicon.ico", about.icon, name="icon"),
    path("", home.home, name="home"),
    path("mjesto", home.place, name="place"),
    path("pracenje", home.track, name="track"),
    path("prijava/", sign_in.sign_in, name="sign_in"),
    path("prijava/povratak", sign_in.signed_in, name="signed_in"),
    path("prijava/odustajanje", sign_in.sign_in_cancelled, name="sign_in_cancelled"),
    path("odjava/", sign_in.sign_out, name="sign_out"),
    path("moji-podaci/", who_looked.who_looked, name="who_looked"),
    path("moji-podaci/<slug:institution>/<int:number>/potvrda.json", who_looked.receipt, name="receipt"),
    path("moji-podaci/<slug:institution>/<int:number>/pitanje", who_looked.question, name="question_look"),
    path("provjera", check.check, name="check"),
    path("provjera/dokument", check.check_file, name="check_file"),
    path("provjera/potvrda", check.keep_note, name="keep_note"),
    path("provjera/<str:typed>", check.check_code, name="check_code"),
    path("prevelika-datoteka", check.too_large, name="too_large"),
    path("stanje/", status.status, name="status"),
    path("revizija/", audit.audit, name="audit"),
    path("revizija/<slug:institution>/", audit.log_of, name="audit_log"),
    path("o/pomoc/", about.help_page, name="help"),
    path("o/pristupacnost/", about.accessibility, name="accessibility"),
    path("o/privatnost/", about.privacy, name="privacy"),
    path("o/izvori/", about.sources, name="sources"),
]
