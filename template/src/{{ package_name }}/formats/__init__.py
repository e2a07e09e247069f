"""The formats that a trained network is exported in: each writes, reads back and predicts."""
