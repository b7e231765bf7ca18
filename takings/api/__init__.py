"""The JSON API: authentication, errors, and the routers of every app."""
