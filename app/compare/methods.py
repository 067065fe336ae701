"""Which methods the page offers, and how each takes part for a given photo."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.compare.contest import Entry
from app.compare.stored import StoredOutputs
from app.compare.subject import Subject, pixels_sha256, reduce
from core.errors import UserError
from core.inference import Derainer
from core.methods import Method, Sources, Weights, find_methods
from core.methods.outputs import keys_of_outputs
from core.peers import PEERS

BROUGHT = "brought"
RAIN = {
    "Rain100L": "light rain (Rain100L)",
    "Rain100H": "heavy rain (Rain100H)",
    "Rain1400": "rain drawn with Photoshop (Rain1400)",
}
"""The rain of the sets that peers' weights were made for, in words."""


@dataclass(frozen=True)
class Methods:
    """Our model, the peers, folders of outputs, and the peers' outputs that came with the examples."""

    found: tuple[Method, ...]
    stored: StoredOutputs

    @property
    def choices(self) -> list[tuple[str, str]]:
        """(label, key) of every method that can take part for some photo."""
        return [(self._label(m), m.key) for m in self.found if m.missing is None or m.key in self.stored.methods]

    @property
    def with_outputs(self) -> list[tuple[str, str]]:
        """(label, key) of every method whose outputs are at hand for some photo."""
        return [(self._label(m), m.key) for m in self.found if self._at_hand(m) or m.key in self.stored.methods]

    def able(self, subject: Subject | None) -> list[str]:
        """Keys of the methods that can take part for a photo: those that run, and those with an output of it stored.

        Of no photo in particular: those that run.
        """
        return [m.key for m in self.found if m.missing is None or (subject and self.stored.find(m.key, subject.key))]

    def entries(self, subject: Subject, chosen: list[str]) -> list[Entry]:
        """The chosen methods and those that cannot take part, then the outputs that were brought along."""
        able = self.able(subject)
        entries = [self._entry(m, subject) for m in self.found if m.key in chosen or m.key not in able]
        for label, pixels in subject.others:
            entries.append(Entry(f"{BROUGHT}:{label}", label, "your file", None, pixels.view))
        return entries

    def judged(self, subject: Subject, chosen: list[str]) -> list[Entry]:
        """The chosen methods for a round of the blind test, which shows no time: stored outputs go before networks."""
        return [self._from_store(m, subject) or self._entry(m, subject) for m in self.found if m.key in chosen]

    def at_hand(self, key: str, subject: Subject) -> Entry | None:
        """A method's output for the photo where none has to be computed: stored, or in a folder of outputs."""
        method = next(method for method in self.found if method.key == key)
        if self._at_hand(method):
            return None if method.lacks(subject.known_as) else self._from_folder(method, subject)
        return self._from_store(method, subject)

    def _entry(self, method: Method, subject: Subject) -> Entry:
        """What is stored goes before a network with other weights: it is by the peer's best ones for the photo."""
        if self._at_hand(method):
            return self._from_folder(method, subject)
        stored = self.stored.find(method.key, subject.key)
        if method.missing is None and (stored is None or stored.weights == method.weights):
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

    def _label(self, method: Method) -> str:
        """Without weights where what is stored is by the best ones for each photo."""
        return method.title if method.key in self.stored.methods else method.label

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

    def _from_store(self, method: Method, subject: Subject) -> Entry | None:
        stored = self.stored.find(method.key, subject.key)
        if stored is None:
            return None
        measured = subject.clean is not None and pixels_sha256(subject.clean) == stored.clean_sha256
        source = f"stored output, {weights_in_words(method.key, stored.weights)}"
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
    return weights_in_words(method.key, method.weights) if method.weights else "the demo’s weights"


def weights_in_words(key: str, weights: Weights) -> str:
    """A method's weights, and for a peer's published ones the rain that they were made for."""
    sets = PEERS[key].for_set if key in PEERS else {}
    rain = next((RAIN.get(name, name) for name, made in sets.items() if made == weights.name), "")
    return f"weights {weights.name} ({weights.sha256[:8]}…){f', made for {rain}' if rain else ''}"


def refuse() -> np.ndarray:
    """Stands for a method that is missing and is therefore never run."""
    raise AssertionError("a missing method was run")
