"""The demo: a page where a rainy photo goes in and its rain mask and the derained photo come out."""
