"""The model and what runs it: networks, losses, training, inference, metrics, image files, the command line."""
