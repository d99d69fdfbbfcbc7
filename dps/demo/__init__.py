"""A scheme in mid-life to look at and try: plainly invented organisations and people, placed
relative to the demo's day."""
