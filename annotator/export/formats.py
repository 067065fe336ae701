"""The files of an export besides the crops themselves."""

FORMATS = {
    "metadata": "`SPLIT/metadata.jsonl`: where in which original (sha256) each crop lies, and where that came from",
    "events": "`events.parquet`, `.csv`: every decision that was ever made",
    "rejected": "`rejected.parquet`, `.csv`: the rejected photos with their reasons",
    "coco": "`coco.json`: the crops as boxes over the originals",
    "card": "`README.md`, `pictures/`: this card and its pictures",
}
"""Format -> what it writes, as the card says it. `annotator/export/NAME.py` has `write(content, folder)`, with a
`annotator.export.content.Content` and the export's folder, which may raise OSError."""
