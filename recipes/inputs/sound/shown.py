"""Sounds of a report: players of their first seconds."""

import base64
import io
import wave

import numpy as np

from ..config import Config
from ..data.schema import Schema, Split

IS_LONG = True  # whether an example needs much room
SECONDS = 3  # to be heard


def show(split: Split, row: int, schema: Schema, config: Config) -> str:
    """Return a player of the beginning of a row."""
    sound = split.x["sound"][row].ravel()[: SECONDS * config.sample_rate]
    sound = sound[~np.isnan(sound)]
    loudest = max(np.abs(sound).max(initial=0), 1e-9)
    samples = (sound / loudest * 32000).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as player:
        player.setnchannels(1)
        player.setsampwidth(2)
        player.setframerate(config.sample_rate)
        player.writeframes(samples.tobytes())
    encoded = base64.b64encode(file.getvalue()).decode()
    label = f"the first {len(samples) / config.sample_rate:.1f} seconds, made loud"
    return f'<audio controls aria-label="{label}" src="data:audio/wav;base64,{encoded}"></audio>'
