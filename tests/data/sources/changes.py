"""The shape of a payload changed as services change theirs: fields come, go, move and turn."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile


def parsed(body):
    """The payload as a tree, with the way back: JSON, a table, or an archive of marked-up text."""
    if body[:2] == b"PK":
        return _archive(body)
    if body.lstrip()[:1] in b"{[":
        return json.loads(body), lambda tree: json.dumps(tree).encode()
    return _table(body)


def _table(body):
    rows = list(csv.reader(body.decode().splitlines()))

    def written(tree):
        out = io.StringIO()
        writer = csv.writer(out)
        names = list(tree[0])
        writer.writerow(names)
        writer.writerows([[row[name] for name in names] for row in tree])
        return out.getvalue().encode()

    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]], written


def _archive(body):
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        name = next(name for name in archive.namelist() if name.endswith("_data.xml"))
        text = archive.read(name).decode()
    tag = re.compile(r"<frb:Obs ([^>]*?) ?/>")
    tree = [dict(re.findall(r'(\w+)="([^"]*)"', found)) for found in tag.findall(text)]

    def written(tree):
        rows = iter(tree)
        changed = tag.sub(
            lambda _: "<frb:Obs " + " ".join(f'{k}="{v}"' for k, v in next(rows).items()) + " />",
            text,
        )
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(name, changed)
        return out.getvalue()

    return tree, written


def names(tree):
    """Every field name in the tree, in order of appearance."""
    found = {}

    def visit(node):
        if isinstance(node, dict):
            for key, value in node.items():
                found.setdefault(key)
                visit(value)
        elif isinstance(node, list):
            for item in node:
                visit(item)

    visit(tree)
    return list(found)


def changed(tree, name, how):
    """A copy of the tree in which ``how(key, value)`` gives the pairs for every field of a name."""
    if isinstance(tree, dict):
        pairs = []
        for key, value in tree.items():
            pairs += how(key, value) if key == name else [(key, changed(value, name, how))]
        return dict(pairs)
    if isinstance(tree, list):
        return [changed(item, name, how) for item in tree]
    return tree


HOW = {
    "removed": lambda key, value: [],
    "renamed": lambda key, value: [(f"{key}_v2", value)],
    "turned into text": lambda key, value: [(key, "changed")],
    "turned into nothing": lambda key, value: [(key, "")],
}


def field_change(how):
    """The first field of a payload that the source cannot do without, changed."""

    def made(case):
        from comove.core.errors import PayloadError

        tree, written = parsed(case.payload.body)
        for name in names(tree):
            body = written(changed(tree, name, HOW[how]))
            try:
                case.read(body)
            except PayloadError:
                return body, False
        return _positional(case, tree, written), False

    return made


def _positional(case, tree, written):
    """Rows without names: the last column goes."""

    def cut(node):
        if isinstance(node, list) and node and not isinstance(node[0], list | dict):
            return node[:-1]
        if isinstance(node, list):
            return [cut(item) for item in node]
        if isinstance(node, dict):
            return {key: cut(value) for key, value in node.items()}
        return node

    return written(cut(tree))


def field_added(case):
    """Every object and row has a field more."""

    def grown(node):
        if isinstance(node, dict):
            more = {} if all(key.isdigit() for key in node) else {"comove_new": "1"}
            return {key: grown(value) for key, value in node.items()} | more
        if isinstance(node, list):
            return [grown(item) for item in node]
        return node

    tree, written = parsed(case.payload.body)
    body = written(grown(tree))
    return body, True


CHANGES = {f"a field {how}": field_change(how) for how in HOW} | {"a field added": field_added}
