"""Training, its scores and its run folders."""
