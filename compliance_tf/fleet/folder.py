"""The folder that a fleet works in: the app as it was synthesized for each region, and a project folder for each cell.

A cell's folder has a ``cdktf.json`` whose app copies what was synthesized, so every command on a workspace works in it
as it does anywhere: with a lock, a saved plan and a folder for Terraform of its own.
"""

from __future__ import annotations

import fcntl
import json
import shlex
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.errors import FleetError
from compliance_tf.fleet.cells import Cell
from compliance_tf.fleet.settings import REGION_PLACE
from compliance_tf.model.fleet_regions import FleetRegion
from compliance_tf.terraform.app import SETTINGS, synthesize
from compliance_tf.terraform.synthesized import OUTPUT, read_configuration, stack_folders, synthesized_stacks
from compliance_tf.terraform.working_folder import PLAN, WorkingFolder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from compliance_tf.terraform.programs import Programs
    from compliance_tf.terraform.synthesized import SynthesizedStack

_FOLDER: Final = "fleet"
_LOCK: Final = ".lock"
_SYNTHESIS: Final = ".synthesis"
_PLUGINS: Final = ".plugins"
_INIT_OPTIONS: Final = "TF_CLI_ARGS_init"
"""The environment variable with options of ``terraform init``."""

_DEPLOYED: Final = "apply.log"

_UP: Final = "../" * 3
"""From a folder of Terraform to the cell's, and from that to the project's."""


@dataclass(frozen=True)
class FleetFolder:
    """The working folder of the commands on a project's fleet.

    Parameters
    ----------
    project
        The project's folder.
    """

    project: Path

    @property
    def path(self) -> Path:
        """The folder itself."""
        return self.project.absolute() / OUTPUT / _FOLDER

    def of(self, cell: Cell) -> Path:
        """Return the project folder of a cell."""
        return self.path / cell.folder

    def synthesize(self, programs: Programs, regions: Collection[FleetRegion]) -> None:
        """Synthesize the app for regions, in one run.

        Raises
        ------
        SynthesizedAppError
            When it does not synthesize.
        FleetError
            When it has several stacks.
        """
        shutil.rmtree(self.path / _SYNTHESIS, ignore_errors=True)
        synthesize(programs, self.project, self.path / _SYNTHESIS, regions)
        for region in regions:
            stacks = stack_folders(self.path / _SYNTHESIS / region.folder)
            if len(stacks) > 1:
                raise FleetError(
                    f"The app has the stacks {', '.join(stacks)}. A fleet is one stack that every "
                    "cell has: the fleet gives it the regions."
                )

    def stack(self, region: FleetRegion) -> SynthesizedStack:
        """Read the stack as it was synthesized for a region.

        Returns
        -------
        SynthesizedStack
            The first one, by its id.

        Raises
        ------
        SynthesizedAppError
            When it was not.
        """
        return synthesized_stacks(self.path / _SYNTHESIS / region.folder)[0]

    def stack_folder(self, region: FleetRegion) -> Path:
        """Return the folder of the stack as it was synthesized for a region."""
        (folder,) = stack_folders(self.path / _SYNTHESIS / region.folder).values()
        return folder

    def prepare(self, cell: Cell, state_bucket: str, environment: Mapping[str, str]) -> dict[str, str]:
        """Make the folder of a cell.

        Parameters
        ----------
        state_bucket
            The name of the bucket of the cell's state, where the app's own is not meant.
        environment
            What the cell's commands get beside.

        Returns
        -------
        dict
            The variables by which Terraform keeps the cell's state apart from those of other accounts.
        """
        folder = self.of(cell)
        folder.mkdir(parents=True, exist_ok=True)
        source = f"../{_SYNTHESIS}/{cell.region.folder}"
        app = {"language": "python", "app": f'cp -R {shlex.quote(source)} "$CDKTF_OUTDIR"'}
        (folder / SETTINGS).write_text(json.dumps(app), encoding="utf-8")
        given = [environment.get(_INIT_OPTIONS, ""), *self._backend(cell, state_bucket)]
        return {_INIT_OPTIONS: " ".join(filter(None, given))}

    def plugin_cache(self) -> dict[str, str]:
        """Return the variables by which all cells share one AWS provider, which has some 600 MB."""
        cache = self.path / _PLUGINS
        cache.mkdir(parents=True, exist_ok=True)
        return {
            "TF_PLUGIN_CACHE_DIR": str(cache),
            # Each cell has a lock file of its own, which has no checksums before its first initialization.
            "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "true",
        }

    def saved_plan(self, cell: Cell) -> Path | None:
        """Return the plan that was saved for a cell, if there is one."""
        stacks = WorkingFolder(self.of(cell), cell.workspace).path
        return next(iter(sorted(stacks.glob(f"*/{PLAN}"))), None)

    def log(self, cell: Cell, command: str) -> Path:
        """Return the file into which a command on a cell writes."""
        return self.of(cell) / f"{command}.log"

    def forget(self, cell: Cell) -> None:
        """Remove the folder of a cell that was destroyed."""
        shutil.rmtree(self.of(cell), ignore_errors=True)

    def deployed_beside(self, cells: Collection[Cell]) -> list[Cell]:
        """List other cells that were deployed from here, and not destroyed since: they were in the fleet before."""
        known = {cell.place for cell in cells}
        places = sorted(tuple(log.parent.name.split(".", 2)) for log in self.path.glob(f"[0-9]*/{_DEPLOYED}"))
        return [
            Cell(account, FleetRegion(region, region), workspace, "")
            for account, region, workspace in places
            if (account, region, workspace) not in known
        ]

    @contextmanager
    def locked(self) -> Iterator[int]:
        """Work on the fleet alone.

        Yields
        ------
        int
            The lock's descriptor. The commands on cells inherit it: after a kill they go on to their end, and nothing
            begins before that.

        Raises
        ------
        FleetError
            When another command works on it.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / _LOCK).open("a", encoding="utf-8") as file:
            try:
                fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FleetError(
                    "Another command works on the fleet in this folder, or was killed while its cells go on to the end "
                    "of what they began: try again when they have ended."
                ) from None
            yield file.fileno()

    def _backend(self, cell: Cell, state_bucket: str) -> list[str]:
        """Put the account into the place of the state, which the app does not know."""
        backend: dict[str, Any] = read_configuration(self.stack_folder(cell.region))["terraform"]["backend"]
        if "local" in backend:
            changed = {name: _of_account(backend["local"][name], cell) for name in ("path", "workspace_dir")}
        else:
            project, _, rest = backend["s3"]["key"].partition("/")
            changed = {"key": f"{project}/{cell.account}/{rest}"}
            if state_bucket:
                changed["bucket"] = state_bucket.format(account=cell.account, region=cell.region.region)
            if REGION_PLACE in state_bucket:
                changed["region"] = cell.region.region
        return [f"-backend-config={name}={value}" for name, value in changed.items()]


def _of_account(path: str, cell: Cell) -> str:
    """Lead from the cell's folder to the project's, where the state stands beside ``cdktf.out``."""
    folder, _, rest = path.removeprefix(_UP).partition("/")
    return f"{_UP}{_UP}{folder}/{cell.account}/{rest}"
