"""A terminal of one window: what programs print, as a terminal would show it, and that as an SVG."""

import re
import unicodedata
from html import escape

# A sequence with numbers and its name; a window's title and its like; a character set; any other; the rest.
CONTROL = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b."
                     r"|\r|\n|\x08|\t")
COLOURS = {31: "#ff7b72", 32: "#7ee787", 33: "#e3b341", 34: "#79c0ff", 35: "#d2a8ff", 36: "#76e3ea"}
PLAIN, DIM, GROUND, EDGE = "#e6edf3", "#8b949e", "#161b22", "#30363d"
# Pixels; the width of a character is set by textLength, whatever font is found.
ADVANCE, LINE, SIZE, MARGIN = 8.4, 19, 14, 16


class Screen:
    """As high as what is printed; a line that is too long goes on in the next one."""

    def __init__(self, columns):
        self.columns = columns
        self.rows = [[]]
        self.row = self.column = 0
        self.style = (PLAIN, False)

    def feed(self, text):
        end = 0
        for control in CONTROL.finditer(text):
            self._print(text[end:control.start()])
            self._obey(control)
            end = control.end()
        self._print(text[end:])

    def _print(self, text):
        for character in text:
            if unicodedata.category(character) == "Cc":
                continue
            if self.column == self.columns:
                self._go(self.row + 1, 0)
            line = self.rows[self.row]
            line.extend([(" ", (PLAIN, False))] * (self.column + 1 - len(line)))
            line[self.column] = (character, self.style)
            self.column += 1

    def _go(self, row, column):
        self.row, self.column = max(0, row), max(0, min(column, self.columns - 1))
        while len(self.rows) <= self.row:
            self.rows.append([])

    def _obey(self, control):
        text = control.group()
        if text == "\r":
            self.column = 0
        elif text == "\n":
            self._go(self.row + 1, self.column)
        elif text == "\x08":
            self._go(self.row, self.column - 1)
        elif text == "\t":
            self._go(self.row, self.column // 8 * 8 + 8)
        elif control.group(2):
            numbers = [int(number or 0) for number in control.group(1).strip("?").split(";")]
            self._sequence(control.group(2), numbers)

    def _sequence(self, name, numbers):
        many = max(1, numbers[0])
        line = self.rows[self.row]
        if name == "m":
            self._colour(numbers)
        elif name == "A":
            self._go(self.row - many, self.column)
        elif name == "B":
            self._go(self.row + many, self.column)
        elif name == "C":
            self._go(self.row, self.column + many)
        elif name == "D":
            self._go(self.row, self.column - many)
        elif name == "G":
            self._go(self.row, many - 1)
        elif name == "K" and numbers[0] == 0:
            del line[self.column:]
        elif name == "K" and numbers[0] == 2:
            line.clear()
        elif name == "J" and numbers[0] == 0:
            del line[self.column:], self.rows[self.row + 1:]

    def _colour(self, numbers):
        colour, bold = self.style
        for number in numbers:
            if number == 0:
                colour, bold = PLAIN, False
            elif number == 1:
                bold = True
            elif number in (2, 90):
                colour = DIM
            elif number == 22:
                bold = False
            elif number in (39, 97):
                colour = PLAIN
            elif number in COLOURS or number - 60 in COLOURS:
                colour = COLOURS.get(number) or COLOURS[number - 60]
        self.style = (colour, bold)

    def note(self, row, text):
        """At the right edge of a line, as no program prints it."""
        line = self.rows[row]
        start = self.columns - len(text)
        del line[start:]
        line.extend([(" ", (PLAIN, False))] * (start - len(line)))
        line.extend((character, (DIM, False)) for character in text)


def runs(line):
    """(column, text, style) of the pieces of a line that look alike; spaces between them are left out."""
    pieces = []
    for column, (character, style) in enumerate(line):
        if pieces and pieces[-1][2] == style and column == pieces[-1][0] + len(pieces[-1][1]):
            pieces[-1][1] += character
        elif character != " ":
            pieces.append([column, character, style])
    return [(column, text.rstrip(), style) for column, text, style in pieces]


def svg(screen, title, description):
    """It brings its own background, so that it can be read on any."""
    rows = list(screen.rows)
    while rows and not runs(rows[-1]):
        rows.pop()
    width = screen.columns * ADVANCE + 2 * MARGIN
    height = len(rows) * LINE + 2 * MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}"'
        f' height="{height:g}" role="img" aria-labelledby="title description">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(description)}</desc>',
        f'<rect x="0.5" y="0.5" width="{width - 1:g}" height="{height - 1:g}" rx="8" fill="{GROUND}" stroke="{EDGE}"/>',
        f'<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace"'
        f' font-size="{SIZE}" fill="{PLAIN}" xml:space="preserve">',
    ]
    for number, row in enumerate(rows):
        y = MARGIN + number * LINE + SIZE
        for column, text, (colour, bold) in runs(row):
            extra = (f' fill="{colour}"' if colour != PLAIN else "") + (' font-weight="bold"' if bold else "")
            lines.append(f'<text x="{MARGIN + column * ADVANCE:g}" y="{y:g}" textLength="{len(text) * ADVANCE:g}"'
                         f' lengthAdjust="spacingAndGlyphs"{extra}>{escape(text)}</text>')
    return "\n".join(lines + ["</g>", "</svg>", ""])
