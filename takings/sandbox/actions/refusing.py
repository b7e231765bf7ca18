"""How the sandbox says no, and how it says nothing."""

from takings.core.errors import Conflict, Unavailable


class SandboxSilent(Unavailable):
    """The call may have worked; nobody says so. Scripted, like a lost answer."""

    code = "sandbox_silent"
    sentence = "The sandbox does not answer."


class SandboxRefused(Conflict):
    """What was asked is not possible, and nothing happened."""

    code = "sandbox_refused"
    sentence = "{why}"


class SandboxTooLow(SandboxRefused):
    """The merchant's balance does not hold what is to be sent."""

    code = "sandbox_too_low"
    sentence = "{why}"
