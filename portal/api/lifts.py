"""What a platform needs before it uploads: which lifts there are, and the items of a visit."""

from typing import Annotated

from fastapi import APIRouter, Query

from actions.interface.models import ItemsOut, LiftPage
from actions.interface.reading import items_shown, lifts_page
from portal.api.asked import Asked, asking
from portal.api.problems import declared
from store.records import VisitKind
from store.upkeep import LiftClass

router = APIRouter()
Anyone = Annotated[Asked, asking()]


@router.get("/lifts", operation_id="list_lifts", tags=["lifts"], response_model=LiftPage, responses=declared())
def list_lifts(
    asked: Anyone,
    after: Annotated[str, Query(pattern="^[0-9]{0,9}$", description="What `next` said on the page before.")] = "",
) -> LiftPage:
    """The lifts of this key's maintainer, a hundred on a page."""
    with asked.database.read() as session:
        return lifts_page(session, asked.caller, int(after or 0))


@router.get("/items", operation_id="list_items", tags=["lifts"], response_model=ItemsOut, responses=declared())
def list_items(asked: Anyone, lift_class: LiftClass, kind: VisitKind) -> ItemsOut:
    """The items of a visit of this kind to a lift of this class (A to D, the appendices of TSG T5002)."""
    return items_shown(lift_class, kind)
