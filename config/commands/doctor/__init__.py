"""`takings doctor`: looks at everything Takings needs here, and says what to do where it lacks."""

from config.commands.doctor.examining import examine

__all__ = ["examine"]
