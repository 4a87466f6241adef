"""Five home-made programs that started this project: as posted, as answered, and mended."""
