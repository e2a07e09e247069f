"""Reading data: from files to examples, split in three."""
