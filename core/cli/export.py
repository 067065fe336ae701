"""`python -m core export`: our network as one ONNX file, for FFmpeg, ONNX Runtime, OpenVINO and web pages."""

import argparse
from pathlib import Path


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `export` with its arguments."""
    parser = subparsers.add_parser(
        "export",
        help="our network as one ONNX file",
        description="Writes our network as one ONNX file: photo in, derained photo out, of any size, with padding "
        "inside. The file is held against PyTorch and refused if it differs. It needs requirements-engines.txt; "
        "docs/export.md says how to use it.",
        epilog="example: python -m core export -o derain.onnx --generator gr",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the file, such as derain.onnx")
    parser.add_argument("--weights", metavar="DIR", help="folder of a trained model (default: the one that is shipped)")
    parser.add_argument("--generator", choices=("gs", "gr"), help="(default: the model's own, G_r where it is trained)")
    parser.add_argument("--masks", action="store_true", help="adds the rain mask as a second output")
    parser.add_argument(
        "--precision",
        choices=("exact", "half", "small", "float32", "int8"),
        default="exact",
        help="how weights are stored: exact, half, small (G_r in 8 bits, as the web page has it), or float32, laid "
        "out for speed; int8 also counts in 8 bits, a little off (default: exact)",
    )


def run(args: argparse.Namespace) -> int:
    """Writes the file and says how near it is."""
    from core.cli.targets import check_target
    from core.errors import UsageError

    if Path(args.output).suffix.lower() != ".onnx":
        raise UsageError(f"-o takes the name of an ONNX file, such as derain.onnx, not {args.output}.")
    check_target(args.output)
    from core.export import export_int8, export_onnx

    if args.precision == "int8":
        rough = export_int8(Path(args.output), args.weights, args.generator, masks=args.masks)
        costs = "; ".join(f"{kind}: {rough.near[kind]:.1f} dB, {loss:.2f} lost" for kind, loss in rough.loss.items())
        print(f"{rough.path} ({rough.size / 1e6:.1f} MB), against float32 in rendered rain: {costs}")
        return 0
    made = export_onnx(Path(args.output), args.weights, args.generator, masks=args.masks, precision=args.precision)
    print(f"{made.path} ({made.size / 1e6:.1f} MB), at most {made.difference:.2g} of 255 from PyTorch")
    return 0
