"""What a curator can do, free of any web framework: import, look, decide, undo, review, count, export."""
