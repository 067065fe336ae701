"""Our network as one ONNX file, which any runtime takes."""

from core.export.errors import ExportError
from core.export.kept import kept_export
from core.export.write import PRECISIONS, Exported, export_onnx

__all__ = ["PRECISIONS", "ExportError", "Exported", "export_onnx", "kept_export"]
