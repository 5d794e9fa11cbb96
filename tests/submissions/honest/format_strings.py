# ruff: noqa
# x: 0.5 -1.0
# prints: 3.14 'x'      3.1
value = 3.14159
text = "{:.2f} {name!r} {0:>8.1f}".replace("{:.2f}", "{0:.2f}").format(value, name="x")
percent = "%5.2f and %s" % (value, [1, 2])
assert "{0.real}".format(2 + 1j) == "2.0"
assert "{a[k]}".format_map({"a": {"k": 1}}) == "1"
print(text)


def f(z):
    """Nothing but z."""
    return z
