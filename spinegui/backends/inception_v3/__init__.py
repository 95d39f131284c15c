"""The InceptionV3 classifier: a frozen base, a small trained head, run by onnxruntime."""
