"""A recorded trace is replayed to the row, whatever its form, and a bad one is refused with one line."""

import gzip
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sim.demand import open_demand, replay, trace
from sim.demand.sessions import CHUNK
from sim.demand.trace import read_columns
from sim.errors import InputError
from tests.demands import drawn, real_data, replayed, settings

HEADER = "t_s,context_tokens,generated_tokens"
WITH_SESSIONS = HEADER + ",session_id,turn"
AZURE = "TIMESTAMP,ContextTokens,GeneratedTokens"


def written(folder, text, name="trace.csv"):
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def random_rows(n, seed=1, sessions=0):
    """A table of n rows with millisecond times; with ``sessions`` their turns are interleaved."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"t_s": np.sort(rng.integers(0, 500 * n, n)) / 1000,
                          "context_tokens": rng.integers(0, 5000, n), "generated_tokens": rng.integers(0, 900, n)})
    if sessions:
        table["session_id"] = rng.integers(0, sessions, n)
        table["turn"] = table.groupby("session_id").cumcount() + 1
    return table


class TestReplay:
    def test_every_row_once(self, tmp_path):
        table = random_rows(2 * CHUNK + 100)
        sessions, turns = replayed(written(tmp_path, table.to_csv(index=False)))
        since = table["t_s"] - table["t_s"][0]
        assert np.abs(sessions["at"] - since).max() <= 2.0**-25
        assert np.array_equal(turns["context"], np.maximum(table["context_tokens"], 1))
        assert np.array_equal(turns["output"], np.maximum(table["generated_tokens"], 1))
        assert (sessions["turns"] == 1).all() and (turns["think"] == 0).all() and (turns["not_before"] == 0).all()

    def test_both_headers_and_gzip_are_the_same(self, tmp_path):
        table = random_rows(300)
        plain = replayed(written(tmp_path, table.to_csv(index=False)))
        begin = datetime(2023, 11, 16, 23, 59, 58)
        stamps = [f"{begin + timedelta(seconds=t):%Y-%m-%d %H:%M:%S.%f}0" for t in table["t_s"]]
        azure = table.assign(t_s=stamps).set_axis(AZURE.split(","), axis=1)
        for name in ("azure.csv", "azure.csv.gz"):
            other = replayed(written(tmp_path, azure.to_csv(index=False), name))
            assert all(np.array_equal(a, b) for a, b in zip(plain, other, strict=True))

    def test_other_columns_blank_lines_and_byte_order_mark_do_not_matter(self, tmp_path):
        rows = f"\ufeff\"note\",{HEADER}\r\nx,5,10,20\r\n\r\ny,6.5,11,21\r\n\r\n"
        sessions, turns = replayed(written(tmp_path, rows))
        assert sessions["at"].tolist() == [0, 1.5] and turns["context"].tolist() == [10, 11]

    def test_time_scale(self, tmp_path):
        path = written(tmp_path, random_rows(50).to_csv(index=False))
        whole, half = replayed(path)[0]["at"], replayed(path, time_scale=0.5)[0]["at"]
        assert np.abs(half - whole / 2).max() <= 2.0**-24

    def test_loop_starts_again_one_mean_gap_after_the_last_row(self, tmp_path):
        path = written(tmp_path, f"{HEADER}\n0,1,1\n1,2,2\n4,3,3\n")
        sessions, turns = replayed(path, 1, loop=True)
        assert sessions["at"][:7].tolist() == [0, 1, 4, 6, 7, 10, 12] and sessions.size == CHUNK
        assert turns["context"][:6].tolist() == [1, 2, 3, 1, 2, 3]
        assert sessions["difficulty"][0] != sessions["difficulty"][3]

    def test_horizon_is_just_after_the_last_row(self, tmp_path):
        path = written(tmp_path, f"{HEADER}\n10,1,1\n12.5,2,2\n")
        assert open_demand(settings("trace", path=str(path), horizon_days=None)).horizon_s == 2.5 + 2.0**-24
        assert open_demand(settings("trace", path=str(path), loop=True)).horizon_s is None

    def test_what_a_trace_does_not_say_is_drawn_as_for_synthetic_sessions(self, tmp_path):
        sessions, _ = replayed(written(tmp_path, random_rows(CHUNK + 50).to_csv(index=False)))
        synthetic, _ = drawn(settings("poisson"), 2)
        for column in ("difficulty", "audit", "user", "domain", "klass"):
            assert np.array_equal(sessions[column], synthetic[column][: sessions.size])

    def test_the_real_trace(self):
        path = real_data("trace_azure_conv_2023.csv.gz")
        sessions, turns = replayed(path)
        table = pd.read_csv(path)
        assert np.array_equal(turns[["context", "output"]].tolist(), table.iloc[:, 1:3].to_numpy())
        for window in (1, 10, 60, 300):
            recorded = np.bincount((table["t_s"] // window).astype(int))
            assert np.array_equal(np.bincount(((sessions["at"] + 2.0**-25) // window).astype(int)), recorded)


class TestSessions:
    def test_later_turns_keep_their_times(self, tmp_path):
        rows = "0,10,1,a,1\n1,20,2,b,1\n2,30,3,a,2\n3,40,4,c,1\n9,50,5,a,3\n"
        sessions, turns = replayed(written(tmp_path, f"{WITH_SESSIONS}\n{rows}"))
        assert sessions["at"].tolist() == [0, 1, 3] and sessions["turns"].tolist() == [3, 1, 1]
        assert turns["context"].tolist() == [10, 30, 50, 20, 40]
        assert turns["not_before"].tolist() == [0, 2, 9, 0, 0]

    @hypothesis_settings(max_examples=30)
    @given(st.integers(1, 120), st.integers(1, 60), st.integers(1, 50), st.integers(0, 99), st.booleans())
    def test_blocks_and_chunks_do_not_matter(self, tmp_path_factory, n, sessions, block, seed, keep):
        table = random_rows(n, seed, sessions)
        path = written(tmp_path_factory.mktemp("t"), table.to_csv(index=False))
        order = table.assign(first=pd.factorize(table["session_id"])[0]).sort_values(["first", "turn"])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(trace, "BLOCK_ROWS", block)
            patch.setattr(replay, "CHUNK", 7)
            patch.setattr(replay, "KEPT_ROWS", n if keep else 0)
            found, turns = replayed(path)
        assert found["turns"].tolist() == table["session_id"].value_counts(sort=False).tolist()
        assert turns["context"].tolist() == np.maximum(order["context_tokens"], 1).tolist()
        assert (np.diff(found["at"]) >= 0).all()

    def test_arrays_for_analysis(self, tmp_path):
        path = written(tmp_path, f"{WITH_SESSIONS}\n3,10,1,b,1\n4,20,2,a,1\n5,30,3,b,2\n")
        columns = read_columns(path)
        assert columns["t_s"].tolist() == [0, 1, 2] and columns["session"].tolist() == [0, 1, 0]


BAD = {
    "empty": ("", ": found an empty file; allowed is a header"),
    "header only": (f"{HEADER}\n", ":1: found a header and no rows"),
    "missing column": ("t_s,contxt_tokens,generated_tokens\n0,1,1\n",
                       ":1: found no column 'context_tokens': did you mean 'contxt_tokens'?; allowed are columns t_s"),
    "twice": (f"{HEADER},t_s\n0,1,1,0\n", ":1: found column 't_s' twice"),
    "turn without session": (f"{HEADER},turn\n0,1,1,1\n", ":1: found no column 'session_id'"),
    "mixed headers": ("TIMESTAMP,context_tokens,generated_tokens\n0,1,1\n",
                      ":1: found TIMESTAMP of one format beside context_tokens of the other"),
    "seconds for stamps": (f"{AZURE}\n12.5,1,1\n", ":2: found TIMESTAMP '12.5'; allowed is a time stamp"),
    "stamps for seconds": (f"{HEADER}\n0,1,1\n2023-11-16 18:15:46,1,1\n", ":3: found t_s '2023-11-16 18:15:46'"),
    "impossible stamp": (f"{AZURE}\n2023-11-16 25:15:46.68,1,1\n", ":2: found TIMESTAMP '2023-11-16 25:15:46.68'"),
    "year": (f"{AZURE}\n2023,1,1\n", ":2: found TIMESTAMP '2023'"),
    "text": (f"{HEADER}\n0,1,1\n1,many,1\n", ":3: found context_tokens 'many'; allowed is a whole number from 0"),
    "after a blank line": (f"{HEADER}\n0,1,1\n\n1,many,1\n", ":4: found context_tokens 'many'"),
    "NaN": (f"{HEADER}\n0,1,1\nnan,1,1\n", ":3: found t_s 'nan'; allowed is a number from 0 (s)"),
    "infinite": (f"{HEADER}\n0,1,inf\n", ":2: found generated_tokens 'inf'"),
    "overflow": (f"{HEADER}\n0,1,1\n1e999,1,1\n", ":3: found t_s '1e999'"),
    "missing value": (f"{HEADER}\n0,1\n", ":2: found generated_tokens ''"),
    "too many values": (f"{HEADER}\n0,1,1\n1,2,3,4\n", ":3: found 4 fields; allowed are 3"),
    "too many from the start": (f"{HEADER}\n0,1,1,9\n1,2,3,4\n", ":2: found more fields than the header has"),
    "unclosed quote": (f'{HEADER}\n0,1,1\n1,"2,3\n2,3,4\n', ":3: found a quote that nothing closes; allowed are pairs"),
    "unclosed at the end": (f'{HEADER}\n0,1,1\n1,2,3\n2,3,"4', ":4: found a quote that nothing closes"),
    "negative tokens": (f"{HEADER}\n0,1,-1\n", ":2: found generated_tokens '-1'"),
    "half a token": (f"{HEADER}\n0,1.5,1\n", ":2: found context_tokens '1.5'"),
    "negative time": (f"{HEADER}\n-1,1,1\n", ":2: found t_s '-1'"),
    "unsorted": (f"{HEADER}\n0,1,1\n5,1,1\n4,1,1\n", ":4: found t_s '4'; allowed is no time before that"),
    "unsorted stamps": (f"{AZURE}\n2023-11-16 18:15:46,1,1\n2023-11-16 18:15:45,1,1\n", ":3: found TIMESTAMP"),
    "first turn 2": (f"{WITH_SESSIONS}\n0,1,1,a,2\n", ":2: found turn '2'; allowed is 1, the next of session 'a'"),
    "skipped turn": (f"{WITH_SESSIONS}\n0,1,1,a,1\n1,1,1,a,3\n", ":3: found turn '3'; allowed is 2"),
    "turn twice": (f"{WITH_SESSIONS}\n0,1,1,a,1\n1,1,1,b,1\n1,1,1,a,1\n", ":4: found turn '1'; allowed is 2"),
    "no session": (f"{WITH_SESSIONS}\n0,1,1,,1\n", ":2: found session_id ''"),
    "too long": (f"{HEADER}\n0,1,1\n1e11,1,1\n", ": found a trace of 1e+11 s at demand.time_scale 1; allowed is up to"),
}


class TestBadInput:
    @pytest.mark.parametrize("case", BAD)
    @pytest.mark.parametrize("block", [1, 65_536])
    def test_one_line_names_file_and_line(self, tmp_path, monkeypatch, case, block):
        monkeypatch.setattr(trace, "BLOCK_ROWS", block)
        text, message = BAD[case]
        refused(written(tmp_path, text), message)

    def test_missing_and_unreadable(self, tmp_path):
        refused(tmp_path / "none.csv", ": found No such file or directory; allowed is a readable CSV file")
        refused(tmp_path, ": found Is a directory; allowed is a readable CSV file")

    def test_broken_archives_and_bytes(self, tmp_path):
        whole = gzip.compress(random_rows(20_000).to_csv(index=False).encode())
        for name, content, message in (
            ("cut.csv.gz", whole[: len(whole) // 2], ": found a gzip stream that ends early"),
            ("not.csv.gz", b"t_s,context_tokens", ": found no valid gzip stream"),
            ("garbled.csv.gz", whole[:2000] + b"\xff" * 50 + whole[2050:], ": found no valid gzip stream"),
            ("bytes.csv", f"{HEADER}\n0,1,1\n".encode() + b"\xff\xfe\n", ": found bytes that are not text"),
            ("bytes.csv", b"\xff\xfe\x00", ": found bytes that are not text"),
        ):
            (tmp_path / name).write_bytes(content)
            refused(tmp_path / name, message)

    def test_a_loop_has_a_rate_that_ends(self, tmp_path):
        path = written(tmp_path, f"{HEADER}\n0,1,1\n1,1,1\n")
        refused(path, ": found 2.9e+12 turns a day at demand.time_scale 1e-09", loop=True, time_scale=1e-9)

    def test_a_loop_needs_length(self, tmp_path):
        refused(written(tmp_path, f"{HEADER}\n3,1,1\n3,1,1\n"), ": found one time in all rows", loop=True)


def refused(path, message, **changes):
    """Opening the trace raises one line that starts with its path, and goes on with ``message``."""
    with pytest.raises(InputError) as error:
        open_demand(settings("trace", path=str(path), horizon_days=1, **changes))
    assert str(error.value).startswith(str(path) + message) and "\n" not in str(error.value)
