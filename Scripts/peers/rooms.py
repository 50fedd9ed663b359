#!/usr/bin/env python3
"""Room responses against pyroomacoustics: the same rooms, the same images, in turns, on 1 and 2 threads.

    make bench-spatial        or        .venv/bin/python Scripts/peers/rooms.py [--only foa]

20 rooms of six different walls, 16 kHz. The peer's side is its fast path: one omnidirectional and three figure-of-eight
microphones at one point, high-pass off, float32; its time includes the enumeration of images and the building of
responses, not imports. Ours renders the same rooms, one on each thread. Before anything is timed, both sides' responses
are compared. What limiting images by time saves is reported apart and is in no ratio.

writes Docs/Results/bench-rooms.json.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import _common

RATE = 16000
PARITY_ROOMS = 50
BANDS = [125, 250, 500, 1000, 2000, 4000, 8000]
CASES = {
    "foa.mono.order17": dict(order=17, channels=1, bands=1),
    "foa.mono.order33": dict(order=33, channels=1, bands=1),
    "foa.broadband.order17": dict(order=17, channels=4, bands=1),
    "foa.broadband.order33": dict(order=33, channels=4, bands=1),
    "foa.bands7.order17": dict(order=17, channels=4, bands=7),
}


def rooms(count, bands, seed=1):
    import numpy

    random = numpy.random.default_rng(seed)
    cases = []
    while len(cases) < count:
        size = random.uniform([4, 3.5, 2.5], [10, 8, 4])
        listener, source = random.uniform(1, size - 1), random.uniform(0.5, size - 0.5)
        if numpy.linalg.norm(source - listener) < 0.7:
            continue
        absorption = random.uniform(0.1, 0.4, (6, bands))
        cases.append(dict(
            size=size.tolist(), source=source.tolist(), listener=listener.tolist(), absorption=absorption.tolist()))
    return cases


class Peer:
    """One batch of rooms in pyroomacoustics. Walls: west is x = 0, south y = 0."""

    WALLS = ["west", "east", "south", "north", "floor", "ceiling"]

    def __init__(self):
        import numpy
        import pyroomacoustics

        self.numpy, self.pra = numpy, pyroomacoustics
        pyroomacoustics.constants.set("rir_hpf_enable", False)

    def materials(self, absorption):
        if len(absorption[0]) == 1:
            return {name: self.pra.Material(values[0]) for name, values in zip(self.WALLS, absorption)}
        return {name: self.pra.Material({"coeffs": values, "center_freqs": BANDS[: len(values)]})
                for name, values in zip(self.WALLS, absorption)}

    def microphones(self, channels, place):
        from pyroomacoustics.directivities import CardioidFamily, DirectionVector

        points = self.numpy.tile(self.numpy.array(place)[:, None], (1, channels))
        if channels == 1:
            return self.pra.MicrophoneArray(points, RATE)
        omni = CardioidFamily(orientation=DirectionVector(0, 90, degrees=True), p=1.0)
        eights = [CardioidFamily(orientation=DirectionVector(azimuth, colatitude, degrees=True), p=0.0)
                  for azimuth, colatitude in [(90, 90), (0, 0), (0, 90)]]
        return self.pra.MicrophoneArray(points, RATE, directivity=[omni, *eights])

    def run(self, batch):
        responses = []
        for case in batch["rooms"]:
            room = self.pra.ShoeBox(
                case["size"], fs=RATE, materials=self.materials(case["absorption"]), max_order=batch["order"],
                air_absorption=batch["air"])
            room.add_source(case["source"])
            room.add_microphone_array(self.microphones(batch["channels"], case["listener"]))
            room.compute_rir()
            responses.append([channel[0] for channel in room.rir])
        return responses


def serve():
    """The peer's side as a process, so that its thread count can be set: file names in, seconds out."""
    peer = Peer()
    print(json.dumps({}), flush=True)
    import time

    for line in sys.stdin:
        request = json.loads(pathlib.Path(line.strip()).read_text())
        start = time.perf_counter()
        responses = peer.run(request["batch"])
        seconds = time.perf_counter() - start
        if request["write"]:
            import numpy

            flat = [channel for room in responses for channel in room]
            numpy.concatenate([numpy.asarray(x, dtype=numpy.float32) for x in flat]).tofile(request["write"] + ".peer")
        lengths = [[len(channel) for channel in room] for room in responses] if request["write"] else []
        print(json.dumps({"seconds": seconds, "lengths": lengths}), flush=True)


class PeerProcess(_common.Paced):
    def __init__(self, threads):
        environment = dict(os.environ, PRA_NUM_THREADS=str(threads), OMP_NUM_THREADS="1")
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=environment)
        self.header = self.read()

    def answer(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.read()


def ours_answer(ours, line):
    ours.process.stdin.write(line + "\n")
    ours.process.stdin.flush()
    return ours.read()


def compare(name, case, ours, peer, folder):
    """Rows on how far the two sides' responses are from each other.

    With bands there are two comparisons: of the responses as each side makes them, and of our seven bands before the
    filters, put through the peer's own filters. The second says what the image sources differ by, the first also what
    the filters do. Without bands, the peer is also held against an exact sum in float64: what its table costs it.
    """
    cases = rooms(PARITY_ROOMS, case["bands"], seed=2)
    mine = answered(ours_answer, ours, batch(case, cases), folder, "parity")
    theirs = answered(lambda peer, line: peer.answer(line), peer, batch(case, cases), folder, "parity", ".peer")
    shape = dict(case, rooms=PARITY_ROOMS)
    rows = facts(f"{name}.parity", list(zip(flat(mine, trim=True), flat(theirs))), shape)
    if case["bands"] > 1:
        planes = answered(ours_answer, ours, batch(case, cases, filtered=False), folder, "planes")
        rows += facts(f"{name}.parity_same_filters", list(zip(refiltered(planes, flat(theirs), case), flat(theirs))), shape)
    else:
        exact = [response for room in cases for response in exact_responses(room, case)]
        rows += facts(f"{name}.peer_to_exact", list(zip(exact, flat(theirs))), shape)
        rows += facts(f"{name}.ours_to_exact", list(zip(exact, flat(mine, trim=True))), shape)
    return rows


def answered(ask, side, request, folder, name, suffix=""):
    """The responses of a batch, `[room][channel]`, and the latency of ours."""
    import numpy

    path = folder / f"{name}.json"
    path.write_text(json.dumps(dict(batch=request, write=str(folder / name))))
    answer = ask(side, str(path))
    samples, place, responses = numpy.fromfile(folder / (name + suffix), numpy.float32), 0, []
    for lengths in answer["lengths"]:
        if isinstance(lengths, int):
            count = request["channels"] * (len(BANDS) if not request["filtered"] else 1)
            lengths = [lengths] * count
        responses.append([])
        for length in lengths:
            responses[-1].append(samples[place:place + length].astype(float))
            place += length
    return responses, answer.get("latency", 40)


def flat(responses, trim=False):
    return [channel[responses[1] - 40 if trim else 0:] for room in responses[0] for channel in room]


def refiltered(planes, theirs, case):
    """Our bands, each of one channel after the other, through the peer's filters, at the peer's lengths."""
    import numpy
    import pyroomacoustics

    bank = pyroomacoustics.acoustics.AntoniOctaveFilterBank(base_frequency=125.0, fs=RATE, n_fft=512)
    result = []
    for room in planes[0]:
        for channel in range(case["channels"]):
            length = len(theirs[len(result)])
            total = numpy.zeros(length)
            for band in range(case["bands"]):
                plane = numpy.zeros(length)
                part = room[band * case["channels"] + channel][planes[1] - 40:][:length]
                plane[:len(part)] = part
                total += bank.analysis(plane, band=band)
            result.append(total)
    return result


def exact_responses(room, case):
    """The image sources of one room in float64, with the window and the scale that both sides have: no table."""
    import itertools

    import numpy

    order, taps = case["order"], numpy.arange(81)
    window = 0.5 - 0.5 * numpy.cos(2 * numpy.pi * taps / 80)
    pressure = [(1 - wall[0]) ** 0.5 for wall in room["absorption"]]
    axes = []
    for axis in range(3):
        length, source, listener = room["size"][axis], room["source"][axis], room["listener"][axis]
        low, high = pressure[2 * axis], pressure[2 * axis + 1]
        images = []
        for n in range(-order, order + 1):
            place = n * length + (source if n % 2 == 0 else length - source) - listener
            few, many = abs(n) // 2, (abs(n) + 1) // 2
            images.append((abs(n), place, low ** (few if n > 0 else many) * high ** (many if n > 0 else few)))
        axes.append(images)
    places, gains = [], []
    for x, y, z in itertools.product(*axes):
        if x[0] + y[0] + z[0] <= order:
            places.append((x[1], y[1], z[1]))
            gains.append(x[2] * y[2] * z[2])
    places = numpy.array(places)
    distances = numpy.sqrt((places**2).sum(axis=1))
    late = distances * RATE / 343.0
    whole = numpy.floor(late)
    pulses = numpy.sinc(taps[None] - 40 - (late - whole)[:, None]) * window * (numpy.array(gains) / distances)[:, None]
    where = (whole[:, None] + taps).astype(int)
    weights = [numpy.ones(len(places))]
    if case["channels"] == 4:
        weights += [places[:, axis] / distances for axis in (1, 2, 0)]
    return [numpy.bincount(where.ravel(), (pulses * weight[:, None]).ravel()) for weight in weights]


def facts(prefix, pairs, shape):
    """Worst cases over pairs of responses."""
    import numpy

    worst, levels, correlations, bands = 0, [], [], 0
    for x, y in pairs:
        count = min(len(x), len(y))
        x, y = x[:count], y[:count]
        worst = max(worst, abs(x - y).max() / abs(y).max())
        levels.append(10 * numpy.log10(((x - y) ** 2).sum() / (y**2).sum()))
        correlations.append((x * y).sum() / numpy.sqrt((x**2).sum() * (y**2).sum()))
        bands = max(bands, band_difference(x, y))
    fact = lambda suffix, value, unit: {
        "id": f"{prefix}.{suffix}", "value": float(value), "unit": unit, "n": len(levels),
        "spread": [float(value)] * 2, "peer_name": "pyroomacoustics 0.10.1", "shape": shape}
    return [fact("max_over_peak", worst, "of peak"), fact("l2", max(levels), "dB"),
            fact("correlation", min(correlations), "correlation"), fact("band_energy", bands, "dB")]


def band_difference(x, y):
    """The largest difference of the energies in the middles of the octave bands, in dB."""
    import numpy

    frequencies = numpy.fft.rfftfreq(len(x), 1 / RATE)
    a, b = abs(numpy.fft.rfft(x)) ** 2, abs(numpy.fft.rfft(y)) ** 2
    middles = [(frequencies >= center / 1.2) & (frequencies < center * 1.2) for center in BANDS]
    return max(abs(10 * numpy.log10(a[part].sum() / b[part].sum())) for part in middles)


def batch(case, cases, seconds=0.0, filtered=True):
    return dict(filtered=filtered, rooms=cases, order=-1 if seconds else case["order"], seconds=seconds, channels=case["channels"],
                air=case["bands"] > 1, rate=RATE)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--only", default="", help="only cases whose name has this in it")
    parser.add_argument("--rooms", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--out", type=pathlib.Path, default=None, help="another results file")
    arguments = parser.parse_args()
    if arguments.serve:
        return serve()
    rows, header = [], None
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for threads in (2, 1):
            ours, peer = _common.Paced("foa-simulate", "paced", "--threads", threads), PeerProcess(threads)
            header = header or ours.header
            for name, case in CASES.items():
                if arguments.only not in name:
                    continue
                if threads == 2:
                    rows += compare(name, case, ours, peer, folder)
                path = folder / f"{name}.json"
                path.write_text(json.dumps(dict(batch=batch(case, rooms(arguments.rooms, case["bands"])), write="")))
                line = str(path)
                times = _common.alternate(
                    {"ours": lambda: ours.seconds(line), "pyroomacoustics": lambda: peer.seconds(line)},
                    arguments.repeats, warm_up=1, label=f"{name}, {threads} threads")
                suffix = "ratio_pra" if threads == 2 else "ratio_pra.threads1"
                shape = dict(case, rooms=arguments.rooms, rate=RATE)
                rows.append(_common.ratio_row(
                    f"{name}.{suffix}", times["ours"], times["pyroomacoustics"], "pyroomacoustics 0.10.1", threads,
                    shape))
                if threads == 2 and name == "foa.broadband.order33":
                    rows.append(time_ball(ours, case, arguments, folder, threads))
            ours.close(), peer.close()
    _common.write_results("bench-rooms", header, rows, arguments.out)


def time_ball(ours, case, arguments, folder, threads):
    """What the same renderer saves by dropping images that arrive after 0.3 s; no peer in it."""
    import statistics

    order, ball = folder / "order.json", folder / "ball.json"
    cases = rooms(arguments.rooms, 1)
    order.write_text(json.dumps(dict(batch=batch(case, cases), write="")))
    ball.write_text(json.dumps(dict(batch=batch(case, cases, seconds=0.3), write="")))
    times = _common.alternate(
        {"order 33": lambda: ours.seconds(str(order)), "0.3 s": lambda: ours.seconds(str(ball))}, arguments.repeats,
        label="time limit")
    ratios = [a / b for a, b in zip(times["order 33"], times["0.3 s"])]
    return {
        "id": "foa.broadband.time_limit_over_order33", "value": statistics.median(ratios), "unit": "ratio",
        "n": len(ratios), "spread": _common.quartiles(ratios), "ours": statistics.median(times["0.3 s"]),
        "peer": statistics.median(times["order 33"]), "peer_name": "our order 33", "threads": threads,
        "shape": dict(case, seconds=0.3, rooms=arguments.rooms)}


if __name__ == "__main__":
    main()
