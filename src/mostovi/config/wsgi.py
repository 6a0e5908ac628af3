"""The portal as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

from mostovi.config.head_requests import answer_head_without_body

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mostovi.config.settings")
application = answer_head_without_body(get_wsgi_application())
