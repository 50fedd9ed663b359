#!/usr/bin/env python3
"""Writes Tests/Fixtures/Golden/seld-*.json: expected SELD metrics of 1,000 random cases.

The metrics are written out here a second time from their definitions, in float64, with the assignment of scipy. Cases
are drawn from a 64-bit generator that the Swift tests have too (Tests/SpatialAudioTests/Metrics/MetricCase.swift), so
the fixtures hold seeds and numbers only. Usage: python3 Scripts/golden/seld.py   (needs numpy and scipy)
"""
import json
import math
import pathlib
from collections import defaultdict

import numpy as np
import scipy
from scipy import stats
from scipy.optimize import linear_sum_assignment

MASK = (1 << 64) - 1
EPS = float(np.finfo(float).eps)
NAN = float("nan")
CASES, PER_FILE = 1000, 250


class Draws:
    """Steele, Lea and Flood, OOPSLA 2014, figure 16."""

    def __init__(self, seed):
        self.state = seed

    def pick(self, count):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (z ^ (z >> 31)) % count


# ---------------------------------------------------------------- cases

def wrap(azimuth):
    return (azimuth + 180) % 360 - 180


def draw_source(draws, style):
    if style == 2:  # on the horizon at multiples of 10 degrees: many ties, many angles at a threshold
        azimuth, elevation = 10 * draws.pick(36) - 180, 0
    else:
        azimuth, elevation = draws.pick(360) - 180, draws.pick(181) - 90
    distance = (1 + draws.pick(500)) / 100
    if style == 4:  # distances that are zero or not known
        code = draws.pick(4)
        distance = 0.0 if code == 0 else NAN if code == 1 else distance
    return azimuth, elevation, distance


def draw_near(draws, style, truth):
    """A prediction near a reference, or anywhere."""
    if truth is None or draws.pick(4) == 0:
        return draw_source(draws, style)
    step = 10 if style == 2 else 1
    azimuth = wrap(truth[0] + step * (draws.pick(5) - 2) + (0 if style == 2 else draws.pick(31) - 15))
    elevation = truth[1] if style == 2 else max(-90, min(90, truth[1] + draws.pick(31) - 15))
    distance = truth[2]
    if draws.pick(3) == 0:
        distance = (1 + draws.pick(500)) / 100
    return azimuth, elevation, distance


def draw_file(draws, classes):
    style = draws.pick(8)
    frames = 1 + draws.pick(40)
    amounts = [0, 0, 1, 1, 2, 3]
    reference, prediction = [], []
    for frame in range(frames):
        for c in range(classes):
            truths = []
            count = amounts[draws.pick(6)]
            if style == 0 or (style == 3 and frame % 2 == 1) or (style == 5 and c == 0):
                count = 0
            for k in range(count):
                truths.append(draw_source(draws, style))
                source = k if style != 6 else draws.pick(3)
                reference.append((frame, c, source) + truths[-1])
            count = amounts[draws.pick(6)]
            if style == 1 or (style == 3 and frame % 2 == 0) or (style == 5 and c == 1):
                count = 0
            for k in range(count):
                guess = draw_near(draws, style, truths[k] if k < len(truths) else None)
                source = k if style == 7 else draws.pick(3)
                prediction.append((frame, c, source) + guess)
    return reference, prediction, frames


def draw_case(seed):
    draws = Draws(seed)
    case = {
        "classes": 1 + draws.pick(4),
        "compat": draws.pick(2) == 0,
        "macro": draws.pick(2) == 0,
        "threshold": [20.0, 10.0, 40.0][draws.pick(3)],
        "relative": [1.0, 0.5][draws.pick(2)],
        "absolute": [math.inf, 1.0][draws.pick(2)],
        "wrong_place_is_one_error": draws.pick(2) == 0,
    }
    case["files"] = [draw_file(draws, case["classes"]) for _ in range(1 + draws.pick(4))]
    return case


# ---------------------------------------------------------------- what the metrics share

def angle(a, b, compat):
    """Degrees between two (azimuth, elevation, …)."""
    p1, t1, p2, t2 = (math.radians(x) for x in (a[0], a[1], b[0], b[1]))
    d = p1 - p2  # Vincenty's formula on the sphere
    across = math.hypot(math.cos(t2) * math.sin(d), math.cos(t1) * math.sin(t2) - math.sin(t1) * math.cos(t2) * math.cos(d))
    along = math.sin(t1) * math.sin(t2) + math.cos(t1) * math.cos(t2) * math.cos(d)
    exact = math.atan2(across, along)
    # The public code has 1e-10 under the roots of both norms.
    return math.degrees(math.acos(math.cos(exact) / (1 + 1e-10)) if compat else exact)


def match(refs, preds, compat):
    """[(reference, prediction, angle)] with the least sum of angles in billionths of a degree."""
    if not refs or not preds:
        return []
    angles = np.array([[angle(r[3:], p[3:], compat) for p in preds] for r in refs])
    rows, columns = linear_sum_assignment(np.round(angles * 1e9))
    return [(int(i), int(j), float(angles[i, j])) for i, j in zip(rows, columns)]


def by_frame_and_class(events, compat):
    table = defaultdict(list)
    for event in events if compat else sorted(events, key=lambda e: (e[0], e[1], e[2])):
        table[event[0], event[1]].append(event)
    return table


def frame_limit(reference, prediction, frames, compat):
    if compat:
        return max((e[0] for e in reference), default=0)
    return max([frames] + [e[0] + 1 for e in reference + prediction])


def nanmean(values):
    defined = [v for v in values if not math.isnan(v)]
    return sum(defined) / len(defined) if defined else NAN


def over(a, b, otherwise):
    return a / b if b > 0 else otherwise


def error_rate(errors, references, compat):
    return errors / (references + EPS) if compat else over(errors, references, NAN)


# ---------------------------------------------------------------- segments, 2020 to 2023

class Segments:
    def __init__(self, case):
        self.case = case

    def count(self, file):
        reference, prediction, frames = file
        case, compat = self.case, self.case["compat"]
        refs, preds = by_frame_and_class(reference, compat), by_frame_and_class(prediction, compat)
        counts = np.zeros((case["classes"], 6))  # references, TP, wrong place, FP, FN, sum of angles
        errors = 0
        for segment in range(math.ceil(frame_limit(reference, prediction, frames, compat) / 10)):
            lost = alarms = 0
            for c in range(case["classes"]):
                row = self.segment(range(10 * segment, 10 * segment + 10), c, refs, preds)
                counts[c] += row
                lost, alarms = lost + row[4], alarms + row[2] + row[3]
            errors += min(lost, alarms) + max(0, lost - alarms) + max(0, alarms - lost)
        return counts, errors

    def segment(self, frames, c, refs, preds):
        compat = self.case["compat"]
        r = max(len(refs.get((f, c), [])) for f in frames)
        p = max(len(preds.get((f, c), [])) for f in frames)
        tracks = defaultdict(list)
        for f in frames:
            for i, _, degrees in match(refs.get((f, c), []), preds.get((f, c), []), compat):
                tracks[i].append(degrees)
        if r and p and not tracks:
            return np.array([r, 0, 0, 0, p, 0] if compat else [r, 0, 0, p, r, 0], float)
        if not r or not p:
            return np.array([r, 0, 0, p, r, 0], float)
        means = [sum(t) / len(t) for t in tracks.values()]
        near = sum(m <= self.case["threshold"] + (0 if compat else 1e-9) for m in means)
        return np.array([r, near, len(means) - near, max(0, p - r), max(0, r - p), sum(means)], float)

    def of(self, row, er):
        _, tp, wrong, fp, fn, total = row
        compat = self.case["compat"]
        weight = 0.5 if self.case["wrong_place_is_one_error"] else 1
        f = over(tp, tp + weight * wrong + 0.5 * (fp + fn), 0.0 if compat else NAN)
        matched = tp + wrong
        le = over(total, matched, 180.0 if compat or fn > 0 else NAN)
        lr = over(matched, matched + fn, 0.0 if compat else NAN)
        return [er, f, le, lr, nanmean([er, 1 - f, le / 180, 1 - lr])]

    def score(self, counts):
        table, errors = counts
        compat = self.case["compat"]
        er = error_rate(errors, table[:, 0].sum(), compat)
        rows = [self.of(row, er) for row in table]
        if not self.case["macro"]:
            return self.of(table.sum(0), er), rows
        mean = np.mean if compat else nanmean
        _, f, le, lr, seld = [float(mean(column)) for column in zip(*rows)]
        if not compat:
            seld = nanmean([er, 1 - f, le / 180, 1 - lr])
        return [er, f, le, lr, seld], rows


# ---------------------------------------------------------------- frames, 2024

class Frames:
    def __init__(self, case):
        self.case = case

    def count(self, file):
        reference, prediction, frames = file
        case, compat = self.case, self.case["compat"]
        refs, preds = by_frame_and_class(reference, compat), by_frame_and_class(prediction, compat)
        # references, TP, wrong place, FP, FN, angles, distances, their number, relative, their number, switches
        counts = np.zeros((case["classes"], 11))
        errors = 0
        partners = [{} for _ in range(case["classes"])]
        for frame in range(frame_limit(reference, prediction, frames, compat)):
            lost = alarms = 0
            for c in range(case["classes"]):
                row, partners[c] = self.frame(refs.get((frame, c), []), preds.get((frame, c), []), partners[c])
                counts[c] += row
                lost, alarms = lost + row[4], alarms + row[2] + row[3]
            errors += max(lost, alarms)
        return counts, errors

    def frame(self, refs, preds, before):
        case, compat = self.case, self.case["compat"]
        slack = 0 if compat else 1e-9
        row = np.zeros(11)
        row[0], row[3], row[4] = len(refs), max(0, len(preds) - len(refs)), max(0, len(refs) - len(preds))
        names, partners = (self.names(refs), self.names(preds)), {}
        for i, j, degrees in match(refs, preds, compat):
            d, guess = refs[i][5], preds[j][5]
            error = abs(d - guess)
            relative = error / (d + EPS) if compat else over(error, d, NAN)
            wrong = degrees > case["threshold"] + slack
            wrong = wrong or error > case["absolute"] + slack or relative > case["relative"] + slack
            row[2 if wrong else 1] += 1
            row[5] += degrees
            if compat or not math.isnan(error):
                row[6:8] += error, 1
            if compat or not math.isnan(relative):
                row[8:10] += relative, 1
            partners[names[0][i]] = names[1][j]
        row[10] = sum(before.get(name, other) != other for name, other in partners.items())
        return row, partners

    @staticmethod
    def names(events):
        """Sources, with numbers of their own for those that occur again."""
        seen, extra, names = set(), 0, []
        for event in events:
            if event[2] in seen:
                extra -= 1
                names.append(extra)
            else:
                names.append(event[2])
            seen.add(names[-1])
        return names

    def of(self, row, er):
        _, tp, wrong, fp, fn, angles, distances, n, relatives, m, switches = row
        undefined = 0.0 if self.case["compat"] else NAN
        f = over(tp, tp + wrong + 0.5 * (fp + fn), undefined)
        doae, rde = over(angles, tp + wrong, NAN), over(relatives, m, NAN)
        lr = over(tp + wrong, tp + wrong + fn, undefined)
        return [f, doae, rde, over(distances, n, NAN), er, lr, nanmean([1 - f, doae / 180, rde]), switches]

    def score(self, counts):
        table, errors = counts
        compat = self.case["compat"]
        er = error_rate(errors, table[:, 0].sum(), compat)
        rows = [self.of(row, er) for row in table]
        micro = self.of(table.sum(0), er)
        if not self.case["macro"]:
            return micro, rows
        mean = np.mean if compat else nanmean
        f, doae, rde, distance, _, lr, seld, _ = zip(*rows)
        f, doae, rde, distance = float(mean(f)), nanmean(doae), nanmean(rde), nanmean(distance)
        seld = float(np.mean(seld)) if compat else nanmean([1 - f, doae / 180, rde])
        return [f, doae, rde, distance, er, float(mean(lr)), seld, micro[7]], rows


# ---------------------------------------------------------------- detection and directions apart, 2019

class Detection:
    def __init__(self, case):
        self.case = case

    def count(self, file):
        reference, prediction, frames = file
        total = frame_limit(reference, prediction, frames, False)
        counts = np.zeros((self.case["classes"], 3))  # TP, FP, FN
        errors = 0
        for segment in range(math.ceil(total / 10)):
            active = [{e[1] for e in events if e[0] // 10 == segment} for events in (reference, prediction)]
            for c in active[0] | active[1]:
                counts[c, 0 if c in active[0] & active[1] else 2 if c in active[0] else 1] += 1
            errors += max(len(active[0] - active[1]), len(active[1] - active[0]))
        directions = np.zeros(4)  # sum of angles, pairs, frames with the right number, frames
        directions[3] = total
        ordered = [sorted(events, key=lambda e: (e[0], e[1], e[2])) for events in (reference, prediction)]
        for frame in range(total):
            refs, preds = ([e for e in events if e[0] == frame] for events in ordered)
            pairs = match(refs, preds, False)
            directions[:3] += sum(p[2] for p in pairs), len(pairs), len(refs) == len(preds)
        return counts, errors, directions

    def score(self, counts):
        table, errors, (total, pairs, right, frames) = counts
        references = table[:, 0].sum() + table[:, 2].sum()
        f = lambda row: over(2 * row[0], 2 * row[0] + row[1] + row[2], NAN)
        er, all_f = over(errors, references, NAN), f(table.sum(0))
        doa, recall = over(total, pairs, 180.0 if references else NAN), over(right, frames, NAN)
        rows = [[over(r[1] + r[2], r[0] + r[2], NAN), f(r), NAN, NAN, NAN] for r in table]
        return [er, all_f, doa, recall, nanmean([er, 1 - all_f, doa / 180, 1 - recall])], rows


# ---------------------------------------------------------------- files together

def add(parts):
    return tuple(sum(column[1:], column[0]) for column in zip(*parts))


def jackknife(value, partial):
    n = len(partial)
    if n < 2 or not all(map(math.isfinite, [value] + partial)):
        return [NAN, NAN]
    mean = np.mean(partial)
    estimate = value - (n - 1) * (mean - value)
    margin = stats.t.ppf(0.975, n - 1) * math.sqrt((n - 1) * np.mean((np.array(partial) - mean) ** 2))
    return [estimate - margin, estimate + margin]


def evaluated(metric, files, seld):
    """Overall values, a sum over the values of the classes, and the jackknife interval of the SELD score."""
    parts = [metric.count(file) for file in files]
    overall, rows = metric.score(add(parts))
    digest = sum((k + 1) * v for k, v in enumerate(v for row in rows for v in row) if not math.isnan(v))
    undefined = sum(math.isnan(v) for row in rows for v in row)
    partial = [metric.score(add(parts[:k] + parts[k + 1:]))[0][seld] for k in range(len(parts))] if len(parts) > 1 else []
    return overall + [digest, undefined] + jackknife(overall[seld], partial)


def number(value):
    value = float(value)
    return None if math.isnan(value) else float(f"{value:.12g}")


def main():
    folder = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/Golden"
    for first in range(0, CASES, PER_FILE):
        rows = []
        for seed in range(first, first + PER_FILE):
            case = draw_case(seed)
            values = evaluated(Segments(case), case["files"], 4) + evaluated(Frames(case), case["files"], 6)
            values += evaluated(Detection(case), case["files"], 4)
            rows.append([seed] + [number(v) for v in values])
        document = {
            "made_by": f"Scripts/golden/seld.py with numpy {np.__version__}, scipy {scipy.__version__}",
            "cases": rows,
        }
        target = folder / f"seld-{first // PER_FILE + 1}.json"
        target.write_text(json.dumps(document, separators=(",", ":")).replace("],[", "],\n[") + "\n")
        print(f"wrote {target.name}, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
