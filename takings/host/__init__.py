"""The processes of one machine: embedded PostgreSQL, supervision, the data home. No Django.

`make run` owns four children: PostgreSQL (when `DATABASE_URL` is unset), the web server with the
edge routes in front, the worker, and the transcoder it starts per clip. None outlives its parent.
"""
