"""Pages of services. Paths are words that Bosnian, Croatian and Serbian share."""

from django.urls import path, register_converter

from mostovi.kernel import codes
from mostovi.services.views import applications, counter, questions, starting


class CaseCode:
    """Nine signs of the codes' alphabet."""

    regex = f"[{codes.ALPHABET}]{{{codes.LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CaseCode, "case_code")

app_name = "services"
urlpatterns = [
    path("usluge/<slug:service>/", starting.service_start, name="service"),
    path("zahtjevi/", applications.my_cases, name="my_cases"),
    path("zahtjevi/<case_code:code>/", applications.case_page, name="case"),
    path("zahtjevi/<case_code:code>/ponovo", applications.again, name="again"),
    path("zahtjevi/<case_code:code>/podaci", starting.facts, name="facts"),
    path("zahtjevi/<case_code:code>/podaci/<slug:key>/primjedba", starting.dispute, name="dispute"),
    path("zahtjevi/<case_code:code>/pitanje/<slug:key>", questions.question, name="question"),
    path("zahtjevi/<case_code:code>/zastoj", questions.stop, name="stop"),
    path("zahtjevi/<case_code:code>/nastavak", questions.resume, name="resume"),
    path("zahtjevi/<case_code:code>/pregled", questions.check, name="check"),
    path("zahtjevi/<case_code:code>/potvrda", applications.receipt, name="receipt"),
    path("zahtjevi/<case_code:code>/odustajanje", applications.withdraw, name="withdraw"),
    path("zahtjevi/<case_code:code>/obnova", applications.restore, name="restore"),
    path("zahtjevi/<case_code:code>/uvid", applications.see, name="see"),
    path("zahtjevi/<case_code:code>/odgovor", applications.reply, name="reply"),
    path(
        "zahtjevi/<case_code:code>/dokumenti/<case_code:document>.pdf", applications.document, name="document"
    ),
    path("salter/", counter.counter, name="counter"),
]
