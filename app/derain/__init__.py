"""The page where a rainy photo goes in and its rain mask and the derained photo come out, and its endpoint."""
