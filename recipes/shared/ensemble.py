"""The training of a network of several members."""

import keras
from keras import ops


class Ensemble(keras.Model):
    """A network in training that predicts for each member: (n, members, outputs).

    Each member learns from its own errors: the loss is the mean of theirs. Learning from
    the error of their mean, they would come to rely on each other. What tells when to
    stop, and what is shown, is of their mean.
    """

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        """Return the loss of the members while training, else that of their mean."""
        members = y_pred.shape[1]
        if training:
            y_pred = ops.reshape(y_pred, (-1, y_pred.shape[2]))
            y = ops.repeat(y, members, axis=0)
            if sample_weight is not None:
                sample_weight = ops.repeat(sample_weight, members, axis=0)
        else:
            y_pred = ops.mean(y_pred, axis=1)
        return super().compute_loss(x, y, y_pred, sample_weight, training)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        """Return the metrics of the mean of the members."""
        mean = ops.mean(y_pred, axis=1)
        return super().compute_metrics(x, y, mean, sample_weight)
