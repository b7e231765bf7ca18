"""What answers write down: checks of the books, and showings by outcome."""

from takings.insights.actions.books import run_books_check
from takings.insights.actions.showings import tally_showings

__all__ = ["run_books_check", "tally_showings"]
