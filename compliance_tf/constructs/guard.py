"""The guard: compares the synthesized file, as it was written, with the allow-list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jsii
from cdktf import IStackSynthesizer

from compliance_tf.errors import GuardError
from compliance_tf.model.terraform_json import read_configuration
from compliance_tf.model.violations import Violation, violations
from compliance_tf.terraform.synthesized import CONFIGURATION, READ_BY_TERRAFORM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cdktf import ISynthesisSession, TerraformStack

_OPENING: Final = "Validation failed with the following errors:"  # CDKTF's own wording


@jsii.implements(IStackSynthesizer)
class GuardedSynthesizer:
    """A synthesizer that removes the file and fails when it declares what the allow-list does not have.

    It reads the file that Terraform will read, after everything else has run: late aspects, values that differ at
    each access, and ``skip_validation`` cannot bypass it.

    Parameters
    ----------
    stack
        The stack.
    id_
        Its id.
    prefix
        What every name begins with.
    program
        The command that ``data.external`` may run; empty for none.
    fixed
        Returns the blocks that must be written exactly so.
    problems
        What is found while the stack is completed, and refused as well: CDKTF can be told to go on in spite of errors
        that are annotations.
    """

    def __init__(
        self,
        stack: TerraformStack,
        id_: str,
        *,
        prefix: str,
        program: Sequence[str],
        fixed: Callable[[], object],
        problems: Sequence[str],
    ) -> None:
        self._stack = stack
        self._id = id_
        self._prefix = prefix
        self._program = program
        self._fixed = fixed
        self._problems = problems
        self._synthesizer = stack.synthesizer

    def synthesize(self, session: ISynthesisSession) -> None:
        """Write the file, and remove it if it is refused.

        Raises
        ------
        GuardError
            When it declares what the allow-list does not have, or there are other problems.
        """
        # Not from the session's manifest: that of CDK Terrain takes no stack of CDKTF.
        folder = Path(session.outdir, "stacks", self._id)
        self._synthesizer.synthesize(session)
        if refused := [*self._problems, *self._refused(folder)]:
            for file in folder.glob("cdk.tf*"):
                file.unlink()
            raise GuardError("\n  ".join([_OPENING, *(f"[{self._stack.node.path}] {one}" for one in refused)]))

    def _refused(self, folder: Path) -> Iterator[Violation]:
        for file in sorted(folder.iterdir()):
            if file.name != CONFIGURATION and file.name.endswith(READ_BY_TERRAFORM):
                yield Violation(
                    str(file.name), f"Terraform would read it beside {CONFIGURATION}: remove it from the folder."
                )
        try:
            configuration = read_configuration((folder / CONFIGURATION).read_text(encoding="utf-8"))
        except OSError as error:
            yield Violation(CONFIGURATION, f"it was not written ({error.strerror}): synthesize as JSON, not as HCL.")
        except GuardError as error:
            yield Violation(CONFIGURATION, str(error))
        else:
            yield from violations(
                configuration, prefix=self._prefix, program=self._program, fixed=json.loads(json.dumps(self._fixed()))
            )
