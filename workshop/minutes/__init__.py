"""The minutes on paper and over time: out to files, in from files, and as they once were."""
