"""The demo's page Compare: one photo by every method, a gallery of outputs, and the blind test."""
