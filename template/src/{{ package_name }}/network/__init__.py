"""The network, with its preparation inside the saved model."""
