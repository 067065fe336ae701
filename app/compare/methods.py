"""Which methods the page offers, and how each takes part for a given photo."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.compare.contest import Entry
from app.compare.stored import StoredOutputs
from app.compare.subject import Subject, pixels_sha256, reduce
from core.errors import UserError
from core.inference import Derainer
from core.methods import Method, Sources, find_methods
from core.methods.outputs import keys_of_outputs
from core.peers import PEERS

BROUGHT = "brought"


@dataclass(frozen=True)
class Methods:
    """Our model, the peers, folders of outputs, and the peers' outputs that came with the examples."""

    found: tuple[Method, ...]
    stored: StoredOutputs

    @property
    def choices(self) -> list[tuple[str, str]]:
        """(label, key) of every method that can take part for some photo."""
        return [(m.label, m.key) for m in self.found if m.missing is None or m.key in self.stored.methods]

    @property
    def with_outputs(self) -> list[tuple[str, str]]:
        """(label, key) of every method whose outputs are at hand for some photo."""
        return [(m.label, m.key) for m in self.found if self._at_hand(m) or m.key in self.stored.methods]

    def entries(self, subject: Subject, chosen: list[str]) -> list[Entry]:
        """The chosen methods and those that are missing, then the outputs that were brought along."""
        keys = [key for _, key in self.choices]
        entries = [self._entry(m, subject) for m in self.found if m.key in chosen or m.key not in keys]
        for label, pixels in subject.others:
            entries.append(Entry(f"{BROUGHT}:{label}", label, "your file", None, pixels.view))
        return entries

    def judged(self, subject: Subject, chosen: list[str]) -> list[Entry]:
        """The chosen methods for a round of the blind test, which shows no time: stored outputs go before networks."""
        return [self._same_output(m, subject) or self._entry(m, subject) for m in self.found if m.key in chosen]

    def at_hand(self, key: str, subject: Subject) -> Entry | None:
        """A method's output for the photo where none has to be computed: stored, or in a folder of outputs."""
        method = next(method for method in self.found if method.key == key)
        if self._at_hand(method):
            return None if method.lacks(subject.known_as) else self._from_folder(method, subject)
        return self._from_store(method, subject)

    def _entry(self, method: Method, subject: Subject) -> Entry:
        if self._at_hand(method):
            return self._from_folder(method, subject)
        if method.missing is None:
            return Entry(
                method.key,
                method.label,
                weights_of(method),
                None,
                lambda: method.derain(subject.rainy, subject.known_as).rounded,
                method.needs.cost,
                whole=not method.needs.tiles,
            )
        return self._from_store(method, subject) or Entry(method.key, method.label, "", method.missing, refuse)

    @staticmethod
    def _at_hand(method: Method) -> bool:
        """Whether nothing has to be computed for what it gives."""
        return method.missing is None and not method.computes

    def _from_folder(self, method: Method, subject: Subject) -> Entry:
        def read() -> np.ndarray:
            if not subject.known_as:
                raise UserError(f"The output {subject.name} is that of another photo, which has this name too.")
            return reduce(method.derain(subject.full, subject.known_as).rounded)

        return Entry(method.key, method.label, "folder of outputs", None, read)

    def _same_output(self, method: Method, subject: Subject) -> Entry | None:
        """The stored output of the weights that the method would run, or of a method that is missing."""
        stored = self.stored.find(method.key, subject.key)
        same = stored is not None and method.weights in (None, stored.weights)
        return self._from_store(method, subject) if same else None

    def _from_store(self, method: Method, subject: Subject) -> Entry | None:
        stored = self.stored.find(method.key, subject.key)
        if stored is None:
            return None
        measured = subject.clean is not None and pixels_sha256(subject.clean) == stored.clean_sha256
        source = f"stored output, weights {stored.weights.name} ({stored.weights.sha256[:8]}…)"
        scores = stored.scores if measured else None
        return Entry(method.key, stored.label, source, None, lambda: reduce(stored.read()), scores=scores)


def offer(
    derainer: Derainer, stored: StoredOutputs, *, peers: Path | None = None, outputs: Path | None = None
) -> Methods:
    """Every method for one loaded model.

    Args:
        peers: folder of the peers' weights; None for that of the environment.
        outputs: folder of outputs on disk, `outputs/METHOD/NAME.png`.

    Raises:
        UserError: there is no such folder of outputs.
    """
    keys = ["ours", *PEERS, *(keys_of_outputs(outputs) if outputs else [])]
    found = find_methods(keys, Sources(peers=peers, outputs=outputs, weights=derainer))
    return Methods(tuple(found), stored)


def weights_of(method: Method) -> str:
    """The weights in a few words."""
    return f"weights {method.weights.name} ({method.weights.sha256[:8]}…)" if method.weights else "the demo's weights"


def refuse() -> np.ndarray:
    """Stands for a method that is missing and is therefore never run."""
    raise AssertionError("a missing method was run")
