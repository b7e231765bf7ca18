"""What runs by the clock. Cron fields: minute, hour, day, month, weekday and, sixth, second."""

from procrastinate import App, JobContext
from procrastinate.exceptions import AlreadyEnqueued, UniqueViolation
from procrastinate.jobs import Status

from config import wiring

HEARTBEAT_LOST_S = 30  # a worker writes one every ten seconds

SCHEDULE: dict[str, str] = {
    "ads.forget_exposures": "29 * * * *",
    "ads.forget_samples": "41 3 * * *",
    "ads.invoice_months": "23 4 * * *",
    "ads.judge_traffic": "53 3 * * *",
    "ads.learn_rates": "11 5 * * *",
    "ads.return_leases": "* * * * *",
    "ads.set_paces": "* * * * *",
    "ads.tell_counters": "* * * * *",
    "ads.tell_partners": "* * * * *",
    "coins.end_coins": "47 * * * *",
    "coins.go_on_with_returns": "*/5 * * * *",
    "coins.unwind_unpaid": "* * * * *",
    "events.compact_lake": "*/10 * * * *",
    "events.continue_erasures": "13 * * * *",
    "events.ship_segments": "* * * * * */5",
    "gifts.release_gifts": "11 * * * *",
    "insights.check_books": "*/5 * * * *",
    "insights.issue_advices": "*/5 * * * *",
    "insights.issue_statements": "*/5 * * * *",
    "insights.prove_books": "17 3 * * *",
    "insights.tally_showings": "*/5 * * * *",
    "ledger.expire_holds": "* * * * *",
    "ledger.open_months": "41 2 * * *",
    "ledger.seal_entries": "* * * * * */10",
    "live.forget_events": "* * * * *",
    "live.run_rooms": "* * * * * */2",
    "memberships.earn_fees": "2 * * * *",
    "memberships.earn_memberships": "3 * * * *",
    "memberships.renew_memberships": "*/10 * * * *",
    "memberships.renew_passes": "32 * * * *",
    "memberships.tell_fees": "*/15 * * * *",
    "payments.ask_providers": "* * * * *",
    "payments.reconcile_days": "23 1 * * *",
    "payouts.ask_providers": "* * * * *",
    "payouts.give_notices": "37 4 * * *",
    "payouts.issue_self_bills": "19 * * * *",
    "requests.keep_clocks": "* * * * *",
    "settlement.lift_holds": "*/5 * * * *",
    "settlement.refresh_estimates": "* * * * * */30",
    "settlement.release_earnings": "7 * * * *",
    "settlement.retain_lake": "31 * * * *",
    "sponsorships.keep_clocks": "*/5 * * * *",
    "sponsorships.return_all_money": "27 * * * *",
    "shop.run_parcels": "* * * * *",
    "videos.join_creatives": "47 * * * *",
    "videos.open_to_all": "* * * * *",
    "videos.sweep_uploads": "*/5 * * * *",
}
WATCHMAN, ROUND = "host.retry_stalled_jobs", "* * * * * */10"


def register(app: App) -> None:
    """Put every scheduled task on the clock; Procrastinate calls this once it knows all tasks.

    A task that is still waiting is not queued a second time, and never runs beside itself: a
    slow one is late, it does not pile up. The watchman alone may run beside himself: a lock that a
    dead watchman holds would be taken from nobody's hands.
    """
    wiring.join(app)
    app.perform_import_paths()  # type: ignore[no-untyped-call]  # procrastinate has not typed it
    for name, cron in SCHEDULE.items():
        app.periodic(cron=cron, queueing_lock=name, lock=name)(app.tasks[name])
    watchman = app.task(name=WATCHMAN, queue="default", pass_context=True)(retry_stalled_jobs)
    app.periodic(cron=ROUND, queueing_lock=WATCHMAN)(watchman)


async def retry_stalled_jobs(context: JobContext, timestamp: int = 0) -> None:
    """Queue again what a dead worker had begun: its heart has stopped, its job may be repeated.

    Where the next of its kind waits already, the dead one makes way: it holds the lock that the
    next one needs, and two may not wait.
    """
    del timestamp
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=HEARTBEAT_LOST_S):
        try:
            await jobs.retry_job(job)
        except (AlreadyEnqueued, UniqueViolation):
            await jobs.finish_job(job, status=Status.ABORTED, delete_job=True)
