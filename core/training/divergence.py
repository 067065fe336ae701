"""Signs that a training with adversaries has come to a standstill."""

STUCK = 10
"""Rows of the log in a row that make a discriminator stuck."""
WON, LOST = 0.995, 0.005


class Watch:
    """Looks at each row of the log, and says once what has gone wrong with a discriminator."""

    def __init__(self) -> None:
        self.streaks: dict[str, int] = {}

    def look(self, values: dict[str, float]) -> list[str]:
        """Values of a row, "<discriminator> accuracy" among them -> sentences about discriminators newly stuck.

        A discriminator is stuck when it has been right about everything, or wrong about everything, for `STUCK` rows:
        then the generator learns nothing from it.
        """
        sentences = []
        for name, accuracy in values.items():
            if not name.endswith(" accuracy"):
                continue
            stuck = accuracy > WON or accuracy < LOST
            self.streaks[name] = self.streaks.get(name, 0) + 1 if stuck else 0
            if self.streaks[name] == STUCK:
                who = name.removesuffix(" accuracy").replace("d_", "D_")
                sentences.append(
                    f"{who} is stuck: its accuracy has been {round(accuracy)} for {STUCK} rows of the log, so that its "
                    "generator learns nothing from it; lower its width or rate, or raise the other losses."
                )
        return sentences
