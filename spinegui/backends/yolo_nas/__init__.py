"""YOLO-NAS finds spines: trained with super-gradients and PyTorch, run by onnxruntime alone."""
