"""What players told in the last seconds, until the ad server's thread writes it down."""

import threading

from takings.ads.actions import PlayerReportDraft, record_player_reports


class Told:
    """Reports in memory: told by requests, written by another thread, so there is a lock.

    A statistic, as the ad server's own: a process that is killed loses its last two seconds.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._lock = threading.Lock()
        self._reports: list[PlayerReportDraft] = []

    def tell(self, report: PlayerReportDraft) -> None:
        """Remember a report."""
        with self._lock:
            self._reports.append(report)

    def write(self) -> None:
        """Write what was told; what cannot be written now is written the next time."""
        with self._lock:
            told, self._reports = self._reports, []
        try:
            record_player_reports(reports=told)
        except Exception:
            with self._lock:
                self._reports = told + self._reports
            raise
