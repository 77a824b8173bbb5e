"""Bad data and bad arguments: every one is an error with its place, the caret under what is wrong, and a way out.

To cover one more, a row in BAD: sections, what is asked, message, what the caret is under, hint.
"""

from __future__ import annotations

import pytest

from derive.api import loads
from derive.errors import DeriveError, InputError
from derive.kinds.solve import solve

DATA = "data:\n"
TABLE = (
    "  D:\n"
    "    - {y: 1, x1: 0, x2: 0}\n"
    "    - {y: 1, x1: 0, x2: 1}\n"
    "    - {y: 0, x1: 1, x2: 0}\n"
    "    - {y: 0, x1: 1, x2: 1}\n"
)
TREE = "  tree:\n    start: {the: -0.9, a: -1.1, red: -1.5}\n    the: {dog: -1.0, cat: -1.2}\n"
WORDS = "  E:\n    king: [3, 2]\n    man: [0, 2]\n    queen: [3, 0]\n    zero: [0, 0]\n"
INPUT = "symbols:\n  I: tensor(3, 9, 9)\n"

# fmt: off
BAD = [
    (DATA + TABLE, 'find: naive_bayes(D, z)', "no column 'z'", 'z', 'columns are y, x1, x2'),
    (DATA + TABLE, 'find: naive_bayes(D, y, smoothing=-1)', 'smoothing is a number from 0 on, not -1', '-1', 'smoothing=1 is usual'),
    (DATA + TABLE, 'find: naive_bayes(D, y, smoothing=much)', 'smoothing is a number from 0 on, not much', 'much', 'smoothing=1 is usual'),
    (DATA + TABLE, 'find: naive_bayes(D, y, smoothing=1/0)', 'smoothing is a number from 0 on, not 1/0', '1/0', 'smoothing=1 is usual'),
    (DATA + TABLE, 'find: naive_bayes(D, y, row=9)', 'row 9 is outside 1..4', '9', 'rows count from 1; D has 4'),
    (DATA + TABLE, 'find: naive_bayes(D, y, row=0)', 'row 0 is outside 1..4', '0', 'rows count from 1; D has 4'),
    (DATA + TABLE, 'find: naive_bayes(D, y, row=1.5)', 'row 1.5 is outside 1..4', '1.5', 'rows count from 1; D has 4'),
    (DATA + TABLE, 'find: naive_bayes(D, y, rwo=3)', "no column or option 'rwo'", 'rwo', "did you mean 'row'?"),
    (DATA + TABLE, 'find: naive_bayes(D, y, x3=0)', "no column or option 'x3'", 'x3', 'columns are y, x1, x2'),
    (DATA + TABLE, 'find: naive_bayes(D, y, x1=7)', 'no row has x1 = 7', 'x1', 'its values are 0, 1'),
    (DATA + TABLE, 'find: naive_bayes(D, y, y=1)', "'y' is the class that is asked for", 'y', 'give features'),
    (DATA + TABLE, 'find: naive_bayes(E, y)', "no data 'E'", 'E', 'give it under data:'),
    (DATA + TABLE, 'find: naive_bayes(D, y, row=1, x1=0)', 'row=1 has its features', 'x1', 'give a row, or the features'),
    ('data:\n  D: [1, 2, 3]\n', 'find: naive_bayes(D, y)', 'a row of a table is a mapping', '1', 'as in\n    D:\n      - {y: 1, x1: 0}\n      - {y: 0, x1: 1}'),
    ('data:\n  D: []\n', 'find: naive_bayes(D, y)', 'a list is empty', '[', 'write its entries, as in [1, 2]'),
    ('data:\n  D:\n    - {y: 0.35, x: 1}\n    - {y: 1.20, x: 0}\n    - {y: 2.75, x: 0}\n', 'find: naive_bayes(D, y)', "'y' is different in every row, so there is nothing to count", 'y', 'a class has few values; columns are y, x'),
    ('data:\n  D:\n    - {y: 1, x1: 0}\n    - {y: 1}\n', 'find: naive_bayes(D, y)', "the rows differ: 'x1' is not in all of them", 'y', 'as in\n    D:\n      - {y: 1, x1: 0}\n      - {y: 0, x1: 1}'),
    ('data:\n  D:\n    - {y: 1, x1: 0}\n    - {y: 1, x1: }\n', 'find: naive_bayes(D, y)', "'x1' has no value", 'x1:', 'as in {dog: -1.0, cat: -1.2}'),
    (DATA + TABLE, 'find: P(y == 0 | x3 == 1)', "no table of data has the column 'x3'", 'x3', 'columns are y, x1, x2'),
    (DATA + TABLE, 'find: P(y == 0 | x1 == 7)', 'no row has x1 = 7', 'x1', 'its values are 0, 1'),
    (DATA + TREE, 'find: search(tree, beam=0)', 'beam is a whole number from 1 on, not 0', '0', 'as in beam=2'),
    (DATA + TREE, 'find: search(tree, beam=-2)', 'beam is a whole number from 1 on, not -2', '-2', 'as in beam=2'),
    (DATA + TREE, 'find: search(tree, beam=1.5)', 'beam is a whole number from 1 on, not 1.5', '1.5', 'as in beam=2'),
    (DATA + TREE, 'find: search(tree, beam=1000000000)', 'beam is at most 1000, not 1000000000', '1000000000', 'leave beam out for all paths'),
    (DATA + TREE, 'find: search(tree, width=2)', "search has no option 'width'", 'width', 'options are beam, vocabulary'),
    (DATA + TREE, 'find: search(tree, vocabulary=2)', "3 words follow 'start', more than 2", '2', 'the tree has 5 words'),
    (DATA + TREE, 'find: search(tree, vocabulary=0)', 'vocabulary is a whole number from 1 on, not 0', '0', 'as in vocabulary=2'),
    (DATA + TREE, 'find: search(tree, vocabulary=)', 'a value is missing', ')', 'as in beam=2'),
    ('data:\n  tree:\n    start: {the: -0.9, a: }\n', 'find: search(tree)', "'a' has no value", 'a:', 'as in {dog: -1.0, cat: -1.2}'),
    ('data:\n  tree:\n    start: {the: often, a: -2}\n', 'find: search(tree)', "'often' is no number", 'often', 'as in -0.9, -9/10 or log(0.4)'),
    ('data:\n  tree:\n    start: {the: -.inf, a: -2}\n', 'find: search(tree)', "'-.inf' is no number", '-.inf', 'as in -0.9, -9/10 or log(0.4)'),
    ('data:\n  tree:\n    start: {the: .nan, a: -2}\n', 'find: search(tree)', "'.nan' is no number", '.nan', 'as in -0.9, -9/10 or log(0.4)'),
    ('data:\n  tree:\n    start: {the: -1, the: -2}\n', 'find: search(tree)', "'the' stands twice after 'start'", 'the', 'remove one of the two'),
    ('data:\n  tree:\n    start: {the: log(0), a: -2}\n', 'find: search(tree)', 'log(0) has no value', 'log(0)', 'the logarithm of a positive number'),
    ('data:\n  tree:\n    start: {the: log(2), a: -2}\n', 'find: search(tree)', 'the log-probability log(2) is larger than 0', 'log(2)', 'a probability is at most 1'),
    ('data:\n  tree:\n    start: {the: 0.6, a: 0.4}\n', 'find: search(tree)', 'the log-probability 0.6 is larger than 0', '0.6', 'write log(0.6) for a probability'),
    ('data:\n  tree: [1, 2]\n', 'find: search(tree)', "'tree' is no tree: path -> next words", '[1, 2]', 'as in\n    tree:\n      start: {the: -0.9, a: -1.1}\n      the: {dog: -1.0}'),
    ('data:\n  tree:\n    start: {the: -0.5}\n    the: {}\n', 'find: search(tree)', "nothing follows 'the'", 'the', 'remove the row: the sequence ends there'),
    ('data:\n  tree:\n    start: [the, a]\n', 'find: search(tree)', "the words after 'start' are a mapping", '[the, a]', 'as in {dog: -1.0, cat: -1.2}'),
    (DATA + TREE, 'figure: tree(tree, beam=0)', 'beam is a whole number from 1 on, not 0', '0', 'as in beam=2'),
    (DATA + TREE, 'figure: tree(trees)', "no data 'trees'", 'trees', "did you mean 'tree'?"),
    ('index:\n  t: 1..T\nsymbols:\n  x[t]: vector(d)\n  h[0]: vector(d)\ndefine:\n  h[t]: tanh(x[t] + h[t-1])\n', 'figure: graph(h[t], T=0)', 'T is a whole number from 1 to 8 here, not 0', '0', 'as in T=3; larger graphs are not legible'),
    ('index:\n  t: 1..T\nsymbols:\n  x[t]: vector(d)\n  h[0]: vector(d)\ndefine:\n  h[t]: tanh(x[t] + h[t-1])\n', 'figure: graph(h[t], T=-1)', 'T is a whole number from 1 to 8 here, not -1', '-1', 'as in T=3; larger graphs are not legible'),
    ('index:\n  t: 1..T\nsymbols:\n  x[t]: vector(d)\n  h[0]: vector(d)\ndefine:\n  h[t]: tanh(x[t] + h[t-1])\n', 'figure: graph(h[t], T=100000)', 'T is a whole number from 1 to 8 here, not 100000', '100000', 'as in T=3; larger graphs are not legible'),
    ('symbols:\n  u: scalar\n', 'figure: plot(tanh(u), u=4..-4)', 'the range 4..-4 is empty', '4..-4', 'write low..high'),
    (DATA + WORDS, 'find: nearest(E, zero)', 'the vector is zero: it has no direction', 'zero', 'cosines need a direction'),
    (DATA + WORDS, 'find: nearest(E, king - king)', 'the vector is zero: it has no direction', 'king - king', 'cosines need a direction'),
    ('data:\n  E:\n    king: [1, 2]\n', 'find: nearest(E, king)', 'no other word is left', 'king', 'its own words and zero vectors are left out: give more words under data:'),
    (DATA + WORDS, 'find: nearest(E, kng - man)', "unknown symbol 'kng'", 'kng', "did you mean 'king'?"),
    ('data:\n  E:\n    king: [3, two]\n    man: [0, 2]\n', 'find: nearest(E, king - man)', "'two' is no number", 'two', 'as in -0.9, -9/10 or log(0.4)'),
    ('data:\n  E:\n    king: [3, .nan]\n    man: [0, 2]\n', 'find: nearest(E, king - man)', "'.nan' is no number", '.nan', 'as in -0.9, -9/10 or log(0.4)'),
    ('data:\n  E:\n    king: [3, 1]\n    king: [0, 2]\n', 'find: nearest(E, king)', 'the key `king` is already on line 5', 'king', 'remove one of the two, or rename it'),
    (DATA + WORDS, 'find: nearest(E, king * man)', 'this is no sum of words', 'king * man', 'words are added and multiplied by numbers, as in king - man + woman'),
    ('data:\n  E:\n    king: []\n    man: []\n', 'find: nearest(E, king)', "'king' has no vector", '[]', 'as in\n    E:\n      king: [3, 2, 0]\n      queen: [3, 0, 2]'),
    ('data:\n  E:\n    king: 1\n    man: 2\n', 'find: nearest(E, king)', "no table of vectors 'E'", 'E', 'give it under data:, with rows such as king: [3, 2, 0]'),
    (INPUT + '  conv: Conv2d(3, 4, kernel=11)\n', 'find: shape(conv(I))', 'the kernel of conv is 11 along h, its input 9 with padding', 'conv', 'a larger padding, or a smaller kernel'),
    (INPUT + '  conv: Conv2d(3, 4, kernel=0)\n', 'find: shape(conv(I))', 'kernel is at least 1, got 0', '0', 'a whole number, as in Conv2d(c_in, c_out, kernel=3, stride=1, padding=0, dilation=1, groups=1, bias=yes)'),
    (INPUT + '  conv: Conv2d(3, 4, kernel=3, stride=0)\n', 'find: shape(conv(I))', 'stride is at least 1, got 0', '0', 'a whole number, as in stride=1'),
    (INPUT + '  conv: Conv2d(3, 4, kernel=3, padding=-1)\n', 'find: shape(conv(I))', 'padding is at least 0, got -1', '-', 'a whole number, as in padding=0'),
    (INPUT + '  conv: Conv2d(3, 4, kernel=3, dilation=0)\n', 'find: shape(conv(I))', 'dilation is at least 1, got 0', '0', 'a whole number, as in dilation=1'),
    (INPUT + '  conv: Conv2d(3, 4, kernel=3, groups=2)\n', 'find: shape(conv(I))', 'groups = 2 does not divide c_in = 3', '2', '1, 3 divide 3'),
    (INPUT + '  conv: Conv2d(3, 4, kernel=3, groups=0)\n', 'find: shape(conv(I))', 'groups is at least 1, got 0', '0', 'a whole number, as in groups=1'),
    (INPUT + '  conv: Conv2d(4, 4, kernel=3)\n', 'find: shape(conv(I))', 'conv takes c_in = 4, got 3 of tensor(3, 9, 9)', 'conv', 'declare conv with c_in = 3, or give it another input'),
    (INPUT + '  conv: Conv2d(3, 4, kernal=3)\n', 'find: shape(conv(I))', "Conv2d does not take 'kernal'", 'kernal', 'write Conv2d(c_in, c_out, kernel=3, stride=1, padding=0, dilation=1, groups=1, bias=yes)'),
    (INPUT + '  conv: Conv2d(3, 4)\n', 'find: shape(conv(I))', 'Conv2d lacks kernel', 'Conv2d', 'write Conv2d(c_in, c_out, kernel=3, stride=1, padding=0, dilation=1, groups=1, bias=yes)'),
    (INPUT + '  conv: Conv2d(3, 4, kernel=1.5)\n', 'find: shape(conv(I))', 'expects a size such as n or n+1 here', '1.5', 'sizes are whole numbers or names'),
    (INPUT + '  conv: Conv2d(3, 0, kernel=3)\n', 'find: shape(conv(I))', 'c_out is at least 1, got 0', '0', 'a whole number, as in Conv2d(c_in, c_out, kernel=3, stride=1, padding=0, dilation=1, groups=1, bias=yes)'),
    (INPUT + '  att: Attention(10, heads=3)\n', 'find: params(att)', 'heads = 3 does not divide d = 10', '3', '1, 2, 5, 10 divide 10'),
    ('symbols:\n  x: vector(0)\n', 'find: sum(x)', 'a size is at least 1, got 0', '0', 'write a number, or a name such as n'),
    ('symbols:\n  X: tensor(0, 3)\n', 'find: sum(X)', 'a size is at least 1, got 0', '0', 'write a number, or a name such as n'),
    (INPUT + '  pool: MaxPool2d(20)\n', 'find: shape(pool(I))', 'the kernel of pool is 20 along h, its input 9 with padding', 'pool', 'a larger padding, or a smaller kernel'),
    ('symbols:\n  X: tensor(batch=1, channel=2)\ndata:\n  X: [[1, 2]]\n', 'find: mean(X, over=chanel)', "'chanel' is no axis of tensor(1, 2)", 'chanel', "did you mean 'channel'?"),
    ('symbols:\n  X: tensor(batch=1, batch=2)\ndata:\n  X: [[1, 2]]\n', 'find: mean(X, over=batch)', 'two axes of the same name', 'tensor', 'as in tensor(batch=4, feature=3)'),
    ('data:\n  X: [[1, 2], [3]]\n', 'find: sum(X)', 'item 2 is vector(1), item 1 is vector(2)', '[', 'the rows of an array are equally long'),
    ('data:\n  X: [[[1, 2], [3, 4]], [[1, 2]]]\n', 'find: sum(X)', 'item 2 is matrix(1, 2), item 1 is matrix(2, 2)', '[', 'the rows of an array are equally long'),
    ('data:\n  X: [1, [2, 3]]\n', 'find: sum(X)', 'item 2 is vector(2), item 1 is scalar', '[', 'the rows of an array are equally long'),
    ('data:\n  X: [1, two, 3]\n', 'find: sum(X)', "unknown symbol 'two'", 'two', 'data are numbers, as in 3, 1/3, 0.5, sqrt(2) or log(2)'),
    ("data:\n  X: ['1', '2']\n", 'find: sum(X)', "'1' is no number", "'1'", 'write numbers without quotes'),
    ('data:\n  X: hello\n', 'find: X + 1', "unknown symbol 'hello'", 'hello', 'data are numbers, as in 3, 1/3, 0.5, sqrt(2) or log(2)'),
    ('data:\n  X: [a, b]\n', 'find: sum(X)', "unknown symbol 'X'", 'X', "the data 'X' are no numbers; they are asked with naive_bayes, P, nearest or search"),
    ('data:\n  X: [.nan, 1]\n', 'find: sum(X)', '.nan is no number', '.nan', 'data are finite numbers: leave the entry out, or correct it'),
    ('data:\n  X: [nan, 1]\n', 'find: sum(X)', 'nan is no number', 'nan', 'data are finite numbers: leave the entry out, or correct it'),
    ('data:\n  X: [1, .inf]\n', 'find: sum(X)', '.inf is no number', '.inf', 'data are finite numbers: leave the entry out, or correct it'),
    ('data:\n  X: [1, -inf]\n', 'find: sum(X)', '-inf is no number', '-inf', 'data are finite numbers: leave the entry out, or correct it'),
    ('data:\n  X: [1, 1e999]\n', 'find: sum(X)', 'a value is not finite', '[1, 1e999]', 'numbers go up to 1e308'),
    ('data:\n  X: [1, null]\n', 'find: sum(X)', 'a value is missing', 'null', 'write a number, or leave the row out'),
    ('data:\n  X: null\n', 'find: X + 1', 'a value is missing', 'null', 'write a number, or leave the row out'),
    ('data:\n  X: true\n', 'find: X + 1', 'true is no number', 'true', 'write 1 or 0'),
    ('data:\n  X: 2024-01-01\n', 'find: X + 1', '2024-01-01 is no number', '2024-01-01', 'dates are not in the language'),
    ('data:\n  X: 0x10\n', 'find: X + 1', '0x10 is no number', '0x10', 'numbers are decimal'),
    ('data:\n  X: 1_000\n', 'find: X + 1', '1_000 is no number', '1_000', 'write the digits without _'),
    ('data:\n  X: 1,5\n', 'find: X + 1', '1,5 is no number', '1,5', 'write 1.5, or [1, 5] for a list'),
    ('data:\n  X: 90%\n', 'find: X + 1', "unexpected character '%'", '%', 'write a * b / 100, or 0.9 for 90%'),
    ('data:\n  X: []\n', 'find: sum(X)', 'a list is empty', '[', 'write its entries, as in [1, 2]'),
    ('data:\n  X: [[], []]\n', 'find: sum(X)', 'a list is empty', '[', 'write its entries, as in [1, 2]'),
    ('data:\n  X:\n', 'find: X + 1', 'a value is missing', '', 'data are numbers, as in 3, 1/3, 0.5, sqrt(2) or log(2)'),
    ('data:\n  - 1\n', 'find: 1 + 1', '`data:` takes `key: value` lines', '-', 'as in\n    data:\n      x: [1, 2]'),
    ('symbols:\n  p: vector(2) simplex\ndata:\n  p: [0.5, 0.6]\n', 'find: sum(p * log(p))', "the entries sum to 1.1 and not to 1, but 'p' is declared simplex", 'p', 'correct the data, or remove the fact simplex'),
    ('symbols:\n  p: vector(2) simplex\ndata:\n  p: [1.5, -0.5]\n', 'find: sum(p)', "entry 2 is negative, but 'p' is declared simplex", 'p', 'correct the data, or remove the fact simplex'),
    ('symbols:\n  P: matrix(2, 2) stochastic\ndata:\n  P: [[0.5, 0.5], [0.9, 0.2]]\n', 'find: P[1, 1]', "row 2 sums to 1.1 and not to 1, but 'P' is declared stochastic", 'P', 'correct the data, or remove the fact stochastic'),
    ('symbols:\n  P: matrix(2, 2) stochastic\ndata:\n  P: [[0.5, 0.5], [1.1, -0.1]]\n', 'find: P[1, 1]', "entry 2 of row 2 is negative, but 'P' is declared stochastic", 'P', 'correct the data, or remove the fact stochastic'),
    ('symbols:\n  v: scalar positive\ndata:\n  v: -1\n', 'find: sqrt(v)', "the data are not positive, but 'v' is declared positive", 'v', 'correct the data, or remove the fact positive'),
    ('symbols:\n  x: scalar ~ normal(0, v)\n  v: scalar positive\ndata:\n  v: -1\n', 'find: Var(x)', "the data are not positive, but 'v' is declared positive", 'v', 'correct the data, or remove the fact positive'),
    ('symbols:\n  x: scalar ~ normal(0, -1)\n', 'find: Var(x)', 'a variance is not negative, got -1', '-', 'the law takes a variance, as in normal(0, s**2)'),
    ('symbols:\n  x: scalar ~ bernoulli(2)\n', 'find: Var(x)', 'a probability lies between 0 and 1, got 2', '2', 'as in bernoulli(1/2)'),
    ('symbols:\n  x: vector(2) ~ normal(m, S)\n  m: vector(2)\n  S: matrix(2, 2) spd\ndata:\n  S: [[1, 2], [2, 1]]\n', 'find: Cov(x)', "the data are not spd, but 'S' is declared spd", 'S', 'correct the data, or remove the fact spd'),
    ('symbols:\n  S: matrix(2, 2) spd\ndata:\n  S: [[1, 2], [3, 1]]\n', 'find: det(S)', "the data are not spd, but 'S' is declared spd", 'S', 'correct the data, or remove the fact spd'),
    ('symbols:\n  t: vector(3) onehot\ndata:\n  t: [1, 1, 0]\n', 'find: sum(t)', "the data are not onehot, but 't' is declared onehot", 't', 'correct the data, or remove the fact onehot'),
    ('symbols:\n  t: vector(3) unit\ndata:\n  t: [1, 1, 0]\n', 'find: sum(t)', "the data are not unit, but 't' is declared unit", 't', 'correct the data, or remove the fact unit'),
    ('symbols:\n  t: vector(2) nonzero\ndata:\n  t: [0, 0]\n', 'find: t / norm(t)', "the data are not nonzero, but 't' is declared nonzero", 't', 'correct the data, or remove the fact nonzero'),
    ('symbols:\n  A: matrix(2, 2) invertible\ndata:\n  A: [[1, 2], [2, 4]]\n', 'find: inv(A)', "the data are not invertible, but 'A' is declared invertible", 'A', 'correct the data, or remove the fact invertible'),
    ('symbols:\n  a: scalar in (0, 1)\ndata:\n  a: 1\n', 'find: a + 1', '1 lies outside (0, 1)', 'a', 'the ends are outside too'),
    ('symbols:\n  k: integer\ndata:\n  k: 1.5\n', 'find: k + 1', "the data are not whole, but 'k' is declared integer", 'k', 'correct the data, or remove the fact integer'),
    ('symbols:\n  k: integer in 1..3\ndata:\n  k: 4\n', 'find: k + 1', '4 lies outside 1..3', 'k', 'correct the data, or the range in its declaration'),
    ('symbols:\n  X: matrix(2, 3)\ndata:\n  X: [[1, 2], [3, 4]]\n', 'find: sum(X)', "'X' is matrix(2, 3), its data are 2 x 2", 'X', 'change the data, or the declaration'),
    ('symbols:\n  X: matrix(n, d)\n  y: vector(n)\ndata:\n  X: [[1, 2], [3, 4]]\n  y: [1, 2, 3]\n', 'find: sum(X)', "'n' is 3 in the data of y and 2 in those of X", 'y', 'one size has one value'),
    ('sizes: n > d\nsymbols:\n  X: matrix(n, d)\ndata:\n  X: [[1, 2]]\n', 'find: sum(X)', 'the data make n 1 and d 2, but sizes: says n > d', 'X', 'change the data, or the constraint'),
    ('data:\n  X: [[1, 2]]\n', 'find: X[3, 1]', 'index 3 is outside 1..1', '3', 'indices count from 1'),
    ('data:\n  X: [1, 2]\n', 'find: X[0]', 'index 0 is outside 1..2', '0', 'indices count from 1'),
    ('index:\n  t: 1..3\nsymbols:\n  x[t]: scalar\ndata:\n  x: [1, 2]\n', 'find: sum(x[t], t)', "'x' is scalar for each t, its data are 2", 'x', 'change the data, or the declaration'),
    ('index:\n  t: 1..3\nsymbols:\n  x[t]: scalar\ndata:\n  x[t]: 1\n', 'find: sum(x[t], t)', 'the data of a family are one list', 'x[t]', 'write x: [..., ...], or x[0]: ... for one member'),
    ('index:\n  t: 1..0\nsymbols:\n  x[t]: scalar\n', 'find: sum(x[t], t)', 'the range 1..0 is empty', '1..0', 'write low..high'),
    ('symbols:\n  inputs: scalar positive\ndata:\n  input: 100\n', 'find: 1 / sqrt(inputs)', "nothing uses the data 'input'", 'input', "did you mean 'inputs'?"),
    ('data:\n  x: 1\n  x: 2\n', 'find: x + 1', 'the key `x` is already on line 4', 'x', 'remove one of the two, or rename it'),
    ('data:\n  x: 1\ndefine:\n  x: 2\n', 'find: x + 1', "'x' has data and is defined", 'x', 'remove one of the two, or rename it'),
    ('symbols:\n  x: vector(n)\ndata:\n  n: 3\n', 'find: sum(ones(n))', "'n' is a size, which data do not set", 'n', 'write the number where the size stands, as in vector(3) or 1..3'),
    ('index:\n  t: 1..T\ndata:\n  t: 3\n', 'find: sum(t, t)', "'t' is the index of a range, 1..T", 't', 'rename it, or the index under index:'),
    ('index:\n  t: 1..T\nsymbols:\n  x[t]: scalar\ndata:\n  T: 0\n', 'find: sum(x[t], t)', "'T' is a size, which data do not set", 'T', 'write the number where the size stands, as in vector(0) or 1..0'),
    ('symbols:\n  f: Linear(2, 3)\ndata:\n  f: [1]\n', 'find: params(f)', "'f' can have no data", 'f', 'it is a layer; data are numbers'),
    ('symbols:\n  f: function\n  x: scalar\ndata:\n  f: 1\n', 'find: f(x)', "'f' can have no data", 'f', 'it is a function; data are numbers'),
    ('data:\n  X: {a: 1}\n', 'find: X + 1', "unknown symbol 'X'", 'X', "the data 'X' are no numbers; they are asked with naive_bayes, P, nearest or search"),
    (DATA + TABLE, 'find: D + 1', "unknown symbol 'D'", 'D', "the data 'D' are no numbers; they are asked with naive_bayes, P, nearest or search"),
    (DATA + TREE, 'find: tree', "unknown symbol 'tree'", 'tree', "the data 'tree' are no numbers; they are asked with naive_bayes, P, nearest or search"),
    ('data:\n  X: 9**9**9\n', 'find: X + 1', 'number too large', '**', 'exponents go up to 10000'),
    ("index:\n  t: 1..T\nsymbols:\n  x[t]: scalar\n  h[0]: scalar\ndata:\n  h[0]: 0\n  x: [1, 2]\ndefine:\n  h[t]: h[t-1] + x[t]\n", "find: h[3]", "index 3 of 'h' is outside t=1..2", "h[3]", "the data fix T = 2: give more of them"),
    ("symbols:\n  P: matrix(N, N) stochastic\ndata:\n  P: [[0.5, 0.5]]\n", "find: P[1, 1]", "'P' is matrix(N, N), its data are 1 x 2", "P", "change the data, or the declaration"),
    ("index:\n  t: 1..T\nsymbols:\n  P: matrix(N, N)\n  w[t]: integer in 1..N\ndata:\n  P: [[1, 0], [0, 1]]\n  w: [1, 3]\n", "find: P[w[1], w[2]]", "3 lies outside 1..2", "w", "correct the data, or the range in its declaration"),
    ("symbols:\n  r: scalar ~ bernoulli(p)\n  p: scalar\ndata:\n  p: 1.2\n", "find: Var(r)", "1.2 is no probability in the law of 'r'", "p", "correct the data, or the law"),
    ("symbols:\n  r: scalar ~ normal(0, s * 2)\n  s: scalar\ndata:\n  s: -3\n", "find: Var(r)", "the variance -6 is negative in the law of 'r'", "s", "correct the data, or the law"),
    ("symbols:\n  x: vector(2) ~ normal(m, S)\n  m: vector(2)\n  S: matrix(2, 2)\ndata:\n  S: [[1, 2], [3, 4]]\n", "find: Cov(x)", "the covariance is not symmetric in the law of 'x'", "S", "correct the data, or the law"),
    ("symbols:\n  x: vector(2) ~ normal(m, S)\n  m: vector(2)\n  S: matrix(2, 2)\ndata:\n  S: [[1, 2], [2, 1]]\n", "find: Cov(x)", "the covariance is not positive definite in the law of 'x'", "S", "correct the data, or the law"),
    ("symbols:\n  c: scalar ~ categorical(q)\n  q: vector(2)\ndata:\n  q: [0.7, 0.7]\n", "find: E(c)", "the probabilities sum to 1.4 in the law of 'c'", "q", "correct the data, or the law"),
    ("symbols:\n  x: scalar ~ exponential(r)\n  r: scalar\ndata:\n  r: 0\n", "find: E(x)", "the rate 0 is not positive in the law of 'x'", "r", "correct the data, or the law"),
    (INPUT + "  conv: Conv2d(3, 4, 3, bias=maybe)\n", "find: params(conv)", "bias is yes or no, not maybe", "maybe", "write bias=no for a layer without"),
    ("data:\n  D:\n    - {y: [1, 2], x: 0}\n", "find: naive_bayes(D, y)", "a cell of a table is one value", "[1, 2]", "a word or a number"),
    ("data:\n  D:\n    - {y: 1, x: 0}\n    - {y: 0, x: nan}\n", "find: naive_bayes(D, y)", "nan is no value", "nan", "leave the row out, or write a word such as unknown"),
    (DATA + TREE, "find: search(tree)\n    expect:\n      paht: a", "there is no answer 'paht'", "paht", "did you mean 'path'?"),
]
# fmt: on


def text_of(sections: str, asked: str) -> str:
    return f"format: 1\ntitle: t\n{sections}parts:\n  - id: a\n    ask: e\n    {asked}\n"


@pytest.mark.parametrize(
    ("sections", "asked", "message", "under", "hint"), BAD, ids=[f"{r[1]}: {r[2]}" for r in BAD]
)
def test_bad_data_have_a_place(sections: str, asked: str, message: str, under: str, hint: str) -> None:
    with pytest.raises(DeriveError) as caught:
        loads(text_of(sections, asked))
    error, place = caught.value, caught.value.place
    assert (error.message, error.hint) == (message, hint)
    assert isinstance(error, InputError)
    assert error.exit_code == 2
    assert hint, "the way out"
    assert place is not None
    assert place.text[place.column - 1 : place.column - 1 + place.width] == under


# What depends on the values of expressions is said when the part is solved.
NO_VALUE = [
    ("data:\n  p: [0, 1]\n", "find: sum(log(p))", "log of 0 in log(p)", "leave the zeros out"),
    ("data:\n  p: [-1, 1]\n", "find: sum(log(p))", "log of a negative number in log(p)", "correct the data"),
    ("data:\n  p: -4\n", "find: sqrt(p)", "a root of a negative number in sqrt(p)", "roots are of numbers from 0 on"),
    ("data:\n  x: [2, 2]\n", "find: x / sqrt(var(x))", "division by 0 in x / sqrt(var(x))", "add a small number below"),
    ("data:\n  A: [[1, 2], [2, 4]]\n", "find: inv(A)", "the matrix is singular in inv(A)", "only a regular matrix has an inverse"),
    ("data:\n  X: [1e300, 1e300]\n", "find: sqnorm(X)", "a value is not finite", "numbers go up to 1e308"),
    ("symbols:\n  u: scalar\n", "figure: plot(log(u), u=-4..-1)", "log(u) has no values on this range", "choose a range"),
    ("data:\n  X: [1, 2]\n  k: 3\n", "find: X[k]", "an index outside 1..2 in X[k]", "count from 1"),
    (DATA + TABLE, "find: naive_bayes(D, y, x1=0, x2=0, smoothing=0)", "", ""),
    ("symbols:\n  r: scalar ~ bernoulli(p)\n  p: scalar\ndata:\n  p: 0.2\n", "find: Var(r)", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("sections", "asked", "message", "hint"), NO_VALUE, ids=[r[1] for r in NO_VALUE])
def test_no_value_on_the_data(sections: str, asked: str, message: str, hint: str) -> None:
    """The part says so, with its place and the way out; data that are right give a value."""
    (part,) = solve(loads(text_of(sections, asked)).problem).parts
    if not message:
        assert part.status == "checked"
        return
    assert part.status == "not-derived"
    assert part.error is not None
    assert part.error.message == message
    assert part.error.hint is not None
    assert hint in part.error.hint
    assert part.error.place is not None
    assert part.error.place.line > 1


# ---------------------------------------------------------------- data that nothing uses

UNUSED = [  # sections, asked, the warning
    ("data:\n  x: 2\n  k: 3\n", "find: 1 / x", "nothing uses the data 'k'"),
    ("data:\n  x: 2\n  k: 3\n", "find: k / x", ""),
    ("data:\n  x: 2\n  k: 3\ndefine:\n  y: k + 1\n", "find: x + y", ""),
    ("symbols:\n  a: scalar\n  b: scalar\ndata:\n  b: 3\n", "find: a**2", "nothing uses the data 'b'"),
    ("statement: Given {{ k }}.\ndata:\n  x: 2\n  k: 3\n", "find: 1 / x", ""),
    ("statement: Given k.\ndata:\n  x: 2\n  k: 3\n", "find: 1 / x", "nothing uses the data 'k'"),
    ("symbols:\n  X: matrix(n, d)\ndata:\n  X: [[1, 2]]\n", "find: ones(n)", ""),
    (DATA + TABLE + "  x: 1\n", "find: naive_bayes(D, y)", "nothing uses the data 'x'"),
    (DATA + TABLE + TREE, "figure: tree(tree)", "nothing uses the data 'D'"),
    (DATA + WORDS, "find: nearest(E, king - man)", ""),
    ("index:\n  t: 1..2\nsymbols:\n  x[t]: scalar\ndata:\n  x: [1, 2]\n", "find: sum(x[t], t)", ""),
]


@pytest.mark.parametrize(("sections", "asked", "warning"), UNUSED, ids=[f"{r[0]}{r[1]}" for r in UNUSED])
def test_unused_data_are_named(sections: str, asked: str, warning: str) -> None:
    notices = loads(text_of(sections, asked)).problem.notices
    assert [n.message for n in notices] == [warning] * bool(warning)
    for notice in notices:
        assert notice.place is not None
        assert "^" in str(notice)
        assert notice.hint


def test_a_warning_changes_no_status() -> None:
    solution = loads(text_of("data:\n  x: 2\n  k: 3\n", "find: 1 / x")).solve()
    assert solution.status == "checked"
    assert len(solution.json["warnings"]) == 1
    assert "'k'" in solution.json["warnings"][0]
    assert "warnings" not in loads(text_of("data:\n  x: 2\n", "find: 1 / x")).solve().json


def test_a_word_without_direction_is_named() -> None:
    (part,) = loads(text_of(DATA + WORDS, "find: nearest(E, king - man)")).solve().parts.values()
    assert "zero, whose zero vector has no direction" in " ".join(str(part).split())


def test_a_closed_form_without_a_value_says_so() -> None:
    sections = "data:\n  w: [0, 1]\ndefine:\n  L: sum(w * log(w))\n"
    (part,) = loads(text_of(sections, "find: gradient(L, w)")).solve().parts.values()
    assert part.answer.text == "log(w) + ones(2)"
    assert "On the data: log of 0 in log(w)." in str(part)
