"""The addresses are those of the newest studies, and one that compares them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from experiments.tracking.chart_view import TAG
from experiments.tracking.page_links import page_links

HOST = "127.0.0.1"


@pytest.fixture
def answers() -> Iterator[tuple[int, dict[str, Any], list[Any]]]:
    """The port of a server, its answers by path, and what it was asked."""
    replies: dict[str, Any] = {}
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            reply = replies.get(self.path.split("/")[-2], "nothing")
            self.wfile.write(json.dumps(reply(asked[-1]) if callable(reply) else reply).encode())

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer((HOST, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1], replies, asked
        server.shutdown()
        thread.join()


def study(number: str, name: str, *tags: str) -> dict[str, Any]:
    return {"experiment_id": number, "name": name, "tags": [{"key": key, "value": "{}"} for key in tags]}


def run(experiment: str, identity: str) -> dict[str, Any]:
    return {"info": {"experiment_id": experiment, "run_id": identity}}


def test_the_newest_study_is_first_and_the_newest_runs_of_all_are_compared(answers: Any) -> None:
    port, replies, asked = answers
    replies["experiments"] = {"experiments": [study("7", "b", TAG), study("2", "a\x1b[31m")]}
    replies["runs"] = {"runs": [run("7", "r3"), run("2", "r2"), run("7", "r1")]}
    (first, to_first), (second, to_second), (both, comparison) = page_links(HOST, port)
    page, view = f"http://{HOST}:{port}/#", "workflowType=machine_learning&compareRunsMode=CHART"
    assert (first, to_first) == ("b", f"{page}/experiments/7/runs?{view}&viewStateShareKey=trials")
    by_score = "orderByKey=metrics.%60cv_mean%60&orderByAsc=false"
    assert (second, to_second) == ("a\\x1b[31m", f"{page}/experiments/2/runs?{view}&{by_score}")
    assert both == "b, a\\x1b[31m compared"
    assert " " not in comparison
    place, query = comparison.split("?")
    assert place == f"{page}/compare-runs"
    assert {key: json.loads(text) for key, (text,) in parse_qs(query).items() if key != "workflowType"} == {
        "runs": ["r3", "r2"],
        "experiments": ["7", "2"],
    }
    assert asked[-1]["experiment_ids"] == ["7", "2"]


def test_an_experiment_whose_runs_were_all_deleted_is_not_named(answers: Any) -> None:
    port, replies, _ = answers
    replies["experiments"] = {"experiments": [study("7", "deleted"), study("2", "a")]}
    replies["runs"] = lambda query: {"runs": [run("2", "r2")] if "2" in query["experiment_ids"] else []}
    assert [name for name, _ in page_links(HOST, port)] == ["a"]


def test_nothing_is_compared_with_a_study_that_is_not_finished(answers: Any) -> None:
    port, replies, _ = answers
    replies["experiments"] = {"experiments": [study("7", "b"), study("2", "a")]}
    replies["runs"] = {"runs": [run("7", "r3"), run("7", "r1")]}
    assert [name for name, _ in page_links(HOST, port)] == ["b", "a"]
    replies["runs"] = "broken"
    assert [name for name, _ in page_links(HOST, port)] == ["b", "a"]


def test_without_studies_it_is_the_list_of_experiments(answers: Any) -> None:
    port, replies, _ = answers
    expected = [("experiments", f"http://{HOST}:{port}/#/experiments?workflowType=machine_learning")]
    for answer in ({}, {"experiments": []}, {"experiments": [{"name": "x"}]}, "broken"):
        replies["experiments"] = answer
        assert page_links(HOST, port) == expected


@pytest.mark.parametrize("number", [5, 7])
def test_where_there_are_more_studies_than_are_named_their_list_is_last(answers: Any, number: int) -> None:
    port, replies, _ = answers
    replies["experiments"] = {"experiments": [study(str(at), f"s{at}") for at in range(number)]}
    replies["runs"] = lambda query: {"runs": [run(query["experiment_ids"][0], "r")]}
    links = page_links(HOST, port)
    named = [name for name, _ in links]
    assert named == ["s0", "s1", "s2", "s3", "s4", *(["all studies"] if number == 7 else [])]
    assert number == 5 or links[-1][1] == f"http://{HOST}:{port}/#/experiments?workflowType=machine_learning"
