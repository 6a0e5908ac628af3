from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "mostovi.services"
    label = "services"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from mostovi.services.notices import register_notices  # noqa: PLC0415  needs the app registry

        register_notices()
