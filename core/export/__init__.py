"""Our network as one ONNX file, which any runtime takes."""

from core.export.choice import choose_engine
from core.export.errors import ExportError
from core.export.kept import KEPT_ENGINES, kept_engine, kept_export
from core.export.write import PRECISIONS, Exported, export_onnx
from core.export.write_int8 import ExportedInt8, export_int8

__all__ = [
    "KEPT_ENGINES",
    "PRECISIONS",
    "ExportError",
    "Exported",
    "ExportedInt8",
    "choose_engine",
    "export_int8",
    "export_onnx",
    "kept_engine",
    "kept_export",
]
