"""The command line `python -m core`: which commands there are. `core/cli/NAME.py` (with _ for -) holds each."""

from core.command_line import Program

COMMANDS = {
    "derain": "take the rain out of photos",
    "evaluate": "PSNR and SSIM of a model over pairs of rainy and clean photos",
    "compare": "our model beside DDN, PReNet and SIRR, as pictures and as figures",
    "real-rain": "how much rain methods take out of real photos, without ground truth",
    "dry": "what methods do to fog, snow, leaves and other photos without rain",
    "train": "train a model",
    "validate": "a config's validation figures of any weights",
    "ablate": "train a table of variants with several seeds",
    "data": "which data sets are at hand",
    "export": "our network as one ONNX file",
    "benchmark": "speed and memory of our model and of its peers",
}
"""Subcommand -> summary for `--help`."""

_PROGRAM = Program(
    name="python -m core",
    description="Takes rain out of single photos.",
    example="python -m core derain photo.jpg -o derained/",
    commands=COMMANDS,
    modules="core.cli.{}",
)
build_parser, main = _PROGRAM.build_parser, _PROGRAM.main
