"""The demo's page and its four small endpoints, on this machine only."""

from datetime import date
from typing import Any, Literal, Protocol

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict
from starlette.middleware.trustedhost import TrustedHostMiddleware

from tixing.demo.acts import Answer
from tixing.demo.strings import ASSETS, choose_language, read_page_file, render_page

HERE_ONLY = ["127.0.0.1", "localhost"]  # a page elsewhere must not reach the demo through another name
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'",
}

Move = Literal["start", "day", "week", "next", "stop"]
Language = Literal["zh", "en"]
Desk = Literal["manager", "department", "regulator", "maintainer", "worker"]


class RefusedAct(Exception):
    """What was asked makes no sense; the message is one sentence."""


class Demo(Protocol):
    """A city whose clock can be moved. `unit` is the reference of the use unit to look at, None: the largest."""

    def view(self, unit: str | None, language: str) -> dict[str, Any]:
        """What is on the phones, see state.py."""

    def move(self, to: Move, unit: str | None) -> None:
        """Move the clock: one day, a week, to the next message on the phones around `unit`, or back to the start.

        `stop` lets it stand still while the next day comes.
        """

    def health(self) -> tuple[int, dict[str, Any]]:
        """Status and body of /healthz at the moment on the clock."""

    def why(self, notice_id: int, language: str) -> dict[str, Any] | None:
        """Why a message came, None if there is no such message."""

    def answer(self, task_id: int, answer: Answer, on: date | None) -> None:
        """Record what came of a call; raises RefusedAct."""

    def link(self, desk: Desk, unit: str | None) -> str | None:
        """A personal link into the web chat of who sits at this desk; None for who has no telephone."""


class ClockMove(BaseModel):
    """Body of POST /api/clock."""

    model_config = ConfigDict(extra="forbid")

    to: Move
    unit: str | None = None
    lang: Language = "zh"


class CallAnswer(BaseModel):
    """Body of POST /api/call/{task_id}; `on` is the day of the inspection that was agreed."""

    model_config = ConfigDict(extra="forbid")

    answer: Answer
    on: date | None = None
    unit: str | None = None
    lang: Language = "zh"


def create_app(demo: Demo) -> FastAPI:
    """The page over one demo city."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=HERE_ONLY)

    @app.middleware("http")
    async def add_headers(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)  # the chat has its own
        return response

    @app.get("/")
    def page(request: Request, lang: str | None = None) -> HTMLResponse:
        return HTMLResponse(render_page(choose_language(lang, request.headers.get("accept-language", ""))))

    @app.get("/static/{name}")
    def asset(name: str) -> Response:
        if name not in ASSETS:
            raise HTTPException(404)
        return Response(read_page_file(name), media_type=ASSETS[name])

    @app.get("/api/state")
    def state(unit: str | None = None, lang: Language = "zh") -> JSONResponse:
        return JSONResponse(demo.view(unit, lang))

    @app.post("/api/clock")
    def clock(asked: ClockMove) -> JSONResponse:
        demo.move(asked.to, asked.unit)
        return JSONResponse(demo.view(asked.unit, asked.lang))

    @app.get("/healthz")
    def health() -> JSONResponse:
        status, body = demo.health()
        return JSONResponse(body, status_code=status)

    @app.get("/api/why/{notice_id}")
    def why(notice_id: int, lang: Language = "zh") -> JSONResponse:
        found = demo.why(notice_id, lang)
        if found is None:
            raise HTTPException(404)
        return JSONResponse(found)

    @app.get("/api/chat/{desk}")
    def chat(desk: Desk, unit: str | None = None, lang: Language = "zh") -> Response:
        link = demo.link(desk, unit)
        if link is None:
            raise HTTPException(404)
        return RedirectResponse(f"/chat?lang={lang}#k={link}", status_code=303)

    @app.post("/api/call/{task_id}")
    def call(task_id: int, asked: CallAnswer) -> JSONResponse:
        try:
            demo.answer(task_id, asked.answer, asked.on)
        except RefusedAct as error:
            raise HTTPException(409, str(error)) from error
        return JSONResponse(demo.view(asked.unit, asked.lang))

    return app
