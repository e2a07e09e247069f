"""What `export` writes: a module for each format, with what is special to it."""

FORMATS = ["saved_model", "onnx", "litert"]
