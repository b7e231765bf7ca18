"""Videos: upload, probing, transcoding, music, visibility, and the one gate over media bytes.

A clip of 8 s at 1080×1920 arrives in chunks of 5 MiB, waits in quarantine until it is probed, and
becomes HLS in three sizes of four 2-second segments each; ``access_media`` guards every one.
"""
