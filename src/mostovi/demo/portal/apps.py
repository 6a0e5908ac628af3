from django.apps import AppConfig


class DemoPortalConfig(AppConfig):
    name = "mostovi.demo.portal"
    label = "demo_portal"
