"""Layers that came after the LSTM, on NumPy, as their equations; the minLSTM with its way back."""

from lstm_lib.today.attention import attention, causal_attention
from lstm_lib.today.m_lstm import MLSTMState, m_lstm, m_lstm_step
from lstm_lib.today.min_lstm import MinLSTMTrace, min_lstm, min_lstm_back
from lstm_lib.today.s_lstm import SLSTMState, s_lstm, s_lstm_step

__all__ = [
    "MLSTMState",
    "MinLSTMTrace",
    "SLSTMState",
    "attention",
    "causal_attention",
    "m_lstm",
    "m_lstm_step",
    "min_lstm",
    "min_lstm_back",
    "s_lstm",
    "s_lstm_step",
]
