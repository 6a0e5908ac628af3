"""Every address of the portal; each module brings its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("mostovi.services.urls")),
    path("", include("mostovi.services.desk_urls")),
    path("", include("mostovi.connectivity.urls")),
    path("", include("mostovi.front.urls")),
]

handler400 = "mostovi.front.errors.bad_request"
handler403 = "mostovi.front.errors.not_allowed"
handler404 = "mostovi.front.errors.not_found"
handler500 = "mostovi.front.errors.server_error"
