from django.apps import AppConfig


class ConnectivityConfig(AppConfig):
    name = "mostovi.connectivity"
    label = "connectivity"
    default_auto_field = "django.db.models.BigAutoField"
