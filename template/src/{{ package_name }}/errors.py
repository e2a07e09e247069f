"""What people are told: lines, and errors that are a line instead of a traceback."""

# Control characters and changes of direction, which names in data may hold.
STEERING = [*range(9), *range(11, 32), *range(127, 160)]
STEERING += [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
ESCAPES = {code: ascii(chr(code))[1:-1] for code in STEERING}


class UserError(Exception):
    """Something that the user can put right."""


def say(text: str) -> None:
    """Print text with what would steer the terminal written out."""
    print(harmless(text))


def harmless(text: str) -> str:
    r"""Return text with escapes such as \x1b for what would steer a terminal."""
    return text.translate(ESCAPES)
