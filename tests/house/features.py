"""docs/features.md: for each row of the feature table, the tests that prove it (`@pytest.mark.feature("D8")`).

`python -m tests.house.features` writes it, `--check` says whether it is current. Only names are read: nothing is run.
"""

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TABLE = ROOT / "docs" / "features-table.txt"  # id and title of each row, in order
PAGE = ROOT / "docs" / "features.md"


def main() -> int:
    page = written()
    if "--check" in sys.argv:
        if not PAGE.exists() or PAGE.read_text() != page:
            print("docs/features.md is not current: run .venv/bin/python -m tests.house.features")  # noqa: T201
            return 1
        return 0
    PAGE.write_text(page)
    return 0


def written() -> str:
    proofs = proven()
    rows = [line.split("\t", 1) for line in TABLE.read_text().splitlines() if line]
    unknown = sorted(set(proofs) - {row[0] for row in rows})
    if unknown:
        raise SystemExit(f"tests name features that are not in {TABLE.name}: {', '.join(unknown)}")
    lines = [
        "# Features and their proofs",
        "",
        "Generated from the tests by `python -m tests.house.features`. A test that is named here proves its row at",
        "least in part; a row is done when every part of it is proven.",
    ]
    for name, title in rows:  # a line for each test, so that two changes join without a conflict
        tests = [f"- `{test}`" for test in sorted(proofs.get(name, ()))] or ["Nothing yet."]
        lines += ["", f"## {name} {title}", "", *tests]
    return "\n".join(lines) + "\n"


def proven() -> dict[str, set[str]]:
    """{feature id: {"file::test", …}}"""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text())
        of_module = _named_in([node.value for node in tree.body if _assigns_pytestmark(node)])
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                for feature in of_module | _named_in(node.decorator_list):
                    found[feature].add(f"{path.relative_to(ROOT)}::{node.name}")
    return found


def _assigns_pytestmark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets)


def _named_in(expressions: list[ast.expr]) -> set[str]:
    names: set[str] = set()
    for expression in expressions:
        for call in ast.walk(expression):
            if isinstance(call, ast.Call) and re.search(r"mark\.feature$", ast.unparse(call.func)):
                names |= {argument.value for argument in call.args if isinstance(argument, ast.Constant)}
    return names


if __name__ == "__main__":
    sys.exit(main())
