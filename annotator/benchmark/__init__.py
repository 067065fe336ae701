"""What the annotator promises, measured: speed with many candidates, many curators at once, kills at any moment."""
