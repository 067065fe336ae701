"""Pre-screening: measures photos, finds near-duplicates and proposes crops. It orders and flags; it never rejects."""
