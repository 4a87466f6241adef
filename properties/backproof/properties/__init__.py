"""The executable properties, one module for each chapter of the specification."""
