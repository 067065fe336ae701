"""Changing what a project asks of photos, crops and votes."""

from dataclasses import asdict

from sqlalchemy import update

from annotator.database.models import ProjectRow
from annotator.project import Project
from annotator.rules import Rules
from annotator.usecases.decisions import rebuild_current


def set_rules(project: Project, rules: Rules) -> None:
    """Changes the rules. Decisions stay as they were made; with another number of votes they may count anew.

    Raises:
        AnnotatorError: the rules make no sense.
    """
    rules.check()
    with project.write() as session:
        session.execute(update(ProjectRow).values(**asdict(rules)))
    project.rules = rules
    rebuild_current(project)
