"""Pre-screening as the page starts it: in the background, one at a time, with its progress, and stopped on request."""

import logging
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from annotator.project import Project
from annotator.usecases.measuring import count_unmeasured
from core.errors import UserError

if TYPE_CHECKING:
    from annotator.prescreen.run import PrescreenReport


class Prescreening:
    """The pre-screening of a project. Threads may share it."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._done = self._total = 0
        self._report: PrescreenReport | None = None
        self._error = ""

    def start(self) -> None:
        """Begins, where it is not running."""
        with self._lock:
            if self._running:
                return
            self._stop.clear()
            self._done = self._total = 0
            self._report, self._error = None, ""
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def cancel(self) -> None:
        """Asks it to stop after the photos that are being measured; those done stay measured."""
        self._stop.set()

    def end(self) -> None:
        """Stops it and waits until it has."""
        self.cancel()
        if self._thread is not None:
            self._thread.join()

    def state(self) -> dict[str, Any]:
        """For the page: photos not measured yet; while it runs, `done` of `total`; afterwards what came of it."""
        from annotator.prescreen.score import version

        return {
            "running": self._running,
            "stopping": self._stop.is_set(),
            "done": self._done,
            "total": self._total,
            "waiting": count_unmeasured(self._project, version()),
            "report": None if self._report is None else asdict(self._report),
            "error": self._error,
        }

    @property
    def _running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _run(self) -> None:
        from annotator.prescreen.run import prescreen

        try:
            self._report = prescreen(self._project, progress=self._show, stop=self._stop.is_set)
        except UserError as error:
            self._error = str(error)
        except Exception as error:
            logging.getLogger("annotator").error("pre-screening", exc_info=error)
            self._error = "Something went wrong in the server; its log says what."

    def _show(self, done: int, total: int) -> None:
        self._done, self._total = done, total


def make_prescreening(prescreening: Prescreening) -> APIRouter:
    """The routes below /api/prescreen."""
    router = APIRouter(prefix="/api/prescreen")

    @router.get("")
    def state() -> dict[str, Any]:
        return prescreening.state()

    @router.post("/start")
    def start() -> dict[str, Any]:
        prescreening.start()
        return prescreening.state()

    @router.post("/cancel")
    def cancel() -> dict[str, Any]:
        prescreening.cancel()
        return prescreening.state()

    return router
