"""Clips of real rain: frames of a video or folder, and the still scene behind the rain where it can be told."""

from datasets.clips.frames import read_frames
from datasets.clips.stills import Still, find_stills

__all__ = ["Still", "find_stills", "read_frames"]
