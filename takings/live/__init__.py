"""What happens now, told at once to everybody who watches the same thing.

A gift of five coins in a room with 2,000 guests is one row, written with the gift itself:

    publish(topic="room:<id>", kind="gift", body={"coins": 5}, at=now)   → event 57
    every browser in the room: id: 57 / event: gift / data: {"coins":5}

Whoever was away for a moment says `Last-Event-ID: 56` and gets 57: none is lost, none comes twice.
"""
