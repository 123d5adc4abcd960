"""The questions: a file each, with its reference, its cases, its mistakes and its hints."""

from lstm_lib.exercises.creat_lstm_cell import question as creat_lstm_cell
from lstm_lib.exercises.questions import (
    basic_lstm_step,
    broken_without,
    candidate,
    carry,
    count_parameters,
    coupled_cell,
    find_the_bug,
    find_the_unfair,
    forget_gate,
    gradient_factor,
    input_gate,
    join_steps,
    judge_claim,
    keras_weights,
    lstm_step,
    lstm_step_backward,
    output_gate,
    reset_places,
    rnn_step,
    scan_back,
    stabilise,
    update_cell,
    update_hidden,
)

# In the order in which they are read, chapter by chapter.
CHAPTERS = (
    (rnn_step, gradient_factor),
    (update_cell, carry),
    (forget_gate, input_gate, candidate, output_gate, update_hidden, lstm_step),
    (creat_lstm_cell, basic_lstm_step, count_parameters, keras_weights),
    (lstm_step_backward, find_the_bug),
    (broken_without, find_the_unfair),
    (join_steps, scan_back),
    (coupled_cell, reset_places, stabilise, judge_claim),
)
QUESTIONS = {each.QUESTION.name: each.QUESTION for chapter in CHAPTERS for each in chapter}
