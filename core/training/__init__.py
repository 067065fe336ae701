"""Training: configs, patches, schedule, checkpoints, validation and the loop; `python -m core train`."""
