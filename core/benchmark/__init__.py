"""Speed, cost and memory of our model and of peers, side by side in one run."""
