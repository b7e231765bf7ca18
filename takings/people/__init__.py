"""Who is here: users, creators, brands, operators; what a request may reach (``access_*``).

A person signs up once (``User``) and may then open a creator's studio (``Creator``) or join a
brand (``Brand``). Operators are users with ``is_staff``; each staff act leaves a ``StaffAct``.
"""
