"""What a user can ask of any platform: one file a noun, its contract and its two faces side by side."""
