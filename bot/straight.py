"""The way of an update to whom it is for: not past everybody, of whom there are hundreds."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from aiogram import Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.fsm.state import StatesGroup
from aiogram.types import TelegramObject
from aiogram_dialog import Dialog
from aiogram_dialog.api.internal import CONTEXT_KEY


class StraightRouter(Router):
    """Hands an update to those of its routers that have a handler for its kind, and to the dialog that is open.

    Asked one after the other, as routers are, those for whom it is not cost more than the answer.
    """

    async def propagate_event(self, update_type: str, event: TelegramObject, **kwargs: Any) -> Any:
        """As a router's own; the dialogs come after the others."""
        for router in self._handlers.get(update_type, ()):
            response = await router.propagate_event(update_type, event, **kwargs)
            if response is not UNHANDLED:
                return response
        context = kwargs.get(CONTEXT_KEY)
        dialog = self._dialogs.get(context.state.group) if context is not None else None
        return await dialog.propagate_event(update_type, event, **kwargs) if dialog is not None else UNHANDLED

    @cached_property
    def _dialogs(self) -> Mapping[type[StatesGroup], Dialog]:
        return {router.states_group(): router for router in self.sub_routers if isinstance(router, Dialog)}

    @cached_property
    def _handlers(self) -> Mapping[str, list[Router]]:
        plain = [router for router in self.sub_routers if not isinstance(router, Dialog)]
        kinds = {kind for router in plain for kind in router.resolve_used_update_types()}
        return {kind: [router for router in plain if kind in router.resolve_used_update_types()] for kind in kinds}
