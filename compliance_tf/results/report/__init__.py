"""The report: one HTML file that opens without a network."""

from compliance_tf.errors import ReportError
from compliance_tf.results.report.about import About
from compliance_tf.results.report.report import write_report

__all__ = ["About", "ReportError", "write_report"]
