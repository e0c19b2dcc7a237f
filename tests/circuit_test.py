"""`lab circuit`: files, analysis, equivalence and rivals as users type them."""

import json
import random
import re
import shutil
import subprocess

import pytest
from conftest import LAB, ROOT, run_lab

FIXTURES = ROOT.parent / "shared" / "fixtures" / "circuits"
GOLDEN = ROOT / "tests" / "data" / "circuits"
needs_fixtures = pytest.mark.skipif(not FIXTURES.exists(), reason="no fixtures")
needs_abc = pytest.mark.skipif(shutil.which("berkeley-abc") is None, reason="no berkeley-abc")

ADDER = """{"inputs": ["a", "b", "c"],
 "gates": [{"name": "sum", "op": "xor", "in": ["a", "b", "c"]},
           {"name": "carry", "op": "maj", "in": ["a", "b", "c"]}],
 "outputs": [{"name": "s", "node": "sum"}, {"name": "c", "node": "carry"}]}"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "adder.json").write_text(ADDER)
    return tmp_path


def output(*arguments, cwd=ROOT, code=0):
    done = run_lab("circuit", *arguments, cwd=cwd)
    assert done.returncode == code, done.stderr
    return done.stdout


def refusal(*arguments, cwd=ROOT):
    """What is wrong, in one line, with exit code 2 and nothing on standard output."""
    done = run_lab("circuit", *arguments, cwd=cwd)
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr.strip()


def rows(text):
    return [line.split() for line in text.splitlines()]


def test_eval_takes_bits_unknowns_files_and_all(folder):
    assert rows(output("eval", "adder.json", "110", "x11", cwd=folder)) == [
        ["input", "s", "c"], ["110", "0", "1"], ["x11", "x", "1"]]
    (folder / "bits").write_text("# two\n1 1 1\n000\n")
    assert rows(output("eval", "adder.json", "--from", "bits", "--compact", cwd=folder)) == [["111", "11"], ["000", "00"]]
    table = rows(output("eval", "adder.json", "--all", "--gates", cwd=folder))
    assert table[0] == ["input", "a", "b", "c", "sum", "carry"]
    for word, *values in table[1:]:
        bits = [int(c) for c in word]
        assert [int(v) for v in values] == [*bits, sum(bits) % 2, int(sum(bits) > 1)]
    assert "4 characters" in refusal("eval", "adder.json", "1111", cwd=folder)
    assert "not 0, 1 or x" in refusal("eval", "adder.json", "12x", cwd=folder)
    assert "no inputs to evaluate" in refusal("eval", "adder.json", cwd=folder)


@pytest.mark.parametrize("ending", ["aag", "aig", "blif", "json"])
def test_convert_keeps_functions_and_names(folder, ending):
    output("convert", "adder.json", f"other.{ending}", cwd=folder)
    output("convert", f"other.{ending}", "back.json", cwd=folder)
    assert output("eval", "back.json", "--all", cwd=folder) == output("eval", "adder.json", "--all", cwd=folder)
    if ending == "json":
        assert json.loads((folder / "back.json").read_text()) == json.loads(ADDER)


@needs_abc
@pytest.mark.parametrize("ending", ["aig", "blif"])
def test_another_tool_reads_what_we_write(folder, ending):
    """cec says in its text whether the two agree; its exit code is always 0."""
    other = {"aig": "blif", "blif": "aig"}[ending]  # two writers that share no code
    for seed in range(5):
        output("sample", "random", "maj_share=0.1", "mux_share=0.1", "lut_share=0.1", "threshold_share=0.1",
               "--seed", seed, "-o", "c.json", cwd=folder)
        output("convert", "c.json", f"c.{ending}", cwd=folder)
        output("convert", "c.json", f"other.{other}", cwd=folder)
        done = subprocess.run(["berkeley-abc", "-q", f"cec -n other.{other} c.{ending}"], cwd=folder,
                              capture_output=True, text=True, timeout=60)
        assert "Networks are equivalent" in done.stdout, done.stdout
    output("convert", "adder.json", f"a.{ending}", cwd=folder)
    done = subprocess.run(["berkeley-abc", "-q", f"cec -n c.{ending} a.{ending}"], cwd=folder,
                          capture_output=True, text=True, timeout=60)
    assert "Networks are equivalent" not in done.stdout  # the check can fail


FIELDS = """ones influence_counts influences total_influence average_sensitivity max_sensitivity
max_block_sensitivity certificate_complexity degree gf2_degree noise_stability_half prime_implicants
min_dnf_terms monotone unate symmetric threshold_function leap weight_by_level anf fourier""".split()


@needs_fixtures
def test_analyze_reproduces_every_known_function():
    functions = json.loads((FIXTURES / "functions" / "expected.json").read_text())["functions"]
    assert len(functions) == 91
    for known in functions:
        [found] = json.loads(output("analyze", "--table", f"{known['n']}:{known['truth_table']}", "--json"))
        compared = {name: found.get(name) for name in FIELDS if name in known}
        assert compared == {name: known[name] for name in FIELDS if name in known}, known["name"]


def test_analyze_in_text(folder):
    text = output("analyze", "adder.json", cwd=folder)
    table = {row[0]: row[1:] for row in rows(text) if row}
    assert table["output"] == ["s", "c"]
    assert table["degree"] == ["3", "3"] and table["threshold_function"] == ["no", "yes"]
    gates = rows(output("analyze", "adder.json", "--gates", cwd=folder))
    assert ["carry", "maj", "1", "0.5", "1.0"] in gates
    assert rows(output("analyze", "adder.json", "--output", "c", cwd=folder))[0] == ["output", "c"]
    assert "did you mean" in refusal("analyze", "adder.json", "--output", "cc", cwd=folder)
    assert "3:96" in refusal("analyze", "--table", "96", cwd=folder)
    assert "hex digits" in refusal("analyze", "--table", "4:96", cwd=folder)


@needs_fixtures
def test_equivalent_decides_every_pair():
    known = json.loads((FIXTURES / "equivalence" / "expected.json").read_text())
    for pair in known["pairs"]:
        sides = [FIXTURES / "equivalence" / f"{pair['name']}.{side}.aig" for side in ("left", "right")]
        found = json.loads(output("equivalent", *sides, "--json", code=0 if pair["equivalent"] else 1))
        assert found["verdict"] == ("equivalent" if pair["equivalent"] else "different"), pair["name"]
        assert found["differing_inputs"] == pair["differing_inputs"], pair["name"]
        if pair["equivalent"]:
            continue
        values = [output("eval", side, found["counterexample"], "--compact") for side in sides]
        assert values[0] != values[1]
    sides = [FIXTURES / "equivalence" / f"order_or_names.{side}.aig" for side in ("left", "right")]
    assert json.loads(output("equivalent", *sides, "--json", code=1))["differing_inputs"] == 44
    assert json.loads(output("equivalent", *sides, "--by-name", "--json"))["verdict"] == "equivalent"
    for name in ("shape_inputs", "shape_outputs"):
        refusal("equivalent", *[FIXTURES / "equivalence" / f"{name}.{side}.aig" for side in ("left", "right")])


def test_equivalent_says_how_it_knows(folder):
    output("convert", "adder.json", "adder.aig", cwd=folder)
    text = output("equivalent", "adder.json", "adder.aig", cwd=folder)
    assert text.startswith("equivalent") and "8 inputs" in text
    (folder / "other.json").write_text(ADDER.replace("maj", "or"))
    text = output("equivalent", "adder.json", "other.json", cwd=folder, code=1)
    assert text.startswith("different") and "3 of 8 inputs" in text


def families():
    return re.findall(r"^([a-z_]+)$", output("sample", "--names"), re.M)


def test_every_family_is_sampled_alike_from_a_seed(folder):
    assert {"random", "parity", "adder", "tribes", "staircase", "multitask", "pairs", "copies"} <= set(families())
    for family in families():
        first = output("sample", family, "--seed", 3)
        assert first == output("sample", family, "--seed", 3), family
        assert json.loads(first)["outputs"], family
    assert output("sample", "random", "--seed", 1) != output("sample", "random", "--seed", 2)


def test_sample_takes_parameters_and_says_what_is_wrong(folder):
    output("sample", "adder", "bits=2", "-o", "adder.aig", cwd=folder)
    table = rows(output("eval", "adder.aig", "--all", "--compact", cwd=folder))
    for word, values in table:
        a, b = int(word[1::-1], 2), int(word[:1:-1], 2)
        assert int(values[::-1], 2) == a + b
    assert "did you mean \"adder\"" in refusal("sample", "ader")
    assert "bits" in refusal("sample", "adder", "bit=2")
    assert "bits" in refusal("sample", "adder", "bits=0")
    assert "key=value" in refusal("sample", "adder", "bits")
    refusal("sample", "adder", "-o", "adder.txt", cwd=folder)
    assert not (folder / "adder.txt").exists()


def test_show_counts_lists_and_draws(folder):
    text = output("show", "adder.json", "--svg", "adder.svg", cwd=folder)
    assert "1 maj, 1 xor" in text and "maj(a, b, c)" in text
    picture = (folder / "adder.svg").read_text()
    assert "<svg" in picture and "carry" in picture
    part = json.loads(output("show", "adder.json", "--output", "s", "--json", cwd=folder))
    assert part["gates"] == 1 and part["outputs"] == 1


def test_rivals_are_other_circuits_for_the_same_function(folder):
    text = output("rivals", "adder.json", "--count", 5, "--out", "found", cwd=folder)
    files = sorted((folder / "found").glob("*.json"))
    assert len(files) == 5 and len(rows(text)) >= 6
    for file in files:
        assert output("equivalent", "adder.json", file, cwd=folder).startswith("equivalent")
    assert len({file.read_text() for file in files}) == 5
    again = output("rivals", "adder.json", "--count", 5, "--out", "again", cwd=folder)
    assert [file.read_text() for file in files] == [(folder / "again" / file.name).read_text() for file in files]


@pytest.mark.parametrize("arguments, reason", [
    ([], "lab circuit"),
    (["sho"], 'did you mean "show"'),
    (["show", "absent.json"], "absent.json: cannot be read: No such file or directory"),
    (["show", "adder.json", "--no"], "--no"),
    (["convert", "adder.json", "adder.txt"], "adder.txt: the ending \"txt\" is no format"),
    (["analyze"], "--table"),
])
def test_wrong_commands_end_with_one_line(folder, arguments, reason):
    done = run_lab("circuit", *arguments, cwd=folder)
    assert done.returncode == 2 and done.stdout == ""
    assert reason in done.stderr and (not arguments or len(done.stderr.splitlines()) == 1)


def test_targets_are_checked_before_work(folder):
    assert "not written" in refusal("sample", "random", "-o", "x.pla", cwd=folder)
    assert "no/such/x.svg: cannot be written" in refusal("show", "adder.json", "--svg", "no/such/x.svg", cwd=folder)
    assert "cannot be written" in refusal("show", "adder.json", "--svg", ".", cwd=folder)
    assert "--out" in refusal("rivals", "adder.json", "--out", "adder.json", cwd=folder)
    assert "--output" in refusal("analyze", "--table", "3:96", "--output", "y", cwd=folder)
    (folder / "loop.json").symlink_to("loop.json")
    assert "cannot be read" in refusal("show", "loop.json", cwd=folder)
    assert not list(folder.glob("*.part.*"))


def test_tables_of_wide_circuits_take_the_memory_of_their_outputs(folder):
    """24 inputs and 3,000 gates: the tables of all nodes would take 6 GB."""
    gates = [{"name": f"n{i}", "op": "xor", "in": [f"n{i - 1}" if i else "x0", f"x{i % 24}"]} for i in range(3000)]
    (folder / "wide.json").write_text(json.dumps({"inputs": [f"x{i}" for i in range(24)], "gates": gates,
                                                  "outputs": [{"name": "y", "node": "n2999"}]}))
    done = subprocess.run(["bash", "-c", f"ulimit -v 4000000; {LAB} circuit analyze wide.json --json"], cwd=folder,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["gf2_degree"] <= 1
    assert "too many" in refusal("analyze", "wide.json", "--gates", cwd=folder)


def test_a_broken_file_is_refused_with_its_place(folder):
    files = {"bad.aag": ("aag 1 1 0 1 0\n2\n7\n", "bad.aag: line 3: "),
             "bad.json": ("{", "bad.json: no JSON"),
             "bad.blif": (".model m\n.latch a b\n.end\n", "bad.blif: line 2: ")}
    for name, (text, reason) in files.items():
        (folder / name).write_text(text)
        assert reason in refusal("show", name, cwd=folder)


def test_a_large_circuit_goes_through(folder):
    """100,000 ANDs: read, converted, shown and evaluated."""
    words = random.Random(1)
    ands = [(2 * (65 + i), *(words.randrange(2, 2 * (65 + i)) for _ in range(2))) for i in range(100_000)]
    lines = [f"aag {64 + len(ands)} 64 0 1 {len(ands)}", *(str(2 * (i + 1)) for i in range(64)), str(ands[-1][0]),
             *(f"{a} {b} {c}" for a, b, c in ands)]
    (folder / "big.aag").write_text("\n".join(lines) + "\n")
    output("convert", "big.aag", "big.aig", cwd=folder)
    assert json.loads(output("show", "big.aig", "--json", cwd=folder))["by_op"]["and"] == 100_000
    bits = "01" * 32
    assert output("eval", "big.aag", bits, cwd=folder) == output("eval", "big.aig", bits, cwd=folder)
