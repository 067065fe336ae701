"""Builds the page that derains in the visitor's own browser: `make web` calls this, then scripts/serve_web.py.

    python scripts/build_web.py [-o dist] [--model FILE] [--demo ADDRESS]

Puts web/, what it shares with the demo, the exported network and onnxruntime-web (from `npm ci --ignore-scripts`) into
one folder of files that any host can serve. The folder appears whole or not at all.
"""

import argparse
import hashlib
import html
import json
import os
import secrets
import shutil
import sys
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.errors import UserError

ROOT = Path(__file__).resolve().parents[1]
WEB, RUNTIME = ROOT / "web", ROOT / "node_modules" / "onnxruntime-web"
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; "
    "img-src 'self' blob: data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'"
)
"""Content-Security-Policy of the page. "blob:" and "data:" are pictures that the page makes itself."""
RUNTIME_FILES = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs")
RUNTIME_WASM = "ort-wasm-simd-threaded.wasm"
LARGE = (".gz",)
"""Files that the page itself keeps, not its service worker."""
NOT_SERVED = ("README.md", ".gitattributes", "headers.json")
"""Files for the host alone."""


def main() -> int:
    """Builds; returns 0 done, 1 failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "dist", help="the folder, replaced (dist)")
    parser.add_argument("--model", type=Path, help="a file of `python -m core export --masks` (made here)")
    parser.add_argument("--demo", default=os.environ.get("DERAIN_DEMO", ""), help="the demo's address (DERAIN_DEMO)")
    arguments = parser.parse_args()
    try:
        total = build(arguments.output, arguments.model, arguments.demo)
    except UserError as error:
        print(f"build_web: {error}", file=sys.stderr)
        return 1
    print(f"{arguments.output}: {total / 1e6:.2f} MB to download at the first visit, packed")
    return 0


def build(output: Path, model: Path | None = None, demo: str = "") -> int:
    """Builds the page into `output`, replacing what is there.

    Args:
        model: an exported network with masks; None exports the shipped weights.
        demo: address of the demo with a server, linked to where it is set.

    Returns:
        Bytes of a first visit, packed.

    Raises:
        UserError: npm has not installed onnxruntime-web, or the network cannot be exported.
    """
    if not (RUNTIME / "dist" / RUNTIME_WASM).is_file():
        raise UserError("onnxruntime-web is not installed: npm ci --ignore-scripts.")
    if output.exists() and any(output.iterdir()) and not (output / "build.js").is_file():
        raise UserError(f"{output} holds something else than this page, so it is left alone.")
    output.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".web-", dir=output.parent))
    try:
        fill(fresh, model, demo)
        fresh.chmod(0o755)
        replace(output, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return first_visit(output)


def first_visit(folder: Path) -> int:
    """Bytes that a first visit to a built page downloads, packed."""
    served = [path for path in files_in(folder) if path.name not in NOT_SERVED]
    return sum(len(path.read_bytes() if path.suffix in LARGE else packed(path.read_bytes())) for path in served)


def replace(output: Path, fresh: Path) -> None:
    """Puts the folder `fresh` in the place of `output`."""
    old = output.parent / f".old-{secrets.token_hex(8)}"
    if output.exists():
        output.rename(old)
    fresh.rename(output)
    shutil.rmtree(old, ignore_errors=True)


def fill(folder: Path, model: Path | None, demo: str) -> None:
    """Writes every file of the page into an empty folder; the service worker, which lists the others, last."""
    for path in WEB.glob("*"):
        if path.is_file():
            shutil.copyfile(path, folder / path.name)
    shutil.copyfile(WEB / "space" / "README.md", folder / "README.md")
    fill_shared(folder)
    (folder / "licences.txt").write_text(licences(), encoding="utf-8")
    (folder / "ort").mkdir()
    for name in RUNTIME_FILES:
        shutil.copyfile(RUNTIME / "dist" / name, folder / "ort" / name)
    draw_icons(folder)
    parts = network_parts(model)
    scale = json.loads((ROOT / "core" / "inference" / "rain_scale.json").read_text(encoding="utf-8"))
    write_script(
        folder / "build.js",
        LARGE=fill_large(folder, parts),
        STRIDE=int(parts.facts["multiple"]),
        GENERATOR=parts.facts["generator"],
        RAIN_SCALE=scale,
        LINKS={"demo": demo},
    )
    page = (folder / "index.html").read_text(encoding="utf-8")
    (folder / "index.html").write_text(page.replace("{{policy}}", html.escape(POLICY)), encoding="utf-8")
    write_json(folder / "headers.json", headers())
    fill_service_worker(folder)


def headers() -> dict[str, str]:
    """Headers with which the page should be served: threads need the first two."""
    return {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": "geolocation=(), microphone=()",
    }


def fill_shared(folder: Path) -> None:
    """What the page has from the demo: its style sheets, colours, and the viewer as a module."""
    from app.theme import RAIN, SLATE

    for name in ("theme.css", "viewer.css"):
        shutil.copyfile(ROOT / "app" / name, folder / name)
    colours = [
        f"  --{use}-{level[1:]}: {colour};"
        for use, hue in (("primary", RAIN), ("neutral", SLATE))
        for level, colour in vars(hue).items()
        if level[0] == "c" and level[1:].isdigit()
    ]
    (folder / "tokens.css").write_text("\n".join([":root {", *colours, "}", ""]), encoding="utf-8")
    helper = (ROOT / "app" / "widget.js").read_text(encoding="utf-8")
    (folder / "make.js").write_text(helper.replace("\nfunction make(", "\nexport function make("), encoding="utf-8")
    viewer = (ROOT / "app" / "viewer.js").read_text(encoding="utf-8")
    before, after = (WEB / "viewer.js").read_text(encoding="utf-8").split("// {{viewer}}\n")
    (folder / "viewer.js").write_text(before + viewer + after, encoding="utf-8")


@dataclass(frozen=True)
class Parts:
    """The exported network: its two parts as ONNX, and its metadata."""

    mask: bytes
    derain: bytes
    facts: dict[str, str]


def fill_large(folder: Path, parts: Parts) -> dict[str, object]:
    """The network's parts and the runtime, packed under names with their hashes: use -> name, and all their bytes."""
    wasm = (RUNTIME / "dist" / RUNTIME_WASM).read_bytes()
    large: dict[str, object] = {}
    for use, content, suffix in (
        ("wasm", wasm, "wasm"),
        ("mask", parts.mask, "onnx"),
        ("derain", parts.derain, "onnx"),
    ):
        name = f"{use}-{hashlib.sha256(content).hexdigest()[:12]}.{suffix}.gz"
        (folder / name).write_bytes(packed(content))
        large[use] = name
    return large | {"bytes": sum((folder / str(name)).stat().st_size for name in large.values())}


def network_parts(model: Path | None) -> Parts:
    """The exported network, cut in two."""
    import onnx

    from core.export import export_onnx
    from core.export.parts import mask_and_rest

    with tempfile.TemporaryDirectory() as folder:
        if model is None:
            model = Path(folder) / "derain.onnx"
            export_onnx(model, masks=True, precision="small")
        mask, derain = mask_and_rest(onnx.load(str(model)))
    facts = {entry.key: entry.value for entry in derain.metadata_props}
    return Parts(mask.SerializeToString(), derain.SerializeToString(), facts)


def packed(content: bytes) -> bytes:
    """gzip as small as zlib can, the same for the same content."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31, 9)
    return packer.compress(content) + packer.flush()


def licences() -> str:
    """The licence texts of everything in the folder."""
    version = json.loads((RUNTIME / "package.json").read_text(encoding="utf-8"))["version"]
    ours = (ROOT / "LICENSE").read_text(encoding="utf-8")
    theirs = "Copyright (c) Microsoft Corporation" + ours[ours.index("\n\nPermission") :]
    return (
        f"The page and its network: Semi-DerainGAN\n\n{ours}\n\n"
        f"ort/ and the file wasm-…: onnxruntime-web {version}, MIT License\n\n{theirs}\n"
        "Parts of ONNX Runtime are by others: "
        f"https://github.com/microsoft/onnxruntime/blob/v{version}/ThirdPartyNotices.txt\n"
    )


def draw_icons(folder: Path) -> None:
    """The icons that an installed page needs as PNG: the drop of icon.svg, with room round it for any mask."""
    import cv2
    import numpy as np
    from PIL import Image

    for side in (192, 512):
        canvas = np.full((4 * side, 4 * side, 3), (0xFB, 0xFA, 0xEE), np.uint8)  # drawn large in BGR, then shrunk
        unit = 4 * side / 32 * 0.6

        def at(x: float, y: float, unit: float = unit, side: int = side) -> tuple[int, int]:
            return round(2 * side + (x - 16) * unit), round(2 * side + (y - 16) * unit)

        for start, stop in (((10, 3), (7, 12)), ((18, 3), (14, 12)), ((8, 18), (5, 27))):
            cv2.line(canvas, at(*start), at(*stop), (0xC1, 0xB1, 0x3F), round(2.4 * unit), cv2.LINE_AA)
        turn = np.linspace(-np.pi / 2, 3 * np.pi / 2, 200)
        width = 6 * np.cos(turn) * np.sqrt((1 - np.sin(turn - np.pi)) / 2) ** 0.7
        drop = np.array([at(20 + dx, 19 + 8 * np.sin(angle)) for dx, angle in zip(width, turn)], np.int32)
        cv2.fillPoly(canvas, [drop], (0x8A, 0x76, 0x10), cv2.LINE_AA)
        small = cv2.resize(canvas, (side, side), interpolation=cv2.INTER_AREA)
        Image.fromarray(small[..., ::-1]).quantize(32).save(folder / f"icon-{side}.png", optimize=True)


def fill_service_worker(folder: Path) -> None:
    """The list of the other files and a version that is the hash of them all."""
    kept = [path for path in files_in(folder) if path.suffix not in LARGE and path.name not in (*NOT_SERVED, "sw.js")]
    version = hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in kept)).hexdigest()[:16]
    names = ["./", *(path.relative_to(folder).as_posix() for path in kept)]
    script = (folder / "sw.js").read_text(encoding="utf-8")
    listed = ", ".join(f"'{name}'" for name in names)
    (folder / "sw.js").write_text(
        script.replace("{{version}}", version).replace("'{{files}}'", listed), encoding="utf-8"
    )


def files_in(folder: Path) -> list[Path]:
    """Every file below a folder, by name."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def write_script(path: Path, **values: object) -> None:
    """A module that exports these constants."""
    lines = [f"export const {name} = {json.dumps(value, ensure_ascii=False)};\n" for name, value in values.items()]
    path.write_text("// Made by scripts/build_web.py.\n" + "".join(lines), encoding="utf-8")


def write_json(path: Path, value: object) -> None:
    """A value as JSON for people to read."""
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
