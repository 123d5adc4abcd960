"""The questions: a file each, with its reference, its cases, its mistakes and its hints."""

from lstm_lib.exercises.creat_lstm_cell import question as creat_lstm_cell
from lstm_lib.exercises.questions import (
    basic_lstm_step,
    broken_without,
    by_luck,
    candidate,
    carry,
    count_parameters,
    coupled_cell,
    cut_windows,
    find_the_bug,
    find_the_unfair,
    forget_gate,
    gradient_factor,
    input_gate,
    join_steps,
    judge_claim,
    keras_weights,
    last_valid,
    latch_by_hand,
    lstm_step,
    lstm_step_backward,
    masked_loss,
    name_the_fault,
    output_gate,
    parity_by_hand,
    reset_places,
    rnn_step,
    sample_letter,
    scale_parts,
    scan_back,
    stabilise,
    training_step,
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
    (training_step, latch_by_hand, parity_by_hand, name_the_fault, by_luck),
    (scale_parts, cut_windows, masked_loss, last_valid, sample_letter),
    (coupled_cell, reset_places, stabilise, judge_claim),
)
QUESTIONS = {each.QUESTION.name: each.QUESTION for chapter in CHAPTERS for each in chapter}
