#!/usr/bin/env python3
"""`moda-lm serve` under the clients that it is made for: the openai package and lm-evaluation-harness.

    .venv/bin/python Scripts/peers/serve.py        writes Docs/Results/serve.json

Needs `Scripts/install-deps.sh --peers --serving` (openai, lm-eval with its client for servers), `Scripts/fetch-data
tasks` and `swift build -c release`. A model that `moda-lm train` made of Data/sample is exported to a Hugging Face
folder, served on a free port of this machine, and asked:

- by the openai client: greedy texts, one by one, eight at once and streamed, against `moda-lm generate`; errors, and
  the token, as the client's own exceptions.
- by lm-evaluation-harness through `local-completions`, eight requests at once, over the first documents of each of the
  ten downstream tasks, with the folder's tokenizer and with the server's: accuracies and log-likelihoods against
  `moda-lm evaluate --tasks`.
- for speed, over plain connections: requests a second of one client and of eight at once, in turns.
"""

import argparse
import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

import _common
import downstream

#: Prompts of the comparison with `generate`.
PROMPTS = [
    "It is a truth universally acknowledged", "def main():", "The", "In the beginning", "A list is a", "1 2 3 4 5",
    "\n", "Once upon a time there was a man who", "Naïve café – “quotes”", "SELECT", "To be, or not to be", "x = ",
]
TOKENS = 48
CLIENTS = 8
#: Seconds of a request that something is wrong with.
PATIENCE = 300


@contextlib.contextmanager
def server(folder, *options, environment=None):
    """A running server: its address, without the path. Ends it as Ctrl-C does, and wants it to end well."""
    binary = _common.ROOT / ".build" / "release" / "moda-lm"
    process = subprocess.Popen(
        [binary, "serve", folder, "--port", "0", *map(str, options)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, **(environment or {})})
    line = process.stdout.readline()
    if "http://" not in line:
        sys.exit(f"the server ended with code {process.wait()}")
    try:
        yield line.split()[-1].removesuffix("/v1")
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=60)
    if code != 0:
        sys.exit(f"the server ended with code {code}")


def counters(address):
    with urllib.request.urlopen(f"{address}/health", timeout=PATIENCE) as answer:
        return json.load(answer)["engine"]


def generated(run):
    """What `moda-lm generate` writes behind each prompt."""
    texts = []
    for prompt in PROMPTS:
        text = downstream.moda_lm("generate", run, "--prompt", prompt, "--tokens", TOKENS, "--temperature", 0)
        assert text.startswith(prompt) and text.endswith("\n")
        texts.append(text[len(prompt):-1])
    return texts


def row(identifier, value, unit, n, peer_name, **more):
    return {"id": identifier, "value": value, "spread": [value, value], "unit": unit, "n": n, "peer_name": peer_name,
            "threads": 2, **more}


def openai_rows(address, name, expected, folder):
    """Greedy texts by the openai client, and its exceptions."""
    import openai

    client = openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0, timeout=PATIENCE)
    peer = f"openai {openai.__version__}"
    assert [model.id for model in client.models.list()] == [name]

    def complete(prompt, stream=False):
        reply = client.completions.create(
            model=name, prompt=prompt, max_tokens=TOKENS, temperature=0, stream=stream)
        if not stream:
            return reply.choices[0].text
        return "".join(piece.choices[0].text for piece in reply)

    rows = []
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        sides = {
            "alone": lambda: [complete(prompt) for prompt in PROMPTS],
            "concurrent": lambda: list(pool.map(complete, 4 * PROMPTS)),
            "streamed": lambda: list(pool.map(lambda prompt: complete(prompt, stream=True), PROMPTS)),
        }
        for label, side in sides.items():
            texts = side()
            wrong = sum(text != expected[index % len(PROMPTS)] for index, text in enumerate(texts))
            rows.append(row(f"serve.greedy_mismatches.{label}", wrong, "texts", len(texts), peer))
    batch = counters(address)["largestBatch"]
    rows.append(row("serve.largest_batch", batch, "texts", CLIENTS, peer))
    scored = client.completions.create(
        model=name, prompt=PROMPTS[0], max_tokens=0, echo=True, logprobs=2, extra_body={"top_k": 5})
    assert scored.choices[0].text == PROMPTS[0] and scored.choices[0].logprobs.token_logprobs[0] is None
    refused = 0
    for fields, exception, code in [
            ({"prompt": "x " * 5000}, openai.BadRequestError, "context_length_exceeded"),
            ({"prompt": "x", "extra_body": {"nonsense": 1}}, openai.BadRequestError, "unknown_field"),
            ({"prompt": "x", "model": "other"}, openai.NotFoundError, "model_not_found")]:
        try:
            client.completions.create(**{"model": name, "max_tokens": 1, **fields})
        except exception as error:
            refused += error.code == code
    with server(folder, environment={"MODA_SERVE_TOKEN": "s3cret"}) as guarded:
        for key in ("wrong", "s3cret"):
            try:
                openai.OpenAI(base_url=f"{guarded}/v1", api_key=key, max_retries=0).models.list()
                refused += key == "s3cret"
            except openai.AuthenticationError as error:
                refused += key == "wrong" and error.code == "invalid_api_key"
    rows.append(row("serve.openai_errors_missed", 5 - refused, "answers", 5, peer))
    return rows


def through_server(address, name, tokenizer, **options):
    """The harness's client of servers, eight requests at once."""
    import logging

    from lm_eval.models.openai_completions import LocalCompletionsAPI

    for logger in ("lm_eval", "lm-eval"):
        logging.getLogger(logger).setLevel(logging.ERROR)
    # Of `max_length` the harness keeps one token for an answer.
    return LocalCompletionsAPI(
        base_url=f"{address}/v1/completions", model=name, tokenizer=tokenizer, num_concurrent=CLIENTS,
        max_length=downstream.SHAPE["T"] + 1, timeout=PATIENCE, **options)


def harness_rows(address, name, folder, scratch, limit):
    """Accuracies and log-likelihoods of the harness through the server against `moda-lm evaluate`."""
    from lm_eval.api.instance import Instance

    listed = {task: downstream.documents(task, limit) for task in downstream.TASKS}
    items, scores = scratch / "items.jsonl", scratch / "scores.json"
    downstream.moda_lm(
        "evaluate", folder, "--tasks", "published", "--limit", limit, "--items", items, "--json", scores)
    found = {}
    for line in items.read_text().splitlines()[1:]:
        entry = json.loads(line)
        found.setdefault(entry["task"], []).append(entry)
    measured = {task["name"]: task for task in json.loads(scores.read_text())["tasks"]}
    peer = f"{downstream.version()}, local-completions"
    model = through_server(address, name, str(folder))
    accuracies = downstream.harness_accuracies(model, listed, scratch)
    rows = []
    for task, docs in listed.items():
        texts = [text for _, choices, twins in docs for text in choices + twins]
        values = [value for entry in found[task] for value in entry["logLikelihoods"] + entry["unconditional"]]
        answers = model.loglikelihood(
            [Instance(request_type="loglikelihood", doc={}, arguments=text, idx=0, metadata=(task, i, 1))
             for i, text in enumerate(texts)], disable_tqdm=True)
        worst = max(abs(answer - value) for (answer, _), value in zip(answers, values, strict=True))
        mine, theirs = measured[task]["accuracies"]["acc_raw"]["value"], accuracies[task]["acc"]
        rows.append(row(
            f"serve.accuracy_difference.{task}", abs(mine - theirs), "accuracy", len(docs), peer, ours=mine, peer=theirs,
            shape={"documents": len(docs), "texts": len(texts)}))
        rows.append(row(
            f"serve.loglikelihood_error.{task}", worst, "nats", len(texts), peer,
            shape={"documents": len(docs), "texts": len(texts)}))
        print(f"{task}: {len(texts)} texts, worst {worst:.2e} nats, accuracy {mine:.3f} and {theirs:.3f}",
              file=sys.stderr, flush=True)
    # And with the server's tokenizer, without a folder on the client's side.
    remote = through_server(address, name, None, tokenizer_backend="remote")
    copa = {"copa": listed["copa"]}
    difference = abs(downstream.harness_accuracies(remote, copa, scratch)["copa"]["acc"] - accuracies["copa"]["acc"])
    rows.append(row("serve.accuracy_difference.copa.remote_tokenizer", difference, "accuracy", len(listed["copa"]), peer))
    return rows


def speed_rows(address, repeats):
    """Requests a second of one client and of eight, over connections that are kept."""
    host = address.removeprefix("http://")
    bodies = [
        json.dumps({"prompt": f"{prompt} {number}", "max_tokens": TOKENS, "temperature": 0})
        for number in range(4) for prompt in PROMPTS[:8]]

    def work(numbers):
        connection = http.client.HTTPConnection(host, timeout=PATIENCE)
        for number in numbers:
            connection.request("POST", "/v1/completions", bodies[number], {"Content-Type": "application/json"})
            answer = connection.getresponse()
            assert answer.status == 200 and len(answer.read()) > 0
        connection.close()

    everything = range(len(bodies))
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        times = _common.alternate(
            {"alone": _common.timed(lambda: work(everything)),
             "concurrent": _common.timed(
                 lambda: list(pool.map(work, [everything[first::CLIENTS] for first in range(CLIENTS)])))},
            repeats, label=f"{len(bodies)} requests")
    shape = {**downstream.SHAPE, "requests": len(bodies), "max_tokens": TOKENS, "clients": CLIENTS}
    rows = [_common.ratio_row(
        "serve.concurrent_ratio", times["concurrent"], times["alone"], "one client", 2, shape)]
    for label, values in times.items():
        speeds = sorted(len(bodies) / value for value in values)
        rows.append({
            **row(f"serve.requests_per_second.{label}", speeds[len(speeds) // 2], "1/s", len(values), "one client",
                  shape=shape), "spread": _common.quartiles(speeds)})
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=100, help="documents of each task")
    parser.add_argument("--repeats", type=int, default=9, help="timed passes of each side (at least 7)")
    parser.add_argument("--steps", type=int, default=150, help="training steps of the model")
    parser.add_argument("--out", type=pathlib.Path, default=None, help="another results file")
    arguments = parser.parse_args()
    if arguments.repeats < 7:
        parser.error("a median wants at least 7 repeats")
    # The harness and the evaluation cut too long texts at places one token apart; these are not too long.
    downstream.SHAPE["T"] = 1024
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        exported = downstream.make_ours(scratch, arguments.steps)
        expected = generated(scratch / "run")
        with server(exported) as address:
            rows = openai_rows(address, exported.name, expected, exported)
            rows += harness_rows(address, exported.name, exported, scratch, arguments.limit)
            rows += speed_rows(address, arguments.repeats)
            time.sleep(0.5)
            left = counters(address)
            rows.append(row("serve.caches_left", left["live"], "caches", left["jobs"], "all of the above"))
            assert left["failed"] == 0 and left["jobs"] == left["finished"] + left["cancelled"], left
        _common.write_results("serve", downstream.paced_header(exported), rows, arguments.out)


if __name__ == "__main__":
    main()
