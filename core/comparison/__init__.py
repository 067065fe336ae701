"""Methods side by side on the same photos, in one report."""
