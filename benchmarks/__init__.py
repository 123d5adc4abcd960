"""How fast and how large: `lstm_lib` beside other LSTMs. ``make bench`` runs all of it."""
