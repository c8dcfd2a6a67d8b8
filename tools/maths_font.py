"""Cut the font that formulas are drawn in: `python tools/maths_font.py DejaVuMathTeXGyre.ttf`.

A browser stretches brackets and roots with the help of a font's MATH table, and phones have no such
font. So the site brings one of 18 kB: of DejaVu Math TeX Gyre (Debian: fonts-dejavu-extra) it keeps
the characters that book/_ext/maths.py can write, and in their tall sizes brackets, roots and sums.
Its licence allows that under another name. Run this again when maths.py knows another character;
fontTools needs the package brotli for it.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "book/_ext"))

import maths  # noqa: E402

TARGET = HERE.parent / "book/_ext/static/maths/maths.woff2"
LIST = HERE.parent / "book/_ext/maths_font.txt"  # what a test compares with maths.py
STRETCHED = "()[]{}|‖⌊⌋⌈⌉⟨⟩√∑∏"
# Letters in italics, as browsers write an <mi> of one letter; h has its own place in Unicode.
ITALIC = [*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6FC, 0x1D716), 0x1D716, 0x1D719]


def characters():
    """Return the code of every character that a formula can have."""
    tables = (maths.LETTERS, maths.UPRIGHT, maths.BINARY, maths.RELATIONS, maths.OPENING)
    tables += (maths.CLOSING, maths.BARS, maths.LARGE, maths.ACCENTS)
    signs = "".join("".join(table.values()) for table in tables)
    plain = "".join(map(chr, range(0x20, 0x7F)))
    return {ord(sign) for sign in f"{signs}{plain}{maths.FRACTIONS}√′\u00a0"} | set(ITALIC)


def listed():
    """Return the characters in one line, with the letters in italics as their numbers."""
    return " ".join(chr(c) if c < 0x10000 else f"{c:x}" for c in sorted(characters())) + "\n"


def keep_tall_sizes(font):
    """Keep the tall sizes of brackets, roots and sums, and move small fractions apart a little."""
    table = font["MATH"].table
    names = {font.getBestCmap()[ord(sign)] for sign in STRETCHED}
    sizes = table.MathVariants
    both = zip(sizes.VertGlyphCoverage.glyphs, sizes.VertGlyphConstruction, strict=True)
    kept = [(name, made) for name, made in both if name in names]
    sizes.VertGlyphCoverage.glyphs = [name for name, _ in kept]
    sizes.VertGlyphConstruction = [made for _, made in kept]
    sizes.VertGlyphCount = len(kept)
    sizes.HorizGlyphCoverage, sizes.HorizGlyphConstruction, sizes.HorizGlyphCount = None, [], 0
    table.MathConstants.FractionNumeratorShiftUp.Value += 40
    table.MathConstants.FractionDenominatorShiftDown.Value += 80


def main():
    """Write the font."""
    font = TTFont(sys.argv[1])
    keep_tall_sizes(font)
    options = subset.Options(
        layout_features=[],
        hinting=False,
        notdef_outline=False,
        name_IDs=[0, 1, 2, 4, 6, 13],
        drop_tables=["gasp", "GPOS", "GSUB", "GDEF", "FFTM"],
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 4, 6):
            record.string = "BookMaths" if record.nameID == 6 else "Book Maths"
    font.flavor = "woff2"
    TARGET.parent.mkdir(exist_ok=True)
    font.save(TARGET)
    LIST.write_text(listed(), "utf-8")


if __name__ == "__main__":
    main()
