"""The pictures of pushed figures, as the bot draws them when they are asked for."""

from importlib import import_module

from notifier.writer import PreparedDelivery

DRAWS = {"gp.monthly": "bot.paperless.sheets"}  # by template; else a department's summary


def draw_figures(prepared: PreparedDelivery) -> bytes:
    """A PNG of a notice that has figures.

    Loaded here: most processes draw nothing, and what draws takes a second to load.
    """
    drawn: bytes = import_module(DRAWS.get(prepared.template, "bot.summary_sheets")).draw_told(
        prepared.figures, prepared.subject.party_name, prepared.language
    )
    return drawn
