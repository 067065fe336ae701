"""The engines that commands run the network with."""

PYTORCH, AUTO = "pytorch", "auto"
OTHER_ENGINES = ("onnxruntime", "openvino", "openvino-int8")
