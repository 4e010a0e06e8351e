"""Learns to write dates as 1998-05-03: sequence to sequence, with attention.

    python dates.py [--steps 800]

The program makes its own examples: "may 3rd, 1998", "sunday 3 may 98", "3.5.1998" and so on. A
bidirectional encoder reads the characters, a decoder writes the date while it looks at them. Then
dates that were not learned from are written greedily, and by a search over beams.
"""

import argparse
import datetime
import random

import numpy as np
import tensorflow as tf

PAD, START, END = 0, 1, 2
CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyz .,/-"
NUMBER_OF = {character: number + 3 for number, character in enumerate(CHARACTERS)}
SYMBOLS = len(CHARACTERS) + 3
READ = 32  # characters, at most: batches of one shape are compiled once
WRITTEN = 10  # characters of a date, 1998-05-03

MONTHS = "january february march april may june july august september october november december"
DAYS = "monday tuesday wednesday thursday friday saturday sunday"

EMBEDDED, HIDDEN, BATCH = 16, 64, 64


# Examples ----------------------------------------------------------------------------------------


def example(chance):
    """(a date as somebody might write it, the same as 1998-05-03)"""
    date = datetime.date(1950, 1, 1) + datetime.timedelta(chance.randrange(36525))
    month = MONTHS.split()[date.month - 1]
    name = chance.choice([month, month[:3]])
    weekday = chance.choice(["", DAYS.split()[date.weekday()] + " "])
    year = chance.choice([str(date.year), str(date.year), f"{date.year % 100:02}"])
    ordinal = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
    text = chance.choice(
        [
            f"{weekday}{date.day} {name} {year}",
            f"{weekday}{name} {date.day}{ordinal.get(date.day, 'th')}, {year}",
            f"{date.day}.{date.month}.{year}",
            f"{date.day:02}/{date.month:02}/{year}",
            f"{year}-{name}-{date.day:02}",
        ]
    )
    return text, date.isoformat()


def batch(chance, size):
    """(what is read, i[size, READ]; its lengths; what is written, i[size, WRITTEN])"""
    examples = [example(chance) for _ in range(size)]
    lengths = [len(text) for text, _ in examples]
    read = np.full([size, READ], PAD, np.int32)
    for row, (text, _) in enumerate(examples):
        read[row, : len(text)] = [NUMBER_OF[character] for character in text]
    written = [[NUMBER_OF[character] for character in date] for _, date in examples]
    return read, np.array(lengths, np.int32), np.array(written, np.int32)


def as_text(numbers):
    """The characters up to the end."""
    text = ""
    for number in numbers:
        if number == END:
            break
        text += CHARACTERS[number - 3] if number > END else "?"
    return text


# The network -------------------------------------------------------------------------------------


def embedding():
    return tf.get_variable("embedding", [SYMBOLS, EMBEDDED])


def encode(read, lengths):
    """(f[batch, time, 2 * HIDDEN], f[batch, 2 * HIDDEN]): what each character means, and all."""
    with tf.variable_scope("encoder"):
        outputs, states = tf.nn.bidirectional_dynamic_rnn(
            tf.nn.rnn_cell.GRUCell(HIDDEN),
            tf.nn.rnn_cell.GRUCell(HIDDEN),
            tf.nn.embedding_lookup(embedding(), read),
            sequence_length=lengths,
            dtype=tf.float32,
        )
        return tf.concat(outputs, 2), tf.concat(states, 1)


def attending_cell(memory, lengths, state):
    """(a cell that looks at the memory, its first state)"""
    attention = tf.contrib.seq2seq.LuongAttention(
        2 * HIDDEN, memory, memory_sequence_length=lengths, scale=True
    )
    cell = tf.contrib.seq2seq.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(2 * HIDDEN), attention, attention_layer_size=HIDDEN, name="attention"
    )
    first = cell.zero_state(tf.shape(state)[0], tf.float32)
    return cell, first.clone(cell_state=state)


def output_layer():
    return tf.layers.Dense(SYMBOLS, name="output")


def decode(make_decoder, memory, lengths, state):
    """What the decoder writes that `make_decoder(table, cell, first state)` makes."""
    with tf.variable_scope("writer", reuse=tf.AUTO_REUSE):
        cell, first = attending_cell(memory, lengths, state)
        decoder = make_decoder(embedding(), cell, first)
        outputs, _, _ = tf.contrib.seq2seq.dynamic_decode(decoder, maximum_iterations=WRITTEN + 1)
        return outputs


def trained(read, lengths, written):
    """(the loss, what trains): each character is written after the true ones before it."""
    size = tf.shape(written)[0]
    start, end = tf.fill([size, 1], START), tf.fill([size, 1], END)
    inputs, targets = tf.concat([start, written], 1), tf.concat([written, end], 1)
    all_lengths = tf.fill([size], WRITTEN + 1)

    def decoder(table, cell, first):
        embedded = tf.nn.embedding_lookup(table, inputs)
        helper = tf.contrib.seq2seq.TrainingHelper(embedded, all_lengths)
        return tf.contrib.seq2seq.BasicDecoder(cell, helper, first, output_layer())

    logits = decode(decoder, *encode_once(read, lengths)).rnn_output
    weights = tf.ones_like(targets, tf.float32)
    loss = tf.contrib.seq2seq.sequence_loss(logits, targets, weights)
    optimizer = tf.train.AdamOptimizer(4e-3)
    variables = tf.trainable_variables()
    clipped, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 5.0)
    pairs = [(clipped[index], variable) for index, variable in enumerate(variables)]
    return loss, optimizer.apply_gradients(pairs)


def greedy(read, lengths):
    """i[batch, time], the likeliest character each time."""
    start = tf.fill([tf.shape(read)[0]], START)

    def decoder(table, cell, first):
        helper = tf.contrib.seq2seq.GreedyEmbeddingHelper(table, start, END)
        return tf.contrib.seq2seq.BasicDecoder(cell, helper, first, output_layer())

    return decode(decoder, *encode_once(read, lengths)).sample_id


def beams(read, lengths, width):
    """i[batch, time, width], the likeliest dates."""
    start = tf.fill([tf.shape(read)[0]], START)
    tiled = [tf.contrib.seq2seq.tile_batch(each, width) for each in encode_once(read, lengths)]

    def decoder(table, cell, first):
        return tf.contrib.seq2seq.BeamSearchDecoder(
            cell, table, start, END, first, width, output_layer()
        )

    return decode(decoder, *tiled).predicted_ids


ENCODED = {}


def encode_once(read, lengths):
    """(memory, its lengths, state), the same for all that decodes."""
    if read not in ENCODED:
        memory, state = encode(read, lengths)
        ENCODED[read] = memory, lengths, state
    return ENCODED[read]


# The program -------------------------------------------------------------------------------------


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--log-every", type=int, default=100)
    parser.add_argument("--tested", type=int, default=500)
    arguments = parser.parse_args()

    tf.set_random_seed(1)
    read = tf.placeholder(tf.int32, [None, READ], "read")
    lengths = tf.placeholder(tf.int32, [None], "lengths")
    written = tf.placeholder(tf.int32, [None, WRITTEN], "written")
    loss, train = trained(read, lengths, written)
    written_greedily, written_by_beams = greedy(read, lengths), beams(read, lengths, 3)

    chance = random.Random(1)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step in range(1, arguments.steps + 1):
            texts, sizes, dates = batch(chance, BATCH)
            feeds = {read: texts, lengths: sizes, written: dates}
            value, _ = session.run([loss, train], feeds)
            if step % arguments.log_every == 0 or step == arguments.steps:
                print(f"step {step:5}   loss {value:.4f}")

        texts, sizes, dates = batch(random.Random(2), arguments.tested)
        feeds = {read: texts, lengths: sizes}
        found = session.run(written_greedily, feeds)
        rows = range(arguments.tested)
        right = np.mean([as_text(found[row]) == as_text(dates[row]) for row in rows])
        print(f"{100 * right:.1f} % of {arguments.tested} other dates are right")

        feeds = {read: texts[:5], lengths: sizes[:5]}
        for row, candidates in enumerate(session.run(written_by_beams, feeds)):
            shown = [as_text(candidates[:, beam]) for beam in range(3)]
            print(f"{as_text(texts[row, : sizes[row]]):28} -> {'   '.join(shown)}")


if __name__ == "__main__":
    main()
