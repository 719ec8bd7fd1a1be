"""The input workbook, empty or filled."""
