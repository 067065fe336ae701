"""Learning while curators decide: in the background, every so many decisions, one fit at a time."""

import logging
import threading

from annotator.prescreen.learning import EVERY
from annotator.prescreen.own_decisions import count_decided, learn_from_decisions, summary, what_was_learnt
from annotator.project import Project
from core.errors import UserError


class Learning:
    """The learning of a project. Threads may share it."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        before = what_was_learnt(project)
        self._since = max(0, count_decided(project) - (before.decisions if before else 0))

    def decided(self, count: int = 1) -> None:
        """So many decisions were written: begins a fit where enough have come since the last one."""
        with self._lock:
            self._since += count
            if self._since < EVERY or (self._thread is not None and self._thread.is_alive()):
                return
            self._since = 0
            self._thread = threading.Thread(target=self._learn, daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Waits until no fit is running."""
        if self._thread is not None:
            self._thread.join()

    @property
    def said(self) -> str:
        """For the page: what the order is learnt from, in one line, "" before anything was learnt."""
        return summary(what_was_learnt(self._project))

    def _learn(self) -> None:
        try:
            learn_from_decisions(self._project)
        except UserError as error:
            logging.getLogger("annotator").warning("learning: %s", error)
        except Exception as error:
            logging.getLogger("annotator").error("learning", exc_info=error)
