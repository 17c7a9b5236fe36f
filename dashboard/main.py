"""What runs for a visitor on every rerun: language, navigation, the page."""

from __future__ import annotations

from dashboard import frame, navigation

frame.begin()
navigation.run()
