"""What goes in: paired and unpaired sets by name, and the rendering of rain."""
