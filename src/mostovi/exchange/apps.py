from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "mostovi.exchange"
    label = "exchange"
