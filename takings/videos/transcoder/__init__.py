"""The transcoder: a process of its own that meets hostile files, with limits, without secrets.

``python -m takings.videos.transcoder SOURCE DRAFT PARENT`` reads one file, writes HLS into
``DRAFT`` and tells on its standard output, one JSON object a line: ``{"progress_bp": 1200}`` …,
and at the end ``{"made": true}``, ``{"refused": "sentence", "code": "damaged"}`` or
``{"no_room": true}``. It knows neither Django nor the database; whatever a file makes it do ends
with this process.
"""
