"""The one kind of error that people see as a line instead of a traceback."""


class UserError(Exception):
    """Something that the user can put right."""
