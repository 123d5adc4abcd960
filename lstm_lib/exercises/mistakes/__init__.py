"""What several questions share: sizes to try an answer with, and mistakes."""
