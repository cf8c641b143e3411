"""How people of the trial use the verbs: as the bot does, each deed in a transaction of its own."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from actions.actors import Asked, find_actors
from actions.permissions import NotAllowedError
from actions.refusals import Refused
from actions.registry import VERBS
from institute.passes import Passes
from store.doors import TELEGRAM


class Hands:
    """`done` and `refused` count what was done, by verb, and what the product refused, by its sentence."""

    def __init__(self, passes: Passes) -> None:
        self._passes, self._taps = passes, 0
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def do(self, action: Callable[..., Any], chat: str, **named: Any) -> Any:
        """Use a verb from this chat; None where the product refuses, or nobody stands there any more."""
        name = action.__name__
        database, self._taps = self._passes.database, self._taps + 1
        try:
            with database.read() if VERBS[name].reads else database.write() as session:
                actors = find_actors(session, TELEGRAM, chat)
                if not actors:
                    self.refused[f"{name}: nobody"] += 1
                    return None
                asked = Asked(actors[0], self._passes.now, self._passes.today, f"year{self._taps}")
                done = action(session, asked, **named)
        except Refused as refused:
            self.refused[f"{name}: {refused.name}"] += 1
            return None
        except NotAllowedError:  # it went over to another one meanwhile, or their places are elsewhere
            self.refused[f"{name}: not theirs"] += 1
            return None
        self.done[name] += not VERBS[name].reads
        return done
