"""Where photos come from: folders, archives, lists of paths and URLs."""
