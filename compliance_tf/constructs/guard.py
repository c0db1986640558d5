"""The guard: what a stack synthesizes is held against the allow-list, in the file as it was written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import jsii
from cdktf import IStackSynthesizer

from compliance_tf.errors import GuardError
from compliance_tf.model.terraform_json import read_configuration
from compliance_tf.model.violations import Violation, violations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cdktf import ISynthesisSession, TerraformStack

FILE: Final = "cdk.tf.json"
_READ_BY_TERRAFORM: Final = (".tf", ".tf.json", ".tofu", ".tofu.json")
_OPENING: Final = "Validation failed with the following errors:"  # as CDKTF words its own refusals


@jsii.implements(IStackSynthesizer)
class GuardedSynthesizer:
    """Synthesizes a stack and refuses it when the file that came out declares what it may not.

    It reads the file that Terraform will read, after everything else has run: neither a late aspect, nor a value that
    differs each time it is asked for, nor ``skip_validation`` comes behind it.

    Parameters
    ----------
    stack
        The stack.
    program
        Gives the command that ``data.external`` may run: none where it is empty.
    """

    def __init__(self, stack: TerraformStack, program: Callable[[], Sequence[str]]) -> None:
        self._stack = stack
        self._program = program
        self._synthesizer = stack.synthesizer

    def synthesize(self, session: ISynthesisSession) -> None:
        """Write the file, and remove it again when it is refused.

        Raises
        ------
        GuardError
            When it declares what it may not.
        """
        # Not asked of the session's manifest: that of CDK Terrain takes no stack of CDKTF.
        folder = Path(session.outdir, "stacks", self._stack.node.id)
        self._synthesizer.synthesize(session)
        if refused := list(self._refused(folder)):
            for file in folder.glob("cdk.tf*"):
                file.unlink()
            raise GuardError("\n  ".join([_OPENING, *(f"[{self._stack.node.path}] {one}" for one in refused)]))

    def _refused(self, folder: Path) -> Iterator[Violation]:
        for file in sorted(folder.iterdir()):
            if file.name != FILE and file.name.endswith(_READ_BY_TERRAFORM):
                yield Violation(str(file.name), f"Terraform would read it beside {FILE}: remove it from the folder.")
        try:
            configuration = read_configuration((folder / FILE).read_text(encoding="utf-8"))
        except OSError as error:
            yield Violation(FILE, f"it was not written ({error.strerror}): synthesize as JSON, not as HCL.")
        except GuardError as error:
            yield Violation(FILE, str(error))
        else:
            yield from violations(configuration, program=self._program())
