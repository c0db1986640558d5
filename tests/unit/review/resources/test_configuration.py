"""Where resources stand in the files of a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance_tf.review.resources.configuration import Block, hcl_blocks, json_blocks
from compliance_tf.review.resources.judgement import Outcome
from tests.unit.review.resources.builders import judged, outcomes, real_plan

if TYPE_CHECKING:
    from pathlib import Path

HCL = """
# resource "aws_x" "comment" {
/* resource "aws_x" "long" {
*/ // resource "aws_x" "other" {
locals {
  text = "a } ${join("}", ["{ resource \\" {"])} $${ resource"
  doc  = <<-EOT
    resource "aws_x" "heredoc" {
  EOT
  map  = { resource = "x" }
}
resource "aws_x" "first" { name = "a" }
resource aws_x bare {
  dynamic "ingress" {
    for_each = { a = 1 }
    content { dynamic "inner" { content {} } }
  }
}
resource "aws_x"   "last" {
  name = "}"
}
"""


def test_blocks_are_found_whatever_stands_in_texts_and_comments() -> None:
    assert dict(hcl_blocks(HCL, "main.tf")) == {
        ("aws_x", "first"): Block("main.tf", 12),
        ("aws_x", "bare"): Block("main.tf", 13, frozenset({"ingress"})),
        ("aws_x", "last"): Block("main.tf", 19),
    }


@pytest.mark.parametrize("end", range(0, len(HCL), 7))
def test_a_file_that_is_cut_off_is_read_as_far_as_it_goes(end: int) -> None:
    assert len([*hcl_blocks(HCL[:end], "main.tf")]) <= 3


def test_json_has_lines_too() -> None:
    text = '{\n "resource": {\n  "aws_x": {\n   "a": {},\n   "b": [{"dynamic": {"rule": []}}]\n  }\n }\n}'
    assert dict(json_blocks(text, "main.tf.json")) == {
        ("aws_x", "a"): Block("main.tf.json", 4),
        ("aws_x", "b"): Block("main.tf.json", 5, frozenset({"rule"})),
    }
    for broken in ("", "[]", '{"resource": 1}', '{"resource": {"aws_x": [1, null]}}'):
        assert [*json_blocks(broken, "main.tf.json")] == []


def test_with_the_files_a_block_that_is_not_there_is_known_not_to_be(tmp_path: Path) -> None:
    role = ("iam-inline-wildcards", "aws_iam_role.r")
    table = ("dynamodb-point-in-time-recovery", "aws_dynamodb_table.kd")
    plan = real_plan("dynamic")
    # Without them what is assumed is never compliant; a violation says on what it depends.
    without = judged(plan)
    assert outcomes(without)[role] is Outcome.UNDECIDED
    assert outcomes(without)[table] is Outcome.VIOLATION
    assert any("dynamic block" in one.reason for one in without.judgements if one.address == table[1])

    (tmp_path / "main.tf").write_text('resource "aws_iam_role" "r" {}\nresource "aws_dynamodb_table" "kd" {}\n')
    assert outcomes(judged(plan, folder=tmp_path))[role] is Outcome.COMPLIANT
    assert outcomes(judged(plan, folder=tmp_path))[table] is Outcome.VIOLATION

    (tmp_path / "main.tf").write_text(
        'resource "aws_iam_role" "r" {\n  dynamic "inline_policy" {\n  }\n}\n'
        'resource "aws_dynamodb_table" "kd" {\n  dynamic "point_in_time_recovery" {\n  }\n}\n'
    )
    found = judged(plan, folder=tmp_path)
    assert outcomes(found)[role] is outcomes(found)[table] is Outcome.UNDECIDED
    assert {(one.block.file, one.block.line) for one in found.judgements if one.block and one.address == role[1]} == {
        ("main.tf", 1)
    }
