"""The engines that `python -m core derain` runs the network with."""

PYTORCH, OTHER_ENGINES = "pytorch", ("onnxruntime", "openvino")
