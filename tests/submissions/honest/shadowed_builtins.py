# ruff: noqa
# x: 0.5 -1.0
def f(input):
    id, vars, dir = 1, input, 3
    list = [input[0], vars[1]]
    type = "banana"
    return list
