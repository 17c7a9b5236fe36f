"""What runs for a visitor on every rerun: language, navigation, the page."""

from __future__ import annotations

from dashboard import ahead, frame, navigation

frame.begin()
try:
    navigation.run()
finally:
    ahead.shown()
