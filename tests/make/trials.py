"""Periods that an operator has worked out at the desk."""

from django.test import Client
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from takings.insights.queries.trials import TASK
from tests.make.pages import Answer


def order_trial(client: Client, page: str, *, verdict: str) -> Answer:
    """Press the button that has the page's period worked out; returns where it leads."""
    form = client.get(page).context[verdict]
    return client.post(page, form.initial | {"verdict": verdict}, follow=True)


def work_trials() -> None:
    """Let a worker do what was ordered."""
    for job in ProcrastinateJob.objects.filter(task_name=TASK):
        app.tasks[TASK](**job.args)


def make_trial(client: Client, page: str, *, verdict: str) -> Answer:
    """Have a period worked out, and look at the page again."""
    order_trial(client, page, verdict=verdict)
    work_trials()
    return client.get(page)
