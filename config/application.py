"""Django, set up once per process; whoever needs models imports this first."""

import os
from typing import TYPE_CHECKING, cast

from django.core.wsgi import get_wsgi_application

from takings.host.garbage import spare_what_is_loaded

if TYPE_CHECKING:
    from config.bridge import Wsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
wsgi = cast("Wsgi", get_wsgi_application())
spare_what_is_loaded()
