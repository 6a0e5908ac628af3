"""Pages for officials. Paths are words that Bosnian, Croatian and Serbian share."""

from django.urls import path

from mostovi.services.views import desk, looking_up, taking_back

app_name = "desk"
urlpatterns = [
    path("predmeti/", desk.desk, name="desk"),
    path("predmeti/upit", looking_up.look_up, name="look_up"),
    path("predmeti/<str:code>/", desk.desk_case, name="case"),
    path("predmeti/<str:code>/preuzimanje", desk.take, name="take"),
    path("predmeti/<str:code>/predaja", desk.give_back, name="give_back"),
    path("predmeti/<str:code>/odluka", desk.prepare, name="prepare"),
    path("predmeti/<str:code>/povlacenje", taking_back.take_back, name="take_back"),
    path(
        "predmeti/<str:code>/povlacenje/prijava",
        taking_back.sign_in_to_take_back,
        name="sign_in_to_take_back",
    ),
    path("predmeti/<str:code>/pregled", desk.preview, name="preview"),
    path("predmeti/<str:code>/prijava", desk.sign_in_once_more, name="sign_in_once_more"),
    path("predmeti/<str:code>/ponovni-upit/<str:fact>", desk.ask_register_anew, name="ask_anew"),
    path("predmeti/<str:code>/dokaz/<str:fact>", desk.evidence, name="evidence"),
]
