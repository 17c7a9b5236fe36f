"""150 short articles in English and Chinese, written for this program."""
