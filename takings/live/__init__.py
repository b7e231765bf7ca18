"""What happens now, told at once to everybody who watches the same thing.

A gift of five coins in a video that 2,000 watch is one row, written with the gift itself:

    publish(topic="video:<id>", kind="gift", body={"coins": 5}, at=now)   → event 57
    every browser there: id: 57 / data: [["gift",{"coins":5}]]

Whoever was away for a moment says `Last-Event-ID: 56` and gets 57: none is lost, none comes twice.
"""
