"""Windows of long arrays, cut out where they are needed: they overlap."""

import numpy as np


class Windows:
    """n windows of so many steps, as an array (n, steps, features).

    To copy them all would take `steps` times the memory of the values.
    """

    def __init__(self, values: np.ndarray, starts: np.ndarray, steps: int):
        """Take values (places, features), and the places where windows start (n,)."""
        self.values, self.starts, self.steps = values, starts, steps
        self.shape = (len(starts), steps, values.shape[1])
        self.dtype = values.dtype

    def __len__(self) -> int:
        """Return the number of windows."""
        return len(self.starts)

    def __getitem__(self, rows) -> np.ndarray:
        """Return some of the windows: (rows, steps, features)."""
        return self.values[self.starts[rows][:, np.newaxis] + np.arange(self.steps)]

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        """Return all windows."""
        return self[:].astype(dtype or self.dtype, copy=False)
