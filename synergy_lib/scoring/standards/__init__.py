"""Assessments other than an index: classes, levels and park tables of standards."""
