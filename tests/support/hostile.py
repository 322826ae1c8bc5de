"""Files made to hurt: each kind as small as it comes and as large as it may be, with the variant it is refused with."""

from __future__ import annotations

from workflows import catalogue

LAUGHS = "a0: &a0 [ha, ha]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 30)
)
LARGE = catalogue.definition_texts()["child_case"]
WORDS = "".join(f"k{number}: một từ\n" for number in range(19_000))

FILES: dict[str, tuple[str | bytes, str]] = {
    "an anchor": ("a: 1\nb: &x 1", "anchor"),
    "an anchor after a whole definition": (LARGE + "z: &x 1\n", "anchor"),
    "an anchor after 19,000 lines": (WORDS + "z: &x 1\n", "anchor"),
    "an alias after a whole definition": (LARGE + "z: *x\n", "alias"),
    "a tag": ("a: !!python/object/apply:os.system [id]", "tag"),
    "a tag after a whole definition": (LARGE + "z: !!python/name:os.system\n", "tag"),
    "a tag between brackets": ("a: [" + "b,\n" * 15_000 + "!x c]", "tag"),
    "billion laughs": (LAUGHS, "anchor"),
    "billion laughs between brackets": ("{" + LAUGHS.replace("\n", ",\n") + "}", "anchor"),
    "a merge key": ("a: 1\n<<: {b: 2}", "merge"),
    "thousands of keys written twice": ("a: 1\n" * 15_000, "twice"),
    "100,000 brackets": ("[" * 100_000, "levels"),
    "100,000 brackets of a mapping": ("a: " + "{" * 100_000, "levels"),
    "brackets on 15,000 lines": ("a: " + "[\n" * 15_000, "levels"),
    "thousands of indentations": ("".join(" " * at + "a:\n" for at in range(1_000)), "levels"),
    "5 MB": (b"a: " + b"x" * 5_000_000, "too_big"),
    "5 MB of letters": ("ạ" * 2_500_000, "too_big"),
    "a line of 1 MB": ("a: " + "x" * 990_000, "line_length"),
    "a million blank lines": ("\n" * 999_000, "lines"),
    "a text of 100,000 lines": ("a: |\n" + "  x\n" * 100_000, "lines"),
    "100,000 keys": ("".join(f"k{number}: v\n" for number in range(65_000)), "lines"),
    "a list of 300,000": ("a: [" + ("b," * 3_000 + "\n") * 100 + "]", "nodes"),
    "lists in a list": ("a: [" + ("[b]," * 1_000 + "\n") * 100 + "]", "nodes"),
    "mappings in a list": ("a: [" + ("{b: c}," * 1_000 + "\n") * 100 + "]", "nodes"),
    "lists on many lines": ("a: [b, b, b, b, b]\n" * 15_000, "nodes"),
    "NUL": ("a: 1\nb: \0", "character"),
    "NUL after 1 MB": ("a: b\n" * 190_000 + "\0", "character"),
    "NUL in an escape": ('a: "\\0"', "character"),
    "half a character": ('a: "\\ud800"', "character"),
    "a direction": ("title: \u202egnp.eltit", "character"),
    "a direction in an escape": ('title: "\\u202egnp.eltit"', "character"),
    "an isolated direction": ("title: a\u2066b", "character"),
    "no width": ("title: Hồ\u200b sơ", "character"),
    "a joiner in an escape": ('title: "a\\u200db"', "character"),
    "a soft hyphen": ("title: a\u00adb", "character"),
    "a tag character": ("title: a\U000e0041b", "character"),
    "a filler": ("title: \u3164", "character"),
    "an escape sequence of a terminal": ("title: \x1b[31mred", "character"),
    "Latin 1": (LARGE.encode() + b"\xe9", "encoding"),
    "UTF-16": (LARGE.encode("utf-16"), "encoding"),
    "UTF-16 without its mark": ("a: 1".encode("utf-16-le"), "character"),
    "UTF-32": (LARGE.encode("utf-32"), "encoding"),
    "Vietnamese of Windows": ("tên: Hồ".encode("cp1258", "replace") + b"\xd0\xf2", "encoding"),
    "an overlong slash": (b"a: \xc0\xaf", "encoding"),
    "nothing at all": (b"", "empty"),
    "two documents": ("a: 1\n---\nb: 2", "documents"),
}  # fmt: skip
