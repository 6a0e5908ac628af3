from django.apps import AppConfig


class FrontConfig(AppConfig):
    name = "mostovi.front"
    label = "front"
