"""Procedural clips: drawn by numpy, sounded by numpy, the same on every machine.

A scene is two functions: ``draw`` yields frames, ``sound`` returns samples. The catalogue names
them; :mod:`~takings.demo.rules.clips.film` makes an MP4 of one. Nothing here reads a file or a
clock, so a clip is a function of its name.

>>> from takings.demo.rules.clips.catalogue import render
>>> render("dunes")[4:8]  # doctest: +SKIP
b'ftyp'
"""
