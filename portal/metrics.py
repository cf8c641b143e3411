"""`/metrics`: the outbox in figures, for Prometheus. Holds no names and no numbers of people."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from notifier.figures import SHARES, Figures, Times, load_figures
from store.database import Database
from store.zone import SHANGHAI

LOCAL = ("127.0.0.1", "::1")
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")

router = APIRouter()


@dataclass(frozen=True)
class Meter:
    """Who may read besides this machine: whoever shows the token. `sms_price` is that of one segment."""

    token: str | None = None
    sms_price: float = 0

    def admits(self, request: Request) -> bool:
        """With a token only by it: behind a proxy everybody seems to be this machine."""
        if self.token is not None:
            shown = request.headers.get("authorization", "").removeprefix("Bearer ")
            return hmac.compare_digest(shown.encode(), self.token.encode())
        is_forwarded = any(name in request.headers for name in FORWARDED)
        return request.client is not None and request.client.host in LOCAL and not is_forwarded


class Read:
    """What was read from the store, in the form that the library collects."""

    def __init__(self, figures: Figures, price: float) -> None:
        self._figures = figures
        self._price = price

    def collect(self) -> Iterator[Metric]:
        """Every figure."""
        figures = self._figures
        yield _gauge(
            "tixing_notices", "Notices that wait, by state", ["state"], {(k,): v for k, v in figures.waiting.items()}
        )
        yield GaugeMetricFamily(
            "tixing_oldest_due_seconds", "How long the oldest due notice has waited", figures.oldest
        )
        attempts: dict[tuple[str, ...], int] = {
            (one.channel, one.status, one.reason): one.attempts for one in figures.outcomes
        }
        yield _gauge("tixing_attempts_day", "Attempts of the last 24 hours", ["channel", "outcome", "reason"], attempts)
        yield GaugeMetricFamily("tixing_sms_segments_day", "SMS segments of the last 24 hours", figures.segments)
        cost = figures.segments * self._price
        yield GaugeMetricFamily(
            "tixing_sms_cost_day", "Their estimated cost, in the currency of TIXING_SMS_PRICE", cost
        )
        yield _times("tixing_dwell_seconds", "From due to taken by the provider, last 24 hours", figures.dwell)
        yield _times("tixing_send_seconds", "From saved to taken by the provider, last 24 hours", figures.sending)


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    """Only to this machine, or to who shows the token."""
    meter: Meter = request.app.state.meter
    if not meter.admits(request):
        return Response("ask from this machine, or with the token of TIXING_METRICS_TOKEN", status_code=403)
    database: Database = request.app.state.database
    now = request.app.state.now()
    with database.read() as session:
        figures = load_figures(session, now=now, today=now.astimezone(SHANGHAI).date())
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Read(figures, meter.sms_price))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _gauge(name: str, said: str, labels: list[str], values: dict[tuple[str, ...], int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, said, labels=labels)
    for key, value in values.items():
        family.add_metric(list(key), value)
    return family


def _times(name: str, said: str, by_channel: dict[str, Times]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, said, labels=["channel", "quantile"])
    for channel, times in by_channel.items():
        for quantile, share in SHARES.items():
            family.add_metric([channel, str(share)], getattr(times, quantile))
    return family
