"""The annotator: a curator turns a pile of photos into a Real200-style set of real rain, and loses nothing."""
