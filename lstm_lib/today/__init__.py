"""Cells that came after the LSTM, on NumPy: their equations, forward and backward."""

from lstm_lib.today.min_lstm import MinLSTMTrace, min_lstm, min_lstm_back

__all__ = ["MinLSTMTrace", "min_lstm", "min_lstm_back"]
