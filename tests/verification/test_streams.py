"""Random numbers (DESIGN 3): the published answers of the generators, and what a draw may not show."""

import numpy as np
import pytest
from scipy import stats

from sim.compiling import entry
from sim.streams import RATE, draw, generator, normal, philox, uniform
from tests.verification.figures import figure, save

ONES = 0xFFFFFFFF
# Random123, kat_vectors: (counter, key, answer); the last are the digits of π.
PHILOX4X32 = (
    ("zeros", (0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ("ones", (ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    ("π", (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
     (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
)  # fmt: skip
PHILOX4X64 = (
    ("zeros", 0, 0, (0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B)),
    ("ones", 2**256 - 1, 2**128 - 1, (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0)),
    ("π", 0x082EFA98EC4E6C89A4093822299F31D013198A2E03707344243F6A8885A308D3, 0xBE5466CF34E90C6C452821E638D01377,
     (0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6)),
)  # fmt: skip


@entry
def _fill(out, seed, stream, axis):
    """The four words of draws at adjacent counters along one axis: session, turn, attempt or entity."""
    for i in range(len(out)):
        session, turn, attempt, model = 12345, 3, 1, 77
        if axis == 0:
            session += i
        elif axis == 1:
            turn = i
        elif axis == 2:
            attempt = i
        else:
            model += i
        words = draw(seed, stream, session, turn, attempt, model)
        for w in range(4):
            out[i, w] = words[w]


@entry
def _normals(words, out):
    for i in range(len(out)):
        out[i] = normal(words[i])


class TestKnownAnswers:
    """Philox4x32-10 and numpy's Philox4x64-10 give the published known answers (Salmon et al. 2011; Random123).

    Broken by a round too few, by words in another order, and by arithmetic that leaves 32 bits. numpy counts up before
    it draws, so the answer to a counter comes from the counter before.
    """

    @pytest.mark.parametrize(("name", "counter", "key", "answer"), PHILOX4X32)
    def test_point_draws(self, law, form, name, counter, key, answer):
        words = tuple(int(w) for w in philox(*(np.uint64(x) for x in (*key, *counter))))
        law.holds(f"Philox4x32-10 of {name}", _hex(answer, 8), _hex(words, 8), words == answer)

    @pytest.mark.parametrize(("name", "counter", "key", "answer"), PHILOX4X64)
    def test_bulk_draws(self, law, form, name, counter, key, answer):
        raw = np.random.Philox(key=key, counter=(counter - 1) % 2**256).random_raw(4)
        words = tuple(int(w) for w in raw)
        law.holds(f"Philox4x64-10 of {name}", _hex(answer, 16), _hex(words, 16), words == answer)

    def test_counter_of_a_draw(self, law, form):
        """The counter is (session low, session high and stream, turn and attempt, entity), the key is the seed."""
        found = draw(np.uint64(0x299F31D0A4093822), 0x85, 0xA308D3243F6A88, 0x1319, 0x8A2E, 0x03707344)
        words = tuple(int(w) for w in found)
        answer = PHILOX4X32[2][3]
        law.holds("draw whose fields spell π", _hex(answer, 8), _hex(words, 8), words == answer)


def _hex(words, digits):
    return " ".join(f"{w:0{digits}x}" for w in words)


class TestIndependence:
    """Draws at adjacent counters, along each field and across streams, are uniform and independent: equidistributed in
    one and two dimensions, without serial correlation; each bit of a counter changes half of the answer's bits.

    Broken by two fields that share bits of the counter, by a stream number that is cut off, and by a word that is used
    for two things.
    """

    FIGURE = "streams_independence"
    AXES = ("session", "turn", "attempt", "entity")

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        """Uniforms (draws, 4) along each axis; turns and attempts have 16 bits."""
        sizes = form((50_000, 50_000, 50_000, 50_000), (2_000_000, 65_536, 65_536, 2_000_000))

        def one(stream, axis):
            words = np.empty((sizes[axis], 4), np.uint64)
            _fill(words, np.uint64(2026), stream, axis)
            return (words.astype(float) + 0.5) * 2.0**-32

        return {name: one(3, axis) for axis, name in enumerate(cls.AXES)} | {"another stream": one(4, 0)}

    @pytest.mark.parametrize("axis", AXES)
    def test_uniform(self, run, law, axis):
        found = np.bincount((run[axis] * 256).astype(int).ravel(), minlength=256)
        law.counts(f"words along {axis}", "uniform", found, np.ones(256))

    @pytest.mark.parametrize("axis", AXES)
    def test_neighbours(self, run, law, axis):
        u = run[axis][:, 0]
        found = np.histogram2d(u[:-1:2], u[1::2], 32, ((0, 1), (0, 1)))[0]
        law.counts(f"pairs of neighbours along {axis}", "uniform on the square", found, np.ones((32, 32)))

    @pytest.mark.parametrize("axis", AXES)
    def test_words_of_a_block(self, run, law, axis):
        z = (run[axis] - 0.5) * np.sqrt(12)
        cross = (z.T @ z / len(z))[np.triu_indices(4, 1)]
        p = stats.chi2.sf(len(z) * (cross**2).sum(), 6)
        law.fits(f"correlations of the four words along {axis}", "0 (χ²)", p)

    def test_streams(self, run, law):
        a, b = run["session"][:, 0], run["another stream"][:, 0]
        found = np.histogram2d(a, b, 32, ((0, 1), (0, 1)))[0]
        law.counts("one entity in two streams", "uniform on the square", found, np.ones((32, 32)))

    def test_avalanche(self, law, form):
        flips = []
        for i in range(form(50, 400)):
            base = [np.uint64(x) for x in np.random.default_rng(i).integers(0, 2**32, 6)]
            before = philox(*base)
            for field in range(2, 6):
                for bit in range(32):
                    other = list(base)
                    other[field] = other[field] ^ np.uint64(1 << bit)
                    flips += [bin(int(x ^ y)).count("1") for x, y in zip(before, philox(*other), strict=True)]
        found, share = np.bincount(flips, minlength=33), stats.binom.pmf(range(33), 32, 0.5)
        law.counts("bits of a word changed by one bit of the counter", "Bin(32, 1/2)", found, share)

    def test_chunks(self, law, form):
        """Adjacent chunks of one bulk stream, as the rate of arrivals draws them."""
        n = form(500, 5000)
        u = np.array([generator(5, RATE, chunk).random(100) for chunk in range(n)])
        found = np.histogram2d(u[:-1].ravel(), u[1:].ravel(), 32, ((0, 1), (0, 1)))[0]
        law.counts("same places of adjacent chunks", "uniform on the square", found, np.ones((32, 32)))

    def test_figure(self, run):
        made, axes = figure(4, width=2.6, height=2.8)
        for ax, name in zip(axes, self.AXES, strict=True):
            u = run[name][:4000, 0]
            ax.plot(u[:-1], u[1:], ",k")
            ax.set(title=f"along {name}", xlim=(0, 1), ylim=(0, 1), xlabel="draw i", xticks=[0, 1], yticks=[0, 1])
        axes[0].set_ylabel("draw i + 1")
        save(made, self.FIGURE)


class TestNormal:
    """A word's normal is Φ⁻¹ of its uniform to 1 part in 10⁹ (Acklam), in the tails too.

    Broken by a wrong digit of a coefficient, by a branch that ends in the wrong place, and by a lost sign.
    """

    FIGURE = "streams_normal"

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        edge = np.arange(form(2000, 100_000), dtype=np.uint64)
        words = np.unique(np.concatenate([
            edge, np.uint64(2**32 - 1) - edge, np.linspace(0, 2**32 - 1, form(20_000, 1_000_000)).astype(np.uint64)
        ]))  # fmt: skip
        found = np.empty(len(words))
        _normals(words, found)
        return found, stats.norm.ppf((words.astype(float) + 0.5) * 2.0**-32)

    def test_inverse(self, run, law):
        found, theory = run
        off = np.abs(found / theory - 1)[theory != 0].max()
        law.holds("largest relative error of normal()", "< 2e-9", f"{off:.1e}", off < 2e-9)

    def test_uniform_is_open(self, law, form):
        low, high = float(uniform(np.uint64(0))), float(uniform(np.uint64(2**32 - 1)))
        law.holds("ends of uniform()", "in (0, 1)", f"{low:.1e}, 1 - {1 - high:.1e}", 0 < low < high < 1)

    def test_figure(self, run):
        made, (ax,) = figure()
        found, theory = run
        ax.semilogy(theory[::7], np.abs(found / theory - 1)[::7] + 1e-17, ",k")
        ax.axhline(2e-7, color="C3", lw=0.8, label="2e-7")
        ax.set(xlabel="z", ylabel="relative error of normal()", ylim=(1e-12, 1e-5))
        ax.set_title("against scipy.stats.norm.ppf")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)
