from django.apps import AppConfig


class FrontConfig(AppConfig):
    name = "mostovi.front"
    label = "front"

    def ready(self) -> None:
        from mostovi.front.notices import register_notices  # noqa: PLC0415  needs the app registry

        register_notices()
