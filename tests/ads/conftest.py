"""A browser for the pages of sites that show our ads."""

from tests.make.browser import chromium

__all__ = ["chromium"]
