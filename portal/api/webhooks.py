"""Where a platform is told what becomes of its records: set, shown, removed."""

from typing import Annotated

from fastapi import APIRouter, Response

from actions.interface.endpoints import remove_endpoint, set_endpoint, show_endpoint
from actions.interface.keys import Scope
from actions.interface.models import EndpointIn, EndpointOut
from notifier.webhook_post import find_fault
from portal.api.asked import Asked, asking
from portal.api.problems import ProblemError, declared

router = APIRouter(tags=["webhooks"])
Webhooks = Annotated[Asked, asking(Scope.WEBHOOKS)]


@router.put("/webhooks", operation_id="set_webhook", response_model=EndpointOut, responses=declared(408, 413))
def set_webhook(endpoint: EndpointIn, asked: Webhooks) -> EndpointOut:
    """Tell us where; the secret in the answer signs what we send, and is shown this once."""
    fault = find_fault(endpoint.url, private=asked.private)
    if fault:
        raise ProblemError(422, "unfit_url", fault)
    with asked.database.write() as session:
        return set_endpoint(session, asked.caller, endpoint.url, asked.now)


@router.get("/webhooks", operation_id="get_webhook", response_model=EndpointOut, responses=declared(404))
def get_webhook(asked: Webhooks) -> EndpointOut:
    """Where this platform is told, and whether it takes what we send."""
    with asked.database.read() as session:
        found = show_endpoint(session, asked.caller)
    if found is None:
        raise ProblemError(404, "no_webhook", "none is set")
    return found


@router.delete("/webhooks", operation_id="remove_webhook", status_code=204, responses=declared(404))
def remove_webhook(asked: Webhooks) -> Response:
    """Tell this platform nothing any more; what waits is dropped, and stays in `GET /signatures`."""
    with asked.database.write() as session:
        if not remove_endpoint(session, asked.caller, asked.now):
            raise ProblemError(404, "no_webhook", "none is set")
    return Response(status_code=204)
