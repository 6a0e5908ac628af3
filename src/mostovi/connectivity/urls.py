"""Pages of connectivity. Paths are words that Bosnian, Croatian and Serbian share."""

from django.urls import path

from mostovi.connectivity.views import exports, imports

app_name = "connectivity"
urlpatterns = [
    path("skole/izvoz.csv", exports.school_master, name="school_master"),
    path("skole/uvoz/", imports.imports, name="imports"),
    path("skole/uvoz/<uuid:key>/", imports.report, name="import"),
    path("skole/uvoz/<uuid:key>/polja", imports.columns, name="columns"),
    path("skole/uvoz/<uuid:key>/pregled", imports.preview, name="preview"),
    path("skole/uvoz/<uuid:key>/nalazi.csv", imports.findings, name="findings"),
    path("skole/uvoz/<uuid:key>/povlacenje", imports.undo, name="undo"),
]
